using System.Diagnostics;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;
using Spectre.Console;

namespace RealtimeVision.Cli.Live;

/// <summary>Files that <c>rtv live</c> writes; null where it does not.</summary>
internal sealed record LiveOutputs(string? Snapshot, string? Record);

/// <summary>
/// Streams and picture of one <c>rtv live</c>, apart from where the picture is shown: both loops
/// feed from it.
/// </summary>
internal sealed partial class LiveRun : IDisposable
{
    // Enough for every buffer of the pipeline and every lazy thing of the runtime to have been
    // made. Allocations are measured from there in steps of as many results, so that neither start
    // nor end of the stream counts.
    private const int MeasuredResults = 30;

    private readonly LiveOutputs _outputs;
    private readonly List<LiveStream> _streams = [];
    private readonly LiveMenus _menus;
    private readonly EngineRecipe _engines;
    private readonly LivePicture _picture;
    private readonly ProgressLine _progress;
    private readonly Action<string> _say;
    private readonly LiveTeaching? _teaching;
    private Exception? _recordingError;
    private bool _hasRecorded;
    private long _results;
    private long _allocatedBefore;
    private long _allocated;
    private long _measured;

    private LiveRun(
        LiveOutputs outputs, LiveMenus menus, EngineRecipe engines, LiveTeaching? teaching, long? total)
    {
        _engines = engines;
        _teaching = teaching;
        _outputs = outputs;
        _menus = menus;
        _picture = new LivePicture(State);
        _progress = new ProgressLine(total);
        _say = Say;
        Controller = new ViewerController(State);
        State.Streams.Clear();
        State.CanTeach = teaching is { IsByKeys: true };
    }

    /// <summary>The streams, as the viewer has them.</summary>
    public IReadOnlyList<LiveStream> Streams => _streams;

    /// <summary>The stream that keys are about.</summary>
    public LiveStream Stream => _streams[State.Focus];

    public ViewerState State { get; } = new();

    public ViewerController Controller { get; }

    /// <summary>
    /// Why a stream ended before its end, or the recording that was asked for; null where none did.
    /// </summary>
    public Exception? Error =>
        _streams.Select(s => s.Error).FirstOrDefault(e => e is not null) ?? _recordingError;

    public string Title => string.Join(", ", _streams.Select(s => s.Source.Name));

    public bool IsFinished => _streams.TrueForAll(s => s.IsFinished);

    /// <summary>Whether models are at work on the CPU.</summary>
    public bool IsComputing
    {
        get
        {
            // By index: an enumerator would be garbage at every turn of the loop.
            for (int i = 0; i < _streams.Count; i++)
            {
                VisionEngine engine = _streams[i].Engine;
                if (engine.DeviceId == "cpu" && !engine.Accounting.IsIdle)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// Opens the sources and makes an engine for each. The sources are the run's, to be released,
    /// also where it cannot be made.
    /// </summary>
    public static async Task<LiveRun> CreateAsync(
        IReadOnlyList<IFrameSource> sources,
        string[] models,
        ModelShelf shelf,
        VisionOptions options,
        BackgroundChoices backgrounds,
        bool? refines,
        TeachingPlan? plan,
        LivePipelineOptions pipeline,
        LiveOutputs outputs,
        SourceShelf sourceShelf,
        IReadOnlyList<VisionPriority> priorities,
        CancellationToken cancellation)
    {
        LiveTeaching? teaching = null;
        EngineRecipe? engines = null;
        LiveRun? run = null;
        try
        {
            // First, so that a source that is not there is said before a model is compiled.
            foreach (IFrameSource source in sources)
            {
                source.Open(cancellation);
            }

            teaching = plan is null ? null : new LiveTeaching(plan, options.Pace);
            options = options with { Teacher = teaching?.Teacher };
            engines = new EngineRecipe(shelf, options, models, backgrounds, refines);
            VisionOptions complete = engines.BuildFirst();
            run = new LiveRun(
                outputs, new LiveMenus(shelf, sourceShelf, engines), engines, teaching,
                sources.Count > 1 ? null : pipeline.FrameLimit ?? sources[0].FrameCount);
            var progress = new Progress<WarmUpProgress>();
            await Verb.Progress.Status().StartAsync("warming up", async status =>
            {
                progress.ProgressChanged += (_, p) => status.Status($"warming up: {p.Stage} ({p.Fraction:P0})");
                for (int i = 0; i < sources.Count; i++)
                {
                    var engine = await VisionEngine.CreateAsync(
                        complete with { Priority = priorities[i] }, progress, cancellation);
                    run.Add(new LiveStream(sources[i], engine, backgrounds, pipeline)
                    {
                        Specification = sourceShelf.Given[i],
                    });
                }
            });
        }
        catch
        {
            // Streams have their source; what no stream has is released here.
            foreach (IFrameSource source in sources.Skip(run?._streams.Count ?? 0))
            {
                source.Dispose();
            }

            if (run is null)
            {
                engines?.Dispose();
                teaching?.Dispose();
            }

            run?.Dispose();
            throw;
        }

        if (backgrounds.Current.Kind != BackgroundKind.None)
        {
            // Who asks for another background wants to see it, and not the mask over it.
            run.State.View = Views.Video;
        }

        return run;
    }

    /// <summary>Starts reading the sources.</summary>
    public void Start() => _streams.ForEach(stream => stream.Start());

    /// <summary>
    /// Takes the newest results, where there are some, into <see cref="State"/>, and records them;
    /// lets what was made ready take over, and says what happened.
    /// </summary>
    public bool Update()
    {
        TimeSpan now = Stopwatch.GetElapsedTime(0);
        State.Tick(now);
        bool isNew = false;
        for (int i = 0; i < _streams.Count; i++)
        {
            _streams[i].Update(_say);
            if (_streams[i].TryShowNext(State) is { } result)
            {
                isNew = true;
                _teaching?.Observe(result, Controller.HeldNumber);
            }
        }

        _teaching?.Show(State);
        if (!isNew)
        {
            return false;
        }

        if (++_results % MeasuredResults == 0 && _streams[0].Pipeline.State == SourceState.Running)
        {
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            _allocatedBefore = _results == MeasuredResults ? allocated : _allocatedBefore;
            _allocated = allocated - _allocatedBefore;
            _measured = _results - MeasuredResults;
        }

        Record();
        _progress.Report(_results, _streams[0].Engine.FrameRate);
        return true;
    }

    /// <summary>Shows a sentence, and says it on the error stream.</summary>
    public void Say(string message)
    {
        _progress.Clear();
        Verb.Say(message);
        State.Say(message, Stopwatch.GetElapsedTime(0));
    }

    /// <summary>Opens a menu, as a key does.</summary>
    public void Open(ViewerRequest menu) => _menus.Open(this, menu);

    /// <summary>Begins, on other threads, to look for what menus list.</summary>
    public void PrepareMenus() => _menus.Prepare();

    /// <summary>Says that the picture is a window's.</summary>
    public void ShowInWindow()
    {
        _picture.IsOfWindow = true;
        _streams.ForEach(stream => stream.IsWatched = true);
    }

    /// <summary>Writes the last picture and completes the recording.</summary>
    public void Finish()
    {
        _progress.Clear();
        foreach (LiveStream stream in _streams)
        {
            stream.Stop();
        }

        _teaching?.Finish(State);
        foreach (LiveStream stream in _streams)
        {
            stream.Score?.Complete();
            stream.Update(Verb.Say);
            stream.Score?.List(stream.View.Scores);
        }

        if (Error is { } error)
        {
            Console.Error.WriteLine($"rtv: {error.Message}");
        }

        if (_outputs.Snapshot is { } path && State.Frame is not null)
        {
            _picture.Save(path, SnapshotFacts.Of(this));
        }

        _picture.StopRecording();
    }

    /// <summary>What each stream has done; the first one has what was written.</summary>
    public IReadOnlyList<LiveReport> Report() =>
    [
        .. _streams.Select((stream, i) => i > 0 ? stream.Report() : stream.Report() with
        {
            AllocatedBytesPerFrame = _allocated / (double)Math.Max(1, _measured),
            Snapshot = _picture.Saved,
            Record = _picture.Recorded,
            Taught = _teaching?.Teacher.Status,
            Classifier = _teaching?.Saved,
        }),
    ];

    public void Dispose()
    {
        _streams.ForEach(stream => stream.Dispose());
        _engines.Dispose();
        _teaching?.Dispose();
        _picture.Dispose();
    }

    /// <summary>Records what is shown, where that is asked for.</summary>
    private void Record()
    {
        bool isAskedFor = _outputs.Record is not null && !_hasRecorded;
        _hasRecorded = true;
        try
        {
            if (isAskedFor)
            {
                _picture.StartRecording(_outputs.Record!, _streams[0].Source.FrameRate);
            }

            _picture.Record();
        }
        catch (Exception e) when (_picture.IsOfWindow && e is MediaException or ViewerException)
        {
            // What people look at goes on. The command has failed where it was to record.
            _recordingError = isAskedFor || _picture.Recorded == _outputs.Record ? e : _recordingError;
            _picture.AbandonRecording();
            Say(e.Message);
        }
    }

    private void Add(LiveStream stream)
    {
        _streams.Add(stream);
        State.Streams.Add(stream.View);
    }
}
