namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Whether a stream goes on, stands still, or goes to another time: said by any thread, followed by
/// the reading one.
/// </summary>
internal sealed class Playback(bool isPaused)
{
    private readonly object _gate = new();
    private bool _isPaused = isPaused;
    private int _steps;
    private TimeSpan? _seek;

    public bool IsPaused
    {
        get => Volatile.Read(ref _isPaused);
        set
        {
            lock (_gate)
            {
                _isPaused = value;
                _steps = 0;
                Monitor.PulseAll(_gate);
            }
        }
    }

    public void Step()
    {
        lock (_gate)
        {
            _steps += _isPaused ? 1 : 0;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Asks for another time, and for a frame of it where the stream stands still.</summary>
    public void Seek(TimeSpan position)
    {
        lock (_gate)
        {
            _seek = position;
            _steps += _isPaused && _steps == 0 ? 1 : 0;
            Monitor.PulseAll(_gate);
        }
    }

    public TimeSpan? TakeSeek()
    {
        lock (_gate)
        {
            TimeSpan? sought = _seek;
            _seek = null;
            return sought;
        }
    }

    /// <summary>Wakes a thread that waits, to look at its cancellation.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until a frame may be read; whether the stream has stood still.</summary>
    public bool WaitWhilePaused(CancellationToken cancellation)
    {
        lock (_gate)
        {
            bool hasStood = _isPaused;
            while (_isPaused && _steps == 0 && !cancellation.IsCancellationRequested)
            {
                Monitor.Wait(_gate);
            }

            return hasStood;
        }
    }

    /// <summary>Whether a frame that was read may be processed.</summary>
    /// <param name="isLive">Whether it would have come without being asked for.</param>
    public bool MayPass(bool isLive)
    {
        lock (_gate)
        {
            if (_isPaused && _steps > 0)
            {
                _steps--;
                return true;
            }

            // Paused while the frame was read: a file's frame was asked for before, and passes.
            return !_isPaused || !isLive;
        }
    }
}
