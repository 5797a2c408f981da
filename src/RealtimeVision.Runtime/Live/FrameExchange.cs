using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The place where the threads of an engine meet: one frame waiting, one in flight, three slots for
/// results, the pool of frames, the books and the events. Locks are held for a few assignments
/// only; nothing is copied under them.
/// </summary>
/// <remarks>
/// Five frames are in use at most where one thread submits: rented, waiting, and those of the
/// results that is written, that is ready, and that the consumer holds. The pool has that many from
/// the start, so that no combination that comes up late allocates one.
/// </remarks>
internal sealed partial class FrameExchange(Pace pace)
{
    private const int FramesInUse = 5;
    private const int RecentWindow = 512;

    private static readonly Action<object?> Wake = static state =>
    {
        var gate = (object)state!;
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    };

    private readonly object _gate = new();
    private readonly Stack<Frame> _free = new(FramesInUse);
    private readonly List<Frame> _rented = new(FramesInUse);
    private readonly EventQueue _events = new();
    private readonly LatencyStatistics _recent = new(RecentWindow);
    private readonly LatencyStatistics _overall = new();
    private readonly RateMeter _rate = new();
    private VisionResult _written = new();
    private VisionResult _ready = new();
    private VisionResult _held = new();
    private int _frameBytes;
    private Frame? _waiting;
    private long _waitingSince;
    private long _currentSince;
    private bool _isInFlight;
    private bool _isReady;
    private bool _isClosed;
    private long _submitted;
    private long _processed;
    private long _dropped;
    private long _failed;

    /// <summary>The result to write while a frame is in flight; its frame is that frame.</summary>
    public VisionResult Written => _written;

    public Accounting Accounting
    {
        get
        {
            lock (_gate)
            {
                return new Accounting(
                    _submitted, _processed, _dropped, _failed,
                    _waiting is null ? 0 : 1, _isInFlight ? 1 : 0);
            }
        }
    }

    /// <summary>Whether nothing is under way and nobody has anything left to take.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_gate)
            {
                return IsIdle() && !_isReady;
            }
        }
    }

    public double FrameRate()
    {
        lock (_gate)
        {
            return _rate.Rate(Stopwatch.GetTimestamp());
        }
    }

    public long LostEvents()
    {
        lock (_gate)
        {
            return _events.Lost;
        }
    }

    public LatencySummary Latency(bool isRecent)
    {
        lock (_gate)
        {
            return (isRecent ? _recent : _overall).Summarize();
        }
    }

    /// <summary>Makes the frames of the pool large enough ahead.</summary>
    public void Reserve(int frameBytes)
    {
        lock (_gate)
        {
            if (frameBytes <= _frameBytes)
            {
                return;
            }

            // Smaller ones that are in use now are let go when they come back.
            _frameBytes = frameBytes;
            _free.Clear();
            while (_free.Count < FramesInUse)
            {
                _free.Push(NewFrame());
            }
        }
    }

    public Frame Rent()
    {
        lock (_gate)
        {
            RequireOpen();
            Frame frame = _free.Count > 0 ? _free.Pop() : NewFrame();
            _rented.Add(frame);
            return frame;
        }
    }

    /// <summary>Takes back a rented frame that is not submitted after all.</summary>
    public void Return(Frame frame)
    {
        lock (_gate)
        {
            TakeRented(frame);
            Recycle(frame);
        }
    }

    /// <summary>
    /// Lets a rented frame wait for the models. Where it may not be dropped and another one waits:
    /// waits for it, or gives false and leaves the frame rented.
    /// </summary>
    public bool Submit(Frame frame, bool mayWait, CancellationToken cancellation)
    {
        Reserve(frame.Pixels.Length);
        lock (_gate)
        {
            RequireOpen();
            if (pace == Pace.EveryFrame && _waiting is not null)
            {
                if (!mayWait)
                {
                    return false;
                }

                WaitForPlace(cancellation);
            }

            TakeRented(frame);
            if (_waiting is { } older)
            {
                _dropped++;
                Recycle(older);
            }

            _waiting = frame;
            _waitingScene = _scene;
            _waitingSince = Stopwatch.GetTimestamp();
            _submitted++;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Books a frame that its source could not read.</summary>
    public void CountBroken(VisionEvent happened)
    {
        lock (_gate)
        {
            _submitted++;
            _failed++;
            _events.Add(happened);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the waiting frame into flight, as the frame of <see cref="Written"/>.</summary>
    /// <returns>False where none waits or the last result has to be taken first.</returns>
    public bool TryBegin()
    {
        lock (_gate)
        {
            return !_isClosed && CanBegin() && Begin();
        }
    }

    /// <summary>The frame in flight has its result in <see cref="Written"/>.</summary>
    /// <returns>Time since the frame was submitted.</returns>
    public TimeSpan Complete(TimeSpan processingTime)
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan latency = Stopwatch.GetElapsedTime(_currentSince, now);
            _isInFlight = false;
            _written.Number = _processed++;
            _written.ProcessingTime = processingTime;
            _written.Latency = latency;
            _recent.Add(latency);
            _overall.Add(latency);
            _rate.Add(now);
            (_written, _ready) = (_ready, _written);
            _isReady = true;
            Monitor.PulseAll(_gate);
            return latency;
        }
    }

    /// <summary>The frame in flight has failed.</summary>
    public void Fail(VisionEvent happened)
    {
        lock (_gate)
        {
            _isInFlight = false;
            _failed++;
            _events.Add(happened);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nothing comes of the frame in flight, since the engine ends.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _isInFlight = false;
            _dropped++;
            Monitor.PulseAll(_gate);
        }
    }

    public void Post(VisionEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
            Monitor.PulseAll(_gate);
        }
    }

    public bool TryTakeEvent([NotNullWhen(true)] out VisionEvent? happened)
    {
        lock (_gate)
        {
            return _events.TryTake(out happened);
        }
    }

    public bool TryTakeResult([NotNullWhen(true)] out VisionResult? result)
    {
        lock (_gate)
        {
            result = null;
            if (!_isReady)
            {
                return false;
            }

            (_held, _ready) = (_ready, _held);
            _isReady = false;
            result = _held;
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Waits for a result or an event; whether there is one.</summary>
    public bool WaitForNews(TimeSpan timeout, CancellationToken cancellation) =>
        WaitFor(static exchange => exchange.HasNews(), timeout, cancellation);

    /// <summary>Waits until no frame waits or is in flight; whether that is so.</summary>
    public bool WaitUntilIdle(TimeSpan timeout, CancellationToken cancellation) =>
        WaitFor(static exchange => exchange.IsIdle(), timeout, cancellation);

    /// <summary>Ends all waits and drops the frame that waits. Results can be taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_waiting is { } frame)
            {
                _waiting = null;
                _dropped++;
                Recycle(frame);
            }

            Monitor.PulseAll(_gate);
        }
    }

    private bool HasNews() => _isReady || _events.Count > 0;

    private bool IsIdle() => _waiting is null && !_isInFlight;

    private bool WaitFor(
        Func<FrameExchange, bool> condition, TimeSpan timeout, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        using var wake = cancellation.UnsafeRegister(Wake, _gate);
        lock (_gate)
        {
            while (!condition(this) && !_isClosed)
            {
                cancellation.ThrowIfCancellationRequested();
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(begin);
                if (timeout == Timeout.InfiniteTimeSpan)
                {
                    Monitor.Wait(_gate);
                }
                else if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    break;
                }
            }

            return condition(this);
        }
    }

    private bool CanBegin() =>
        _waiting is not null && !_isInFlight && !(pace == Pace.EveryFrame && _isReady);

    private bool Begin()
    {
        Recycle(_written.Frame);
        _written.Clear();
        _written.Frame = _waiting!;
        _currentSince = _waitingSince;
        EnterScene();
        _waiting = null;
        _isInFlight = true;
        Monitor.PulseAll(_gate);
        return true;
    }

    // The registration's callback takes the lock, so it is made and ended where a wait lets it go:
    // ending it inside the lock could wait for a callback that waits for the lock.
    private void WaitForPlace(CancellationToken cancellation)
    {
        CancellationTokenRegistration wake = cancellation.UnsafeRegister(Wake, _gate);
        try
        {
            while (_waiting is not null)
            {
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
                RequireOpen();
            }
        }
        finally
        {
            wake.Unregister();
        }
    }

    private void TakeRented(Frame frame)
    {
        if (!_rented.Remove(frame))
        {
            throw new ArgumentException("the frame is not one that was rented", nameof(frame));
        }
    }

    private void Recycle(Frame frame)
    {
        if (frame.Capacity >= Math.Max(_frameBytes, 1))
        {
            _free.Push(frame);
        }
    }

    private Frame NewFrame()
    {
        var frame = new Frame();
        frame.Reserve(_frameBytes);
        return frame;
    }

    private void RequireOpen() => ObjectDisposedException.ThrowIf(_isClosed, typeof(VisionEngine));
}
