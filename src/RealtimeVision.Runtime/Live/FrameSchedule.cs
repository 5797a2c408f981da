namespace RealtimeVision.Runtime.Live;

/// <summary>
/// When the frames of a file are due in real time, and how long the reading of the next one can be
/// put off.
/// </summary>
/// <remarks>
/// Reading is decoding. Begun as soon as a frame is handed over, it takes the processor from the
/// models that work on that frame, and from no other time: afterwards both rest until the next
/// frame is due. So it waits for the models, but never so long that its own frame could be late.
/// </remarks>
internal sealed class FrameSchedule(PipelineClock clock)
{
    // Twice what it took lately: decoding varies from frame to frame.
    private const int Margin = 2;

    private TimeSpan? _start;
    private TimeSpan _due;
    private TimeSpan? _interval;
    private TimeSpan _readBegan;
    private TimeSpan _readCost;

    /// <summary>Forgets when frames were due: the next one is due at once.</summary>
    public void Restart()
    {
        _start = null;
        _interval = null;
    }

    /// <summary>Time until a frame is due; zero or less where it is late.</summary>
    /// <param name="timestamp">Its <see cref="Frame.Timestamp"/>.</param>
    public TimeSpan UntilDue(TimeSpan timestamp)
    {
        TimeSpan now = clock.Now;
        bool isFirst = _start is null;
        _start ??= now - timestamp;
        TimeSpan due = _start.Value + timestamp;
        _interval = isFirst ? null : due - _due;
        _due = due;
        return due - now;
    }

    /// <summary>
    /// Time that may pass before the next frame is read, if it comes at the interval of the last
    /// two; zero or less where it has to be read now.
    /// </summary>
    public TimeSpan UntilReading() =>
        _interval is { } interval
            ? _due + interval - (Margin * _readCost) - clock.Now
            : TimeSpan.Zero;

    /// <summary>A frame is about to be read.</summary>
    public void BeginRead() => _readBegan = clock.Now;

    /// <summary>The frame was read.</summary>
    public void EndRead()
    {
        // Up at once, down slowly: a key frame every second is to be remembered for some frames.
        TimeSpan cost = clock.Now - _readBegan;
        _readCost = cost > _readCost ? cost : _readCost + ((cost - _readCost) / 16);
    }
}
