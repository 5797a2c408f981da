using System.Diagnostics;

namespace RealtimeVision.Media;

/// <summary>
/// Kills a program on which a reader has waited too long: the pipe then ends, and so does the
/// blocked read. A reader that takes its time between reads is not a stall.
/// </summary>
internal sealed class StallTimer : IDisposable
{
    private readonly FfmpegProcess _process;
    private readonly Timer _timer;
    private long _limitTicks;
    private long _waitingSince;
    private volatile bool _expired;

    /// <summary>
    /// Watches a program; it looks often enough for all of the limits that will be used.
    /// </summary>
    public StallTimer(FfmpegProcess process, params ReadOnlySpan<TimeSpan> limits)
    {
        TimeSpan shortest = TimeSpan.MaxValue;
        foreach (TimeSpan limit in limits)
        {
            shortest = limit < shortest ? limit : shortest;
        }

        _process = process;
        TimeSpan period = TimeSpan.FromMilliseconds(
            Math.Clamp(shortest.TotalMilliseconds / 4, 10, 250));
        _timer = new Timer(static self => ((StallTimer)self!).Look(), this, period, period);
    }

    /// <summary>True once a wait was too long and the program was killed for it.</summary>
    public bool Expired => _expired;

    /// <summary>A wait begins.</summary>
    public void Begin(TimeSpan limit)
    {
        Volatile.Write(ref _limitTicks, (long)(limit.TotalSeconds * Stopwatch.Frequency));
        Volatile.Write(ref _waitingSince, Stopwatch.GetTimestamp());
    }

    /// <summary>The wait is over.</summary>
    public void End() => Volatile.Write(ref _waitingSince, 0);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long since = Volatile.Read(ref _waitingSince);
        if (since != 0 && Stopwatch.GetTimestamp() - since > Volatile.Read(ref _limitTicks))
        {
            _expired = true;
            _process.Kill();
        }
    }
}
