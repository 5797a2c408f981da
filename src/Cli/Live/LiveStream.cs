using System.Diagnostics;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// One stream of <c>rtv live</c>: a source, the engine that sees it, and what the viewer shows of
/// both. Source, models and device are replaced while it runs: the new one is made ready on another
/// thread, and takes over between two frames.
/// </summary>
internal sealed partial class LiveStream : IDisposable
{
    // A live source that gives nothing for so long is said to be silent.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);

    private readonly LivePipelineOptions _options;
    private readonly BackgroundChoices _backgrounds;
    private readonly StreamScenery _scenery;
    private readonly NetworkScenery _networks;
    private long _lastNews = Stopwatch.GetTimestamp();
    private int _silentSeconds;
    private long _results;
    private long _firstResult;
    private long _lastResult;
    private string _sourceName = "";
    private VisionResult? _shown;
    private (View View, bool Objects, bool Cursor) _shownFor;
    private float? _nextSmoothing;

    // Results of the engine with a smaller number show frames of the source before.
    private long _firstOfSource;
    private bool _isSourceShown;

    // What became of frames in engines that were replaced.
    private (long Submitted, long Processed, long Dropped) _earlier;

    public LiveStream(
        IFrameSource source, VisionEngine engine, BackgroundChoices backgrounds,
        LivePipelineOptions options)
    {
        _options = options;
        _reopening = new Reopening(options.FirstRetry);
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

    /// <summary>Whether the source has an end, at which it may begin anew.</summary>
    public bool HasEnd => Source is ISeekableSource { Duration.Ticks: > 0 };

    /// <summary>Whether somebody looks on, whom the end is told.</summary>
    public bool IsWatched { get; set; }

    /// <summary>Whether a file begins anew at its end.</summary>
    public bool IsLooping { get; set; }

    /// <summary>
    /// Why the source was taken for gone for good, or could not be opened anew; null where it is
    /// there.
    /// </summary>
    public Exception? Loss { get; private set; }

    /// <summary>Why the stream ended before its end; null where it did not.</summary>
    public Exception? Error => Pipeline.Error ?? Loss;

    /// <summary>Whether something is being made ready.</summary>
    public bool IsPreparing => _nextEngine.IsPending || _nextSource.IsPending;

    public bool IsFinished => !IsPreparing && !_reopening.IsUnderWay && Pipeline.IsFinished;

    public void Start()
    {
        _isStarted = true;
        Pipeline.Start();
    }

    /// <summary>Stops reading, for good.</summary>
    public void Stop()
    {
        _isStarted = false;
        _reopening.Cancel();
        Pipeline.Stop();
    }

    /// <summary>Takes the newest result into <see cref="View"/>; null where there is none.</summary>
    /// <param name="state">What is wanted of it.</param>
    public VisionResult? TryShowNext(ViewerState state)
    {
        if (!Engine.TryGetLatest(out var result))
        {
            RefreshShown(state);
            return null;
        }

        long now = Stopwatch.GetTimestamp();
        _lastNews = now;
        _firstResult = _results++ == 0 ? now : _firstResult;
        _lastResult = now;
        StreetScore? score = ScoreOf(result);
        score?.Add(result);
        _isSourceShown = IsOfSource(result);
        _shown = result;
        _shownFor = WantedOf(state);
        _scenery.Show(result, score, state);
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
                Source = _sourceName,
            },
            Stopwatch.GetElapsedTime(0));
        if (isNew)
        {
            Score?.List(View.Scores);
            _scenery.CountClasses(result);
        }

        return result;
    }

    /// <summary>Takes a lost source for gone for good: the run ends, and has failed.</summary>
    public void GiveUp(TimeSpan waited) => Loss = new SourceException(
        $"source {Source.Name} was lost and did not come back within {waited.TotalSeconds:F0} s");

    public LiveReport Report()
    {
        var accounting = Engine.Accounting;
        long processed = _earlier.Processed + accounting.Processed;
        var latency = Engine.OverallLatency;
        double seconds = Stopwatch.GetElapsedTime(_firstResult, _lastResult).TotalSeconds;
        return new LiveReport
        {
            Source = Source.Name,
            Model = Engine.ModelName.Length > 0 ? Engine.ModelName : "none",
            Device = Engine.DeviceId,
            Frames = _earlier.Submitted + accounting.Submitted,
            Processed = processed,
            Dropped = _earlier.Dropped + accounting.Dropped,
            FramesPerSecond = _results > 1 && seconds > 0 ? (processed - 1) / seconds : 0,
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
        _reopening.Dispose();
        Pipeline.Dispose();
        Engine.Dispose();
        Score?.Dispose();
        Source.Dispose();
    }

    /// <summary>What a source is called where there is little room: a file without its folder.</summary>
    private static string ShortNameOf(string name) =>
        Path.IsPathRooted(name) && Path.GetFileName(Path.TrimEndingDirectorySeparator(name))
            is { Length: > 0 } file
            ? file
            : name;

    private static (View View, bool Objects, bool Cursor) WantedOf(ViewerState state) =>
        (state.View, state.ShowObjects, state.Cursor is not null);

    /// <summary>Whether the frame was read from the source that there is, not from one before.</summary>
    private bool IsOfSource(VisionResult result) => result.Number >= _firstOfSource;

    /// <summary>Who knows the truth of a result; null where nobody does.</summary>
    private StreetScore? ScoreOf(VisionResult result) => IsOfSource(result) ? Score : null;

    /// <summary>Says of a new source or engine what does not change from frame to frame.</summary>
    private void Describe()
    {
        // What was shown is the old engine's.
        _shown = null;
        _sourceName = ShortNameOf(Source.Name);
        Score?.Dispose();
        Score = StreetScore.Of(Source, Engine);
        View.HasTruth = Score is { HasMasks: true };
        View.Scores.Clear();
        View.Labels.Clear();
        _scenery.Begin(Engine);
        _networks.Begin(Engine);
        TellSettings();
    }

    /// <summary>
    /// While no frame comes, as where the stream stands still: shows of the last one what is wanted
    /// only now.
    /// </summary>
    private void RefreshShown(ViewerState state)
    {
        if (_shown is not { } shown)
        {
            return;
        }

        _networks.Refresh(Engine, shown, state);
        if (_shownFor != WantedOf(state))
        {
            _shownFor = WantedOf(state);
            _scenery.Complete(shown, ScoreOf(shown), state, isStill: true);
        }
    }
}
