namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Reads a source on a thread of its own and gives its frames to an engine, without a copy.
/// </summary>
/// <remarks>
/// At <see cref="Pace.EveryFrame"/> a frame is read when the engine takes the one before. In real
/// time a live source is read as frames come, and a file as its own time goes: its next frame is
/// read when the engine has done with the one before, or in time for the moment it is due. A live
/// source that is lost is tried again until it is back; a broken frame is skipped where the source
/// can go on. Both are told by events of the engine. Another engine may take over while frames are
/// read.
/// </remarks>
public sealed class LivePipeline : IDisposable
{
    // A folder in which everything is broken would be read for ever where it loops.
    private const int MostBrokenInARow = 100;

    private readonly IFrameSource _source;
    private readonly EngineSlot _slot;
    private readonly Playback _playback;
    private readonly LivePipelineOptions _options;
    private readonly PipelineClock _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private readonly Thread _thread;
    private SourceState _state;
    private bool _isStarted;
    private long _read;
    private Exception? _error;
    private int _isDisposed;

    // Of the reading thread alone.
    private readonly FrameSchedule _schedule;
    private TimeSpan _retry;
    private int _brokenInARow;
    private bool _isLost;

    /// <summary>Makes a pipeline; <see cref="Start"/> starts it.</summary>
    /// <param name="source">The source, which was opened. It stays the caller's, who releases it
    /// after the pipeline.</param>
    /// <param name="engine">The engine, released after the pipeline too.</param>
    /// <param name="options">How the source is read.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time or limit is negative.</exception>
    public LivePipeline(
        IFrameSource source, VisionEngine engine, LivePipelineOptions? options = null)
        : this(source, engine, options, new PipelineClock())
    {
    }

    internal LivePipeline(
        IFrameSource source,
        VisionEngine engine,
        LivePipelineOptions? options,
        PipelineClock clock)
    {
        _source = source;
        _slot = new EngineSlot(engine);
        _options = options ?? new LivePipelineOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.FrameLimit ?? 0, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(
            _options.FirstRetry, TimeSpan.Zero, nameof(options));
        _clock = clock;
        _schedule = new FrameSchedule(clock);
        _playback = new Playback(_options.StartPaused);
        _thread = new Thread(Work) { IsBackground = true, Name = "RealtimeVision source" };
    }

    /// <summary>What the source is doing.</summary>
    public SourceState State
    {
        get
        {
            lock (_gate)
            {
                return _state == SourceState.Running && IsPaused ? SourceState.Paused : _state;
            }
        }
    }

    /// <summary>
    /// The engine, to which the next frame that is read is given. One that is replaced may be
    /// released at once: what it has not processed is lost. Both have the same <see
    /// cref="VisionOptions.Pace"/>.
    /// </summary>
    public VisionEngine Engine
    {
        get => _slot.Engine;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _slot.Engine = value;
        }
    }

    /// <summary>Whether <see cref="Seek"/> can be asked for.</summary>
    public bool CanSeek => _source is ISeekableSource { Duration: not null };

    /// <summary>Frames given to the engine so far.</summary>
    public long FramesRead => Interlocked.Read(ref _read);

    /// <summary>Why the source has failed; null where it has not.</summary>
    public Exception? Error
    {
        get
        {
            lock (_gate)
            {
                return _error;
            }
        }
    }

    /// <summary>True while the stream stands still.</summary>
    public bool IsPaused => _playback.IsPaused;

    /// <summary>
    /// True where no frame comes any more, all that came are processed, and the last result was
    /// taken.
    /// </summary>
    public bool IsFinished =>
        State is SourceState.Ended or SourceState.Failed or SourceState.Stopped
        && Engine.IsDrained;

    /// <summary>Starts reading.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start()
    {
        lock (_gate)
        {
            if (_state != SourceState.Idle)
            {
                throw new InvalidOperationException("a pipeline is started once");
            }

            _state = SourceState.Running;
            _isStarted = true;
            _thread.Start();
        }
    }

    /// <summary>
    /// Lets the stream stand still: a file waits, frames of a live source are read and not
    /// processed.
    /// </summary>
    public void Pause() => _playback.IsPaused = true;

    /// <summary>Lets the stream go on.</summary>
    public void Resume() => _playback.IsPaused = false;

    /// <summary>Lets one frame through a stream that stands still.</summary>
    public void Step() => _playback.Step();

    /// <summary>
    /// Lets the stream go on from another time. Where it stands still, one frame is let through.
    /// After its end it does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">The source cannot: <see
    /// cref="CanSeek"/>.</exception>
    public void Seek(TimeSpan position)
    {
        if (!CanSeek)
        {
            throw new InvalidOperationException($"{_source.Name} cannot be sought in");
        }

        _playback.Seek(position);
    }

    /// <summary>
    /// Stops reading, and returns when the reading thread has ended. Frames that the engine has are
    /// processed all the same.
    /// </summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_state == SourceState.Idle)
            {
                _state = SourceState.Stopped;
            }

            if (_isDisposed == 0)
            {
                _stop.Cancel();
            }
        }

        _playback.Wake();
        if (_isStarted)
        {
            _thread.Join();
        }
    }

    /// <summary>Stops, and closes the source.</summary>
    public void Dispose()
    {
        Stop();
        lock (_gate)
        {
            if (_isDisposed != 0)
            {
                return;
            }

            _isDisposed = 1;
            _stop.Dispose();
        }

        _source.Close();
    }

    private bool IsPaced => !_source.IsLive && Engine.Options.Pace == Live.Pace.Realtime;

    private void Work()
    {
        try
        {
            while (!IsAtLimit())
            {
                WaitWhilePaused();
                WaitForEngine();
                GoToSought();
                Frame frame = _slot.Rent();
                if (ReadNext(frame) is not { } isThere)
                {
                    continue;
                }

                if (!isThere)
                {
                    break;
                }

                if (_playback.MayPass(_source.IsLive))
                {
                    Pace(frame);
                    if (_slot.Submit(_stop.Token))
                    {
                        Interlocked.Increment(ref _read);
                    }
                }
            }

            End(SourceState.Ended, null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            End(SourceState.Stopped, null);
        }
        catch (ObjectDisposedException)
        {
            // The engine was released first: there is nobody to read for.
            End(SourceState.Stopped, null);
        }
        catch (Exception e)
        {
            End(SourceState.Failed, e);
        }
        finally
        {
            _slot.Return();
        }
    }

    private void GoToSought()
    {
        if (_playback.TakeSeek() is { } sought && _source is ISeekableSource source)
        {
            source.Seek(sought, _stop.Token);
            _schedule.Restart();
            Engine.ResetScene();
        }
    }

    /// <summary>
    /// Reads a frame: true where there is one, false at the end, null where none came of it.
    /// </summary>
    private bool? ReadNext(Frame frame)
    {
        try
        {
            _schedule.BeginRead();
            bool isThere = _source.Read(frame, _stop.Token);
            _schedule.EndRead();
            _brokenInARow = 0;
            if (isThere && _isLost)
            {
                _isLost = false;
                SetState(SourceState.Running);
                Engine.Post(new VisionEvent(
                    VisionEventKind.SourceRecovered, $"{_source.Name} is back", frame.Index));
            }

            return isThere;
        }
        catch (SourceException e) when (e.CanGoOn && ++_brokenInARow < MostBrokenInARow)
        {
            Engine.CountBroken(
                new VisionEvent(VisionEventKind.FrameFailed, e.Message, -1, e));
            return null;
        }
        catch (SourceException e) when (_source.IsLive)
        {
            OpenAgain(e);
            return null;
        }
    }

    private void OpenAgain(SourceException loss)
    {
        if (!_isLost)
        {
            _isLost = true;
            _retry = _options.FirstRetry;
            SetState(SourceState.Lost);
            Engine.Post(
                new VisionEvent(VisionEventKind.SourceLost, loss.Message, -1, loss));
        }

        while (true)
        {
            _source.Close();
            _clock.Wait(_retry, _stop.Token);
            _retry = TimeSpan.FromTicks(
                Math.Min(_retry.Ticks * 2, _options.LongestRetry.Ticks));
            try
            {
                _source.Open(_stop.Token);
                Engine.ResetScene();
                return;
            }
            catch (SourceException)
            {
                // Said once, when it was lost; it is tried until it is back.
            }
        }
    }

    /// <summary>Holds a file's frame back until its time has come.</summary>
    private void Pace(Frame frame)
    {
        if (IsPaced && _schedule.UntilDue(frame.Timestamp) is { } early && early > TimeSpan.Zero)
        {
            _clock.Wait(early, _stop.Token);
        }
    }

    /// <summary>Leaves the processor to the models while a file's next frame is not urgent.</summary>
    private void WaitForEngine()
    {
        if (IsPaced && _schedule.UntilReading() is { } spare && spare > TimeSpan.Zero)
        {
            Engine.WaitUntilIdle(spare, _stop.Token);
        }
    }

    private bool IsAtLimit() => FramesRead >= (_options.FrameLimit ?? long.MaxValue);

    /// <summary>A file waits here; a live source is read on, so that nothing piles up.</summary>
    private void WaitWhilePaused()
    {
        if (!_source.IsLive && _playback.WaitWhilePaused(_stop.Token))
        {
            // The file's time stands still too: the next frame begins it anew.
            _schedule.Restart();
        }

        _stop.Token.ThrowIfCancellationRequested();
    }

    private void SetState(SourceState state)
    {
        lock (_gate)
        {
            _state = state;
        }
    }

    private void End(SourceState state, Exception? error)
    {
        lock (_gate)
        {
            _state = state;
            _error = error;
        }

        if (state == SourceState.Ended)
        {
            Engine.Post(new VisionEvent(
                VisionEventKind.EndOfStream,
                $"{_source.Name} has ended after {FramesRead} frames"));
        }
        else if (state == SourceState.Failed)
        {
            Engine.Post(new VisionEvent(VisionEventKind.SourceLost, error!.Message, -1, error));
        }
    }
}
