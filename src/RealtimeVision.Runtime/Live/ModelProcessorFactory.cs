using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Live;

/// <summary>Makes processors of the models and the device that options name.</summary>
internal sealed class ModelProcessorFactory : FrameProcessorFactory
{
    private readonly VisionOptions _options;
    private readonly List<string> _notices = [];

    // What the factory has to release, the newest first.
    private readonly Stack<IDisposable> _owned = new();
    private readonly FrameModel? _segmenter;
    private readonly List<FrameModel> _classifiers = [];
    private MemoryBudget _memory;
    private DeviceTurn? _turn;
    private Device _device;
    private ModelStores? _segmenterStores;
    private ModelStores[] _classifierStores = [];
    private ModelStores? _teacherStores;

    /// <summary>Loads the models and opens the device.</summary>
    public ModelProcessorFactory(
        VisionOptions options,
        IProgress<WarmUpProgress>? progress,
        CancellationToken cancellation,
        TimeProvider? clock = null)
    {
        _options = options;
        Clock = clock ?? TimeProvider.System;
        _memory = new MemoryBudget(options.MemoryLimit ?? long.MaxValue);
        Settings.Background = options.Background ?? BackgroundEffect.None;
        Settings.RefineEdges = options.RefineEdges;
        Settings.Smoothing = options.Smoothing;
        try
        {
            progress?.Report(new WarmUpProgress("loading", 0));
            _segmenter = Load(options.Segmenter, ModelTask.Segmentation);
            foreach (ModelChoice choice in options.Classifiers)
            {
                cancellation.ThrowIfCancellationRequested();
                FrameModel classifier = Load(choice, ModelTask.Classification)!;
                _classifiers.Add(classifier);
                RequireSegmenter(classifier);
            }

            FrameModel[] models = [.. _segmenter is null ? [] : new[] { _segmenter }, .. _classifiers];
            IEnumerable<string> names = models.Select(m => m.Manifest.Name);
            if (options.Teacher is { } teacher)
            {
                RequireSegmenter(teacher.Backbone.Model);
                names = names.Append(teacher.Backbone.Model.Manifest.Name);
                if (teacher.Backbone.Notice is { } notice)
                {
                    _notices.Add(notice);
                }
            }

            ModelName = string.Join(" + ", names);
            Classifiers = [.. _classifiers.Select(c => c.Manifest)];
            View = new NetworkView(models);
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new WarmUpProgress("opening the device", 0.1));
            _device = Open(options);
            _turn = new DeviceTurn(
                _device, options.Priority, isTicked: options.Worker == VisionWorker.None);
            MakeStores();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override string DeviceId => _device.Id;

    public override string DeviceDescription => _device.Description;

    // Made once: whoever draws it asks at every frame.
    public override string ModelName { get; }

    public override IReadOnlyList<string> Notices => _notices;

    public override MemoryBudget? Memory => _memory;

    public override DeviceTurn? Turn => _turn;

    public override TimeProvider Clock { get; }

    /// <summary>A look inside the models.</summary>
    public NetworkView View { get; }

    /// <summary>What the segmenter is; null without one.</summary>
    public ModelManifest? Segmenter => _segmenter?.Manifest;

    /// <summary>What the classifiers are, in the order of the options.</summary>
    public IReadOnlyList<ModelManifest> Classifiers { get; }

    public override FrameProcessor Create(
        int frameBytes, IProgress<WarmUpProgress>? progress, CancellationToken cancellation)
    {
        var stages = new List<ModelStage>();
        int models = _classifiers.Count + (_segmenter is null ? 0 : 1)
            + (_options.Teacher is null ? 0 : 1);
        try
        {
            SegmenterStage? segmenter = null;
            if (_segmenter is not null)
            {
                segmenter = new SegmenterStage(
                    _segmenter, _options, Settings, frameBytes, _segmenterStores!,
                    Compile(progress, _segmenter, 0, models),
                    cancellation);
                stages.Add(segmenter);
                if (_options.RefineEdges && !segmenter.CanRefineEdges)
                {
                    _notices.Add(
                        $"edges cannot be refined: {_segmenter.Model.Name} takes {_segmenter.Width}x"
                        + $"{_segmenter.Height} pixels, which are no multiple of its mask's");
                }
            }

            for (int i = 0; i < _classifiers.Count; i++)
            {
                stages.Add(new ClassifierStage(
                    _classifiers[i], i, segmenter, _options.LabelHysteresis, frameBytes,
                    _classifierStores[i], Compile(progress, _classifiers[i], stages.Count, models),
                    cancellation));
            }

            if (_options.Teacher is { } teacher)
            {
                stages.Add(new TeachingStage(
                    teacher, _classifiers.Count, segmenter, _options.LabelHysteresis, frameBytes,
                    _teacherStores!,
                    Compile(progress, teacher.Backbone.Model, stages.Count, models), cancellation));
            }

            bool isAwaited = _options is
            {
                Pace: Pace.EveryFrame, Worker: VisionWorker.Background,
            };
            return new ModelFrameProcessor(
                stages, frameBytes, _device,
                new NetworkInspection(
                    View,
                    (look, progress, stop) => Inspect(look, frameBytes, progress, stop), isAwaited,
                    isAwaited || _turn is not { IsExclusive: true } ? null
                        : new DeviceTurn(_device, _options.Priority)));
        }
        catch
        {
            stages.ForEach(stage => stage.Dispose());
            throw;
        }
    }

    public override void FallBackToCpu()
    {
        var device = new CpuDevice(_options.Threads);
        _owned.Push(device);
        _device = device;
        // What the lost device held is gone with it, and its turns are of no use to anybody.
        _memory = new MemoryBudget(_memory.Limit);
        _turn?.Dispose();
        _turn = null;
        MakeStores();
    }

    public override void Dispose()
    {
        _turn?.Dispose();
        while (_owned.TryPop(out IDisposable? owned))
        {
            try
            {
                owned.Dispose();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A device that is lost may not be able to release what it has.
            }
        }
    }

    // Models are compiled between 15 and 90 % of the way, each for as long as another.
    private static CompileOptions Compile(
        IProgress<WarmUpProgress>? progress, FrameModel model, int number, int models) =>
        CompileOptions.Default with
        {
            Progress = progress is null ? null
                : new StageProgress(
                    progress, $"compiling {model.Model.Name}", 0.15 + (0.75 * number / models),
                    0.15 + (0.75 * (number + 1) / models)),
        };

    /// <summary>Makes the stage that shows what is looked at.</summary>
    private InspectorStage Inspect(
        NetworkLook look,
        int frameBytes,
        IProgress<double>? progress,
        CancellationToken cancellation)
    {
        int classifier = look.Model - (_segmenter is null ? 0 : 1);
        ModelStores stores = (classifier < 0 ? _segmenterStores! : _classifierStores[classifier])
            .WithStateOfItsOwn();
        try
        {
            return InspectorStage.Create(
                classifier < 0 ? _segmenter! : _classifiers[classifier], look, View, classifier,
                frameBytes, _options.KeepOnDevice, stores,
                CompileOptions.Default with { Progress = progress }, cancellation);
        }
        catch
        {
            stores.Dispose();
            throw;
        }
    }

    private FrameModel? Load(ModelChoice? choice, ModelTask task)
    {
        if (choice is null)
        {
            return null;
        }

        Model model = choice.Model ?? ModelFile.Load(choice.Path!);
        if (choice.Model is null)
        {
            _owned.Push(model);
        }

        var loaded = new FrameModel(model, task);
        if (loaded.Notice() is { } notice)
        {
            _notices.Add(notice);
        }

        return loaded;
    }

    private Device Open(VisionOptions options)
    {
        if (options.Device.Device is { } given)
        {
            return given;
        }

        Device device = DeviceList.Open(options.Device.Id, options.Threads, _notices.Add);
        _owned.Push(device);
        return device;
    }

    private void MakeStores()
    {
        // Nobody else can have weights on a device that the engine has opened itself.
        bool isShared = _device == _options.Device.Device;
        _segmenterStores = _segmenter is null ? null : Stores();
        _classifierStores = [.. _classifiers.Select(_ => Stores())];
        _teacherStores = _options.Teacher is null ? null : Stores();

        ModelStores Stores() => Own(new ModelStores(_device, _memory, isShared));
    }

    private void RequireSegmenter(FrameModel classifier)
    {
        if (_segmenter is null && classifier.Manifest.Input.Region == ModelRegion.LargestSegment)
        {
            throw new ArgumentException(
                $"{classifier.Model.Name} looks at the largest segment of a mask: it needs a "
                + "segmenter");
        }
    }

    private ModelStores Own(ModelStores stores)
    {
        _owned.Push(stores);
        return stores;
    }

    private sealed class StageProgress(
        IProgress<WarmUpProgress> progress, string stage, double from, double to)
        : IProgress<double>
    {
        public void Report(double value) =>
            progress.Report(new WarmUpProgress(stage, from + (value * (to - from))));
    }
}
