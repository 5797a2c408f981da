using System.Diagnostics;
using RealtimeVision.Cli.Models;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;
using Spectre.Console;

namespace RealtimeVision.Cli.Live;

/// <summary>Files that <c>rtv live</c> writes; null where it does not.</summary>
internal sealed record LiveOutputs(string? Snapshot, string? Record);

/// <summary>
/// Source, engine and picture of one <c>rtv live</c>, apart from where the picture is shown: both
/// loops feed from it.
/// </summary>
internal sealed class LiveRun : IDisposable
{
    // Enough for every buffer of the pipeline and every lazy thing of the runtime to have been
    // made. Allocations are measured from there in steps of as many results, so that neither start
    // nor end of the stream counts.
    private const int MeasuredResults = 30;

    private readonly IFrameSource _source;
    private readonly LiveOutputs _outputs;
    private readonly BackgroundChoices _backgrounds;
    private readonly Frame _picture = new();
    private readonly ProgressLine _progress;
    private readonly StreetScore? _score;
    private readonly LiveTeaching? _teaching;
    private SourceException? _loss;
    private HeadlessRenderer? _renderer;
    private VideoRecorder? _recorder;
    private string? _recorded;
    private string? _snapshot;
    private long _results;
    private long _firstResult;
    private long _lastResult;
    private long _allocatedBefore;
    private long _allocated;
    private long _measured;

    private LiveRun(
        IFrameSource source,
        VisionEngine engine,
        BackgroundChoices backgrounds,
        LiveTeaching? teaching,
        LivePipelineOptions options,
        LiveOutputs outputs)
    {
        _source = source;
        _outputs = outputs;
        _backgrounds = backgrounds;
        _teaching = teaching;
        Engine = engine;
        Pipeline = new LivePipeline(source, engine, options);
        _score = StreetScore.Of(source, engine);
        _progress = new ProgressLine(options.FrameLimit ?? source.FrameCount);
        Controller = new ViewerController(State);
    }

    public VisionEngine Engine { get; }

    public LivePipeline Pipeline { get; }

    public ViewerState State { get; } = new();

    public ViewerController Controller { get; }

    /// <summary>Why the stream ended before its end; null where it did not.</summary>
    public Exception? Error => Pipeline.Error ?? _loss;

    public string SourceName => _source.Name;

    public static async Task<LiveRun> CreateAsync(
        IFrameSource source,
        string[] models,
        VisionOptions options,
        BackgroundChoices backgrounds,
        bool? refines,
        TeachingPlan? plan,
        LivePipelineOptions pipeline,
        LiveOutputs outputs,
        CancellationToken cancellation)
    {
        // Opened here first, so that a source that is not there is said before a model is compiled.
        source.Open(cancellation);
        foreach (string path in models)
        {
            var model = ModelFile.Load(ModelStore.Resolve(path));
            bool isClassifier = VisionModels.IsClassifier(model, Verb.Say);
            if (!isClassifier && options.Segmenter is not null)
            {
                throw new UsageException($"--model {path}: there is a segmenter already");
            }

            options = isClassifier
                ? options with { Classifiers = [.. options.Classifiers, model] }
                : options with { Segmenter = model };
        }

        BackgroundEffect background = backgrounds.Current;
        if (options.Segmenter?.Model is { } segmenter)
        {
            options = options with
            {
                Background = background,
                RefineEdges = refines
                    ?? (background.Kind != BackgroundKind.None || VisionModels.IsOfPersons(segmenter)),
            };
        }
        else if (background.Kind != BackgroundKind.None || refines == true)
        {
            throw new UsageException("--background and --refine need a segmenter among the models");
        }

        LiveTeaching? teaching = plan is null ? null : new LiveTeaching(plan, options.Pace);
        options = options with { Teacher = teaching?.Teacher };
        var progress = new Progress<WarmUpProgress>();
        var engine = await Verb.Progress.Status().StartAsync("warming up", async status =>
        {
            progress.ProgressChanged += (_, p) => status.Status($"warming up: {p.Stage} ({p.Fraction:P0})");
            return await VisionEngine.CreateAsync(options, progress, cancellation);
        });
        var run = new LiveRun(source, engine, backgrounds, teaching, pipeline, outputs);
        run.TellBackground();
        if (background.Kind != BackgroundKind.None)
        {
            // Who asks for another background wants to see it, and not the mask over it.
            run.State.Mode = OverlayMode.Off;
        }

        VisionModels.Paint(run.State.Palette, engine.Segmenter?.Palette);
        return run;
    }

    /// <summary>Says what happened since the last call.</summary>
    public void SayEvents()
    {
        while (Engine.TryGetEvent(out var happened))
        {
            if (happened.Kind != VisionEventKind.EndOfStream)
            {
                _progress.Clear();
                Verb.Say(happened.Message);
            }
        }
    }

    /// <summary>
    /// Takes the newest result, if there is one, into <see cref="State"/>, and records it.
    /// </summary>
    public bool TryShowNext()
    {
        if (!Engine.TryGetLatest(out var result))
        {
            return false;
        }

        long now = Stopwatch.GetTimestamp();
        _firstResult = _results == 0 ? now : _firstResult;
        _lastResult = now;
        if (++_results % MeasuredResults == 0 && Pipeline.State == SourceState.Running)
        {
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            _allocatedBefore = _results == MeasuredResults ? allocated : _allocatedBefore;
            _allocated = allocated - _allocatedBefore;
            _measured = _results - MeasuredResults;
        }

        _teaching?.Observe(result);
        Show(result);
        if (_outputs.Record is { } path && _recorder is null && _recorded is null)
        {
            StartRecording(path, result);
        }

        if (_recorder is { } recorder)
        {
            Render(recorder.Width, recorder.Height);
            recorder.Write(_picture);
        }

        _progress.Report(_results, Engine.FrameRate);
        return true;
    }

    /// <summary>Does what keys asked for and concerns the stream, not the window.</summary>
    public void Obey()
    {
        if (State.Paused != Pipeline.IsPaused)
        {
            if (State.Paused)
            {
                Pipeline.Pause();
            }
            else
            {
                Pipeline.Resume();
            }
        }

        if (Controller.TakeStepRequest())
        {
            Pipeline.Step();
        }

        if (Controller.TakeBackgroundRequest() && Engine.CanReplaceBackground)
        {
            Engine.Background = _backgrounds.Next();
            TellBackground();
        }

        if (Controller.TakeRefineToggle() && Engine.CanReplaceBackground)
        {
            Engine.RefineEdges = !Engine.RefineEdges;
            TellBackground();
        }

        if (Controller.TakeSnapshotRequest() && State.Frame is not null)
        {
            Save(_outputs.Snapshot ?? FileNow("png"));
        }

        if (Controller.TakeRecordToggle() && State.Frame is not null)
        {
            if (_recorder is null)
            {
                StartRecording(FileNow("mp4"), null);
            }
            else
            {
                StopRecording();
            }
        }
    }

    /// <summary>Takes a lost source for gone for good: the run ends, and has failed.</summary>
    public void GiveUp(TimeSpan waited) => _loss = new SourceException(
        $"source {_source.Name} was lost and did not come back within {waited.TotalSeconds:F0} s");

    /// <summary>Writes the last picture and completes the recording.</summary>
    public void Finish()
    {
        _progress.Clear();
        Pipeline.Stop();
        _teaching?.Finish();
        _score?.Complete();
        SayEvents();
        if (Error is { } error)
        {
            Console.Error.WriteLine($"rtv: {error.Message}");
        }

        if (_outputs.Snapshot is { } path && State.Frame is not null)
        {
            _score?.List(State.Scores);
            Save(path);
        }

        StopRecording();
    }

    public LiveReport Report()
    {
        var accounting = Engine.Accounting;
        var latency = Engine.OverallLatency;
        double seconds = Stopwatch.GetElapsedTime(_firstResult, _lastResult).TotalSeconds;
        return new LiveReport
        {
            Source = _source.Name,
            Model = Engine.ModelName,
            Device = Engine.DeviceId,
            Frames = accounting.Submitted,
            Processed = accounting.Processed,
            Dropped = accounting.Dropped,
            FramesPerSecond = _results > 1 && seconds > 0 ? (accounting.Processed - 1) / seconds : 0,
            P50 = latency.P50.TotalMilliseconds,
            P95 = latency.P95.TotalMilliseconds,
            P99 = latency.P99.TotalMilliseconds,
            AllocatedBytesPerFrame = _allocated / (double)Math.Max(1, _measured),
            MeanIoU = _score?.MeanIoU,
            WeatherAccuracy = _score?.WeatherAccuracy,
            MotionAccuracy = _score?.MotionAccuracy,
            Snapshot = _snapshot,
            Record = _recorded,
            Taught = _teaching?.Teacher.Status,
            Classifier = _teaching?.Saved,
        };
    }

    public void Dispose()
    {
        Pipeline.Dispose();
        Engine.Dispose();
        _teaching?.Dispose();
        _score?.Dispose();
        _recorder?.Dispose();
        _renderer?.Dispose();
    }

    private static string FileNow(string extension) =>
        Path.GetFullPath($"rtv-{DateTime.Now:yyyyMMdd-HHmmss}.{extension}");

    private void TellBackground()
    {
        State.Background = Engine.CanReplaceBackground ? Engine.Background.ToString() : null;
        State.EdgesAreRefined = Engine.RefineEdges;
    }

    private void Show(VisionResult result)
    {
        State.Show(result.Composite ?? result.Frame, MaskOf(result));
        State.Labels.Clear();
        VisionModels.List(State.Labels, result.Classifications);
        _score?.Add(result);

        var latency = Engine.RecentLatency;
        bool isNew = State.UpdateHud(
            new HudValues
            {
                FrameRate = Engine.FrameRate,
                LatencyP50Ms = latency.P50.TotalMilliseconds,
                LatencyP95Ms = latency.P95.TotalMilliseconds,
                Processed = Engine.Accounting.Processed,
                Dropped = Engine.Accounting.Dropped,
                Device = Engine.DeviceId,
                Model = Engine.ModelName,
                Source = _source.Name,
            },
            Stopwatch.GetElapsedTime(0));
        if (isNew)
        {
            _score?.List(State.Scores);
        }
    }

    private static MaskView? MaskOf(VisionResult result) =>
        result.MaskMemory.IsEmpty ? null
        : result.MaskKind == MaskKind.Probability && !result.MatteMemory.IsEmpty
            ? MaskView.OfProbability(
                result.MatteMemory, result.Frame.Width, result.Frame.Height, result.Threshold)
        : result.MaskKind == MaskKind.Classes
            ? MaskView.OfClasses(result.MaskMemory, result.MaskWidth, result.MaskHeight)
            : MaskView.OfProbability(result.MaskMemory, result.MaskWidth, result.MaskHeight, result.Threshold);

    private void StartRecording(string path, VisionResult? result)
    {
        var frame = result?.Frame ?? State.Frame!;
        _recorder = new VideoRecorder(path, frame.Width, frame.Height, PixelFormat.Rgb24, _source.FrameRate ?? 30);
        _recorded = path;
        State.Recording = true;
    }

    private void StopRecording()
    {
        _recorder?.Complete();
        _recorder?.Dispose();
        _recorder = null;
        State.Recording = false;
    }

    private void Save(string path)
    {
        Render(State.Frame!.Width, State.Frame.Height);
        Picture.SavePng(_picture, path);
        _snapshot = path;
    }

    private void Render(int width, int height)
    {
        _renderer ??= new HeadlessRenderer();
        _renderer.Render(State, _picture, width, height, PixelFormat.Rgb24);
    }
}
