using System.Diagnostics;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// One stream of <c>rtv live</c>: a source, the engine that sees it, and what the viewer shows of
/// both. Source, models and device are replaced while it runs: the new one is made ready on another
/// thread, and takes over between two frames.
/// </summary>
internal sealed class LiveStream : IDisposable
{
    // A live source that gives nothing for so long is said to be silent.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);

    private readonly LivePipelineOptions _options;
    private readonly BackgroundChoices _backgrounds;
    private readonly StreamScenery _scenery;
    private readonly NetworkScenery _networks;
    private readonly Preparation<VisionEngine> _nextEngine = new();
    private readonly Preparation<IFrameSource> _nextSource = new();
    private long _lastNews = Stopwatch.GetTimestamp();
    private int _silentSeconds;
    private long _results;
    private long _firstResult;
    private long _lastResult;
    private bool _isStarted;
    private string _nextSpecification = "";

    public LiveStream(
        IFrameSource source, VisionEngine engine, BackgroundChoices backgrounds,
        LivePipelineOptions options)
    {
        _options = options;
        _backgrounds = backgrounds;
        Source = source;
        Engine = engine;
        Pipeline = new LivePipeline(source, engine, options);
        _scenery = new StreamScenery(View);
        _networks = new NetworkScenery(View);
        Describe();
    }

    public StreamView View { get; } = new();

    /// <summary>What is inside the networks.</summary>
    public NetworkScenery Networks => _networks;

    /// <summary>What the source was made of; empty where nobody said.</summary>
    public string Specification { get; set; } = "";

    public IFrameSource Source { get; private set; }

    public VisionEngine Engine { get; private set; }

    public LivePipeline Pipeline { get; private set; }

    public StreetScore? Score { get; private set; }

    /// <summary>Whether a file begins anew at its end.</summary>
    public bool IsLooping { get; set; }

    /// <summary>Whether the source was taken for gone for good.</summary>
    public SourceException? Loss { get; private set; }

    /// <summary>Why the stream ended before its end; null where it did not.</summary>
    public Exception? Error => Pipeline.Error ?? Loss;

    /// <summary>Whether something is being made ready.</summary>
    public bool IsPreparing => _nextEngine.IsPending || _nextSource.IsPending;

    public bool IsFinished => !IsPreparing && Pipeline.IsFinished;

    public void Start()
    {
        _isStarted = true;
        Pipeline.Start();
    }

    /// <summary>Takes the newest result into <see cref="View"/>; null where there is none.</summary>
    /// <param name="state">What is wanted of it.</param>
    public VisionResult? TryShowNext(ViewerState state)
    {
        if (!Engine.TryGetLatest(out var result))
        {
            return null;
        }

        long now = Stopwatch.GetTimestamp();
        _lastNews = now;
        _firstResult = _results++ == 0 ? now : _firstResult;
        _lastResult = now;
        Score?.Add(result);
        _scenery.Show(result, Score, state);
        _networks.Show(Engine, result, state);
        View.Position = Source is ISeekableSource { Duration: { Ticks: > 0 } duration }
            ? new StreamPosition(
                TimeSpan.FromTicks(result.Timestamp.Ticks % duration.Ticks), duration, IsLooping)
            : null;

        var latency = Engine.RecentLatency;
        bool isNew = View.UpdateHud(
            new HudValues
            {
                FrameRate = Engine.FrameRate,
                LatencyP50Ms = latency.P50.TotalMilliseconds,
                LatencyP95Ms = latency.P95.TotalMilliseconds,
                Processed = Engine.Accounting.Processed,
                Dropped = Engine.Accounting.Dropped,
                Device = Engine.DeviceId,
                Model = Engine.ModelName,
                Source = Source.Name,
            },
            Stopwatch.GetElapsedTime(0));
        if (isNew)
        {
            Score?.List(View.Scores);
            _scenery.CountClasses(result);
        }

        return result;
    }

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

        TakeEngine(say);
        TakeSource(say);
        if (IsLooping && Source is ISeekableSource && Pipeline is { State: SourceState.Ended, IsFinished: true })
        {
            Restart(null);
        }

        UpdateTrouble();
    }

    /// <summary>Goes to another time of a file, also after its end.</summary>
    public void Seek(TimeSpan position)
    {
        if (Pipeline.State is SourceState.Ended && Source is ISeekableSource)
        {
            Restart(position);
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
        _nextSource.Begin(cancellation => Task.FromResult(Opened(create(), cancellation)));
    }

    /// <summary>Makes another engine ready; the one there is goes on until then.</summary>
    public void SwitchEngine(Func<VisionOptions> options) => _nextEngine.Begin(
        cancellation => VisionEngine.CreateAsync(options(), null, cancellation));

    /// <summary>Says what takes the background's place, and how masks are smoothed.</summary>
    public void TellSettings()
    {
        View.Background = Engine.CanReplaceBackground ? Engine.Background.ToString() : null;
        View.EdgesAreRefined = Engine.RefineEdges;
        View.Smoothing = Engine.Segmenter is null ? null : Engine.Smoothing;
    }

    /// <summary>Makes smoothing stronger or weaker, by tenths.</summary>
    public void ChangeSmoothing(int steps, Action<string> say)
    {
        float wanted = Math.Clamp(MathF.Round((Engine.Smoothing * 10) + steps) / 10, 0, 0.9f);
        try
        {
            Engine.Smoothing = wanted;
        }
        catch (InvalidOperationException e)
        {
            say(e.Message);
        }

        TellSettings();
    }

    public void NextBackground()
    {
        if (Engine.CanReplaceBackground)
        {
            Engine.Background = _backgrounds.Next();
            TellSettings();
        }
    }

    public void ToggleEdges()
    {
        if (Engine.CanReplaceBackground)
        {
            Engine.RefineEdges = !Engine.RefineEdges;
            TellSettings();
        }
    }

    /// <summary>Takes a lost source for gone for good: the run ends, and has failed.</summary>
    public void GiveUp(TimeSpan waited) => Loss = new SourceException(
        $"source {Source.Name} was lost and did not come back within {waited.TotalSeconds:F0} s");

    public LiveReport Report()
    {
        var accounting = Engine.Accounting;
        var latency = Engine.OverallLatency;
        double seconds = Stopwatch.GetElapsedTime(_firstResult, _lastResult).TotalSeconds;
        return new LiveReport
        {
            Source = Source.Name,
            Model = Engine.ModelName,
            Device = Engine.DeviceId,
            Frames = accounting.Submitted,
            Processed = accounting.Processed,
            Dropped = accounting.Dropped,
            FramesPerSecond = _results > 1 && seconds > 0 ? (accounting.Processed - 1) / seconds : 0,
            P50 = latency.P50.TotalMilliseconds,
            P95 = latency.P95.TotalMilliseconds,
            P99 = latency.P99.TotalMilliseconds,
            AllocatedBytesPerFrame = 0,
            MeanIoU = Score?.MeanIoU,
            WeatherAccuracy = Score?.WeatherAccuracy,
            MotionAccuracy = Score?.MotionAccuracy,
        };
    }

    public void Dispose()
    {
        _nextEngine.Dispose();
        _nextSource.Dispose();
        Pipeline.Dispose();
        Engine.Dispose();
        Score?.Dispose();
        Source.Dispose();
    }

    private static IFrameSource Opened(IFrameSource source, CancellationToken cancellation)
    {
        try
        {
            source.Open(cancellation);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
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
        old.Dispose();
        Describe();
        say($"{Engine.ModelName} on {Engine.DeviceId}");
    }

    private void TakeSource(Action<string> say)
    {
        if (!_nextSource.TryTake(say, out IFrameSource? source))
        {
            return;
        }

        bool isPaused = Pipeline.IsPaused;
        Pipeline.Dispose();
        Source.Dispose();
        Source = source;
        Specification = _nextSpecification;
        Loss = null;
        Engine.ResetScene();
        Begin(isPaused);
        Describe();
        say($"source {Source.Name}");
    }

    private void Restart(TimeSpan? position)
    {
        bool isPaused = Pipeline.IsPaused;
        Pipeline.Dispose();
        try
        {
            Source.Open(CancellationToken.None);
        }
        catch (SourceException e)
        {
            Loss = e;
            return;
        }

        Begin(isPaused, position);
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

    /// <summary>Says of a new source or engine what does not change from frame to frame.</summary>
    private void Describe()
    {
        Score?.Dispose();
        Score = StreetScore.Of(Source, Engine);
        View.Scores.Clear();
        View.Labels.Clear();
        _scenery.Begin(Engine);
        _networks.Begin(Engine);
        TellSettings();
    }

    private void UpdateTrouble()
    {
        TimeSpan silent = Stopwatch.GetElapsedTime(_lastNews);
        SourceState state = Pipeline.State;
        if (Error is { } error)
        {
            View.Trouble = error.Message;
        }
        else if (state == SourceState.Lost)
        {
            View.Trouble ??= $"{Source.Name} is lost: trying again";
        }
        else if (state == SourceState.Running && Source.IsLive && silent > Silence)
        {
            // Said anew once a second, so that it costs nothing in between.
            int seconds = (int)silent.TotalSeconds;
            View.Trouble = View.Trouble is not null && seconds == _silentSeconds
                ? View.Trouble
                : $"{Source.Name}: no picture for {seconds} s";
            _silentSeconds = seconds;
        }
        else
        {
            View.Trouble = null;
        }
    }
}
