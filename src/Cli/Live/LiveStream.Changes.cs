using System.Diagnostics;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <content>Source and engine take the place of others, and a file begins anew.</content>
internal sealed partial class LiveStream
{
    private readonly Preparation<VisionEngine> _nextEngine = new();
    private readonly Preparation<IFrameSource> _nextSource = new();
    private readonly Reopening _reopening;
    private bool _isStarted;
    private string _nextSpecification = "";
    private TimeSpan? _sought;
    private Action<VisionEngine>? _took;

    /// <summary>How long a frame is shown: the last one too, before a file begins anew.</summary>
    private TimeSpan FrameTime => TimeSpan.FromSeconds(Source.FrameRate is > 0 and var rate ? 1 / rate : 0);

    /// <summary>
    /// Lets what is ready take over, begins a file anew, and says what is wrong.
    /// </summary>
    /// <param name="say">Is told what people should know.</param>
    public void Update(Action<string> say)
    {
        while (Engine.TryGetEvent(out var happened))
        {
            if (happened.Kind != VisionEventKind.EndOfStream)
            {
                say(happened.Message);
            }
        }

        TakeReopened(say);
        TakeEngine(say);
        TakeSource(say);
        if (!IsPreparing)
        {
            (View.Preparing, _nextSmoothing) = (null, null);
        }

        if (IsLooping && _isStarted && Source is ISeekableSource
            && Pipeline is { State: SourceState.Ended, IsFinished: true }
            && _reopening.IsDue && Stopwatch.GetElapsedTime(_lastNews) >= FrameTime)
        {
            _reopening.Begin(Pipeline, Source);
        }

        UpdateTrouble();
    }

    /// <summary>Goes to another time of a file, also after its end.</summary>
    public void Seek(TimeSpan position)
    {
        if (Pipeline.State is SourceState.Ended && Source is ISeekableSource)
        {
            _sought = position;
            if (!_reopening.IsUnderWay)
            {
                // Somebody asks for it: there is no pause to wait for.
                _reopening.Begin(Pipeline, Source);
            }
        }
        else if (Pipeline.CanSeek)
        {
            Pipeline.Seek(position);
        }
    }

    /// <summary>Makes another source ready; the one there is goes on until then.</summary>
    /// <param name="specification">What it is made of.</param>
    /// <param name="create">Makes it.</param>
    public void SwitchSource(string specification, Func<IFrameSource> create)
    {
        _nextSpecification = specification;
        View.Preparing = ShortNameOf(specification);
        _nextSource.Begin(cancellation => Task.FromResult(FrameSources.Open(create(), cancellation)));
    }

    /// <summary>Makes another engine ready; the one there is goes on until then.</summary>
    /// <param name="what">What is new of it, in a word or two.</param>
    /// <param name="create">Makes it, on another thread.</param>
    /// <param name="took">Is told when it has taken over.</param>
    public void SwitchEngine(
        string what, Func<CancellationToken, Task<VisionEngine>> create, Action<VisionEngine>? took = null)
    {
        View.Preparing = what;
        _took = took;
        _nextEngine.Begin(create);
    }

    private void TakeEngine(Action<string> say)
    {
        if (!_nextEngine.TryTake(say, out VisionEngine? engine))
        {
            return;
        }

        VisionEngine old = Engine;
        Engine = engine;
        Pipeline.Engine = Engine;
        _firstOfSource = 0;
        if (View.Original is { } shown && (Pipeline.IsPaused || Pipeline.State == SourceState.Ended))
        {
            // No frame comes that would show what it makes of it.
            if (_isSourceShown)
            {
                Engine.Submit(shown);
            }
            else
            {
                // What is shown is of the source before; the first frame of this one went to the
                // old engine.
                Pipeline.Step();
            }
        }

        old.Dispose();
        var done = old.Accounting;
        _earlier = (
            _earlier.Submitted + done.Submitted, _earlier.Processed + done.Processed,
            _earlier.Dropped + done.Dropped);
        _took?.Invoke(engine);
        Describe();
        say($"{(Engine.ModelName.Length > 0 ? Engine.ModelName : "no model")} on {Engine.DeviceId}");
    }

    private void TakeReopened(Action<string> say)
    {
        if (_reopening.TryTake(out Exception? failure))
        {
            Loss = null;
            Begin(Pipeline.IsPaused, _sought);
            _sought = null;
        }
        else if (failure is not null)
        {
            if (Loss is null)
            {
                // Said once; it is shown for as long as it is so.
                say(failure.Message);
            }

            Loss = failure;
        }
    }

    private void TakeSource(Action<string> say)
    {
        if (_nextSource.IsReady && _reopening.IsUnderWay)
        {
            // The source that goes is another thread's until then.
            _reopening.Cancel();
            return;
        }

        if (!_nextSource.TryTake(say, out IFrameSource? source))
        {
            return;
        }

        bool isPaused = Pipeline.IsPaused;
        Pipeline.Dispose();

        // What the engine still has is of the source that goes.
        var before = Engine.Accounting;
        _firstOfSource = before.Processed + before.InFlight + before.Waiting;
        _isSourceShown = false;
        Source.Dispose();
        Source = source;
        Specification = _nextSpecification;
        (Loss, _sought) = (null, null);
        Engine.ResetScene();
        Begin(isPaused);
        if (isPaused)
        {
            // Its first frame, so that it is seen which source it is.
            Pipeline.Step();
        }

        Describe();
        say($"source {Source.Name}");
    }

    private void Begin(bool isPaused, TimeSpan? position = null)
    {
        Pipeline = new LivePipeline(Source, Engine, _options with { StartPaused = isPaused });
        _lastNews = Stopwatch.GetTimestamp();
        if (position is { } sought && Pipeline.CanSeek)
        {
            Pipeline.Seek(sought);
        }

        if (_isStarted)
        {
            Pipeline.Start();
        }
    }
}
