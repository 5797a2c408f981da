namespace RealtimeVision.Runtime.Live;

/// <summary>What there is to do besides frames: a look at the newest one.</summary>
internal sealed partial class FrameExchange
{
    private bool _isNudged;

    /// <summary>The newest result that is written; null before the first.</summary>
    /// <remarks>Nobody writes it before another frame is begun.</remarks>
    public VisionResult? Newest
    {
        get
        {
            lock (_gate)
            {
                return _processed == 0 ? null : _isReady ? _ready : _held;
            }
        }
    }

    /// <summary>
    /// Waits for a frame that can be begun, or a nudge; false once the exchange is closed.
    /// </summary>
    public bool WaitForFrame()
    {
        lock (_gate)
        {
            while (!_isClosed && !CanBegin() && !_isNudged)
            {
                Monitor.Wait(_gate);
            }

            _isNudged = false;
            return !_isClosed;
        }
    }

    /// <summary>Says that something else than a frame may be there to do.</summary>
    public void Nudge()
    {
        lock (_gate)
        {
            _isNudged = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Whether there was a nudge that nobody has taken.</summary>
    public bool IsNudged
    {
        get
        {
            lock (_gate)
            {
                return _isNudged;
            }
        }
    }

    /// <summary>
    /// Takes the nudges so far, by who is about to look at what they may be for: who only might, on
    /// a device that another has, leaves them.
    /// </summary>
    public void TakeNudge()
    {
        lock (_gate)
        {
            _isNudged = false;
        }
    }
}
