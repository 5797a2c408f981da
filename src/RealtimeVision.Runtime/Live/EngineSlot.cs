namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The engine that a reading thread fills frames for, which another thread may replace, and
/// release, at any moment.
/// </summary>
internal sealed class EngineSlot(VisionEngine first)
{
    private volatile VisionEngine _engine = first;

    // Of the reading thread alone.
    private VisionEngine _renter = first;
    private Frame? _rented;

    public VisionEngine Engine
    {
        get => _engine;
        set => _engine = value;
    }

    /// <summary>A frame of the engine that is to process it; the same until it is submitted.</summary>
    /// <exception cref="ObjectDisposedException">The engine was released, and no other is there.
    /// </exception>
    public Frame Rent()
    {
        while (true)
        {
            VisionEngine engine = _engine;
            if (_rented is { } kept && ReferenceEquals(engine, _renter))
            {
                return kept;
            }

            Return();
            try
            {
                _renter = engine;
                _rented = engine.Rent();
                return _rented;
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(engine, _engine))
            {
                // Replaced and released in between: the next one has frames.
            }
        }
    }

    /// <summary>
    /// Submits the frame that was rented; false where its engine was replaced and released.
    /// </summary>
    public bool Submit(CancellationToken cancellation)
    {
        try
        {
            _renter.SubmitRented(_rented!, cancellation);
            _rented = null;
            return true;
        }
        catch (ObjectDisposedException) when (!ReferenceEquals(_renter, _engine))
        {
            return false;
        }
    }

    /// <summary>Gives back a frame that was rented and not submitted.</summary>
    public void Return()
    {
        if (_rented is { } frame)
        {
            _rented = null;
            _renter.Return(frame);
        }
    }
}
