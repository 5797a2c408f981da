using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Live;

/// <summary>Frame to mask: bytes in, bytes out, smoothed over time where asked for.</summary>
internal sealed class SegmenterStage : ModelStage
{
    public const float DefaultThreshold = 0.5f;
    private const string ClassesOutput = "mask/classes";
    private const string ProbabilityOutput = "mask/probability";
    private const string ConfidenceOutput = "mask/confidence";
    private const string StrengthInput = "smoothing/strength";
    private const string ResetInput = "smoothing/reset";
    private readonly byte[] _mask;
    private readonly TransferPath _transfer;
    private readonly int _width;
    private readonly int _height;
    private readonly SmallInput<float> _reset;
    private readonly SmallInput<float> _strength;
    private readonly int _confidence;
    private readonly VisionSettings _settings;
    private readonly MatteNodes? _matte;
    private readonly Action<int, Memory<byte>> _take;
    private readonly KeptOutput? _keptMask;
    private readonly KeptOutput? _keptConfidence;
    private Letterbox _box;

    public SegmenterStage(
        FrameModel model,
        VisionOptions options,
        VisionSettings settings,
        int frameBytes,
        ModelStores stores,
        CompileOptions compileOptions,
        CancellationToken cancellation)
        : base(
            model, built => Build(built, model, options), frameBytes, stores, compileOptions,
            cancellation)
    {
        Shape shape = Plan.Outputs[0].Type.Shape;
        (_height, _width) = (shape[1], shape[2]);
        _mask = GC.AllocateUninitializedArray<byte>(_height * _width, pinned: true);
        _transfer = stores.Device is CpuDevice ? TransferPath.HostMemory
            : Pin(_mask) ? TransferPath.PinnedReadback : TransferPath.Readback;
        Kind = Plan.Outputs[0].Name == ClassesOutput ? MaskKind.Classes : MaskKind.Probability;
        _settings = settings;
        _reset = new SmallInput<float>(Plan, ResetInput, 1);
        _strength = new SmallInput<float>(Plan, StrengthInput, 1);
        _confidence = Plan.IndexOfOutput(ConfidenceOutput);
        _take = Take;
        _matte = MatteNodes.AreIn(Plan)
            ? new MatteNodes(Plan, settings, options.KeepOnDevice ? stores : null) : null;
        if (options.KeepOnDevice)
        {
            _keptMask = KeptOutput.Of(Plan, 0, stores);
            _keptConfidence = KeptOutput.Of(Plan, _confidence, stores);
        }

        settings.HasSmoothing = _reset.Exists;
        settings.HasMatte = _matte is not null;
    }

    public MaskKind Kind { get; }

    /// <summary>
    /// Whether edges can be refined: not where the mask has no whole number of the picture's pixels
    /// to one of its own.
    /// </summary>
    public bool CanRefineEdges => Plan.Graph.Nodes.Any(node => node.Operator is GuidedFilter);

    /// <summary>Least byte of a mask that belongs to a segment.</summary>
    public byte LeastByte => Kind == MaskKind.Classes ? (byte)1
        : (byte)Math.Min((int)(Threshold * 255) + 1, 255);

    private float Threshold => Model.Manifest.Threshold ?? DefaultThreshold;

    public override bool Begin(VisionResult result, bool isNewScene)
    {
        Frame frame = result.Frame;
        _box = Letterbox.Fit(frame.Width, frame.Height, Model.Width, Model.Height, Model.Fit);
        Upload(frame, new PixelBox(0, 0, frame.Width, frame.Height));
        _reset.Set(isNewScene ? 1 : 0);
        _strength.Set(1 - _settings.Smoothing);
        _matte?.Begin(frame);
        return true;
    }

    public override void Finish(VisionResult result)
    {
        var (left, right) = Cut(_box.TargetX, _box.TargetWidth, Model.Width, _width);
        var (top, bottom) = Cut(_box.TargetY, _box.TargetHeight, Model.Height, _height);
        var part = new PixelBox(left, top, right - left, bottom - top);
        // Before the host's copies, which wait for the device.
        result.MaskOnDevice = _keptMask?.Keep(result, _width, _height, part);
        result.ConfidenceOnDevice = _keptConfidence?.Keep(result, _width, _height, part);
        _matte?.Keep(result);
        Read(0, part, result.ResizeMask(part.Width, part.Height, _mask.Length));
        if (_confidence >= 0)
        {
            Read(_confidence, part, result.ResizeConfidence(_mask.Length));
        }

        _matte?.Finish(result, _take);
        result.Transfer = _transfer;
        result.MaskKind = Kind;
        result.Threshold = Kind == MaskKind.Probability ? Threshold : 0;
    }

    public override void Dispose()
    {
        base.Dispose();
        _keptMask?.Dispose();
        _keptConfidence?.Dispose();
        _matte?.Dispose();
    }

    /// <summary>Lets a search take the memory that a whole mask could need.</summary>
    public void ReserveFor(LargestSegment segments) =>
        segments.Find(_mask, _width, _height, byte.MaxValue);

    protected override void BeginWarmUp(Frame frame) => _matte?.BeginWarmUp(frame);

    private static void Build(ModelGraph built, FrameModel model, VisionOptions options)
    {
        Graph graph = built.Graph;
        Value scores = model.AsPicture(graph, built.Output);
        bool isOneClass = scores.Shape.C == 1;
        bool isSmoothed = isOneClass || options.Smoothing > 0;
        bool hasMatte = HasMatte(options, isOneClass);
        bool hasConfidence = options.Confidence && !isOneClass;
        if (isSmoothed || hasMatte || hasConfidence)
        {
            // The largest score is the largest probability, but only probabilities can be averaged.
            scores = model.AsProbabilities(graph, scores);
        }

        if (isSmoothed)
        {
            scores = Smooth(graph, scores);
        }

        if (isOneClass)
        {
            var toBytes = new ThresholdMask(MaskValues.Probability);
            graph.Output(graph.Add(toBytes, ProbabilityOutput, scores), ProbabilityOutput);
        }
        else
        {
            graph.Output(graph.Add(new ClassMask(), ClassesOutput, scores), ClassesOutput);
        }

        if (hasConfidence)
        {
            Value best = graph.Add(new Reduce(ReduceKind.Max, [-1]), "mask/best", scores);
            var toBytes = new ThresholdMask(MaskValues.Probability);
            graph.Output(graph.Add(toBytes, ConfidenceOutput, best), ConfidenceOutput);
        }

        if (hasMatte)
        {
            MatteNodes.Build(built, model, isOneClass ? scores : AllButTheFirst(graph, scores));
        }
    }

    /// <summary>
    /// What nobody has asked for is made ready only where that costs nothing: probabilities of
    /// several classes have to be computed first.
    /// </summary>
    private static bool HasMatte(VisionOptions options, bool isOneClass) => options.RefineEdges
        || (options.Background is { } effect
            && (isOneClass || effect.Kind != BackgroundKind.None));

    /// <summary>The probability that a pixel is not of class 0, the background.</summary>
    private static Value AllButTheFirst(Graph graph, Value probabilities)
    {
        Shape shape = probabilities.Shape;
        Value first = graph.Add(
            new Slice([0, 0, 0, 0], new Shape(1, shape.H, shape.W, 1), [1, 1, 1, 1]),
            "matte/background", probabilities);
        Value one = graph.Constant("matte/one", new Shape(1), [1]);
        return graph.Add(new Pointwise(Binary.Subtract), "matte/foreground", one, first);
    }

    private static Value Smooth(Graph graph, Value scores)
    {
        var one = new TensorType(ElementType.Float32, new Shape(1));
        var state = new Variable(
            "smoothing/state", scores.Type, new byte[scores.Type.Bytes], isConstant: false);
        Value smoothed = graph.Add(
            new TemporalSmoothing(),
            "smoothing",
            scores,
            graph.Variable(state),
            graph.Input(StrengthInput, one),
            graph.Input(ResetInput, one));
        graph.Assign(state, smoothed);
        return smoothed;
    }

    /// <summary>The part of the mask that shows the frame, at whole pixels, at least one.</summary>
    private static (int First, int End) Cut(int first, int count, int tensorSide, int maskSide)
    {
        double scale = (double)maskSide / tensorSide;
        int from = Math.Min((int)Math.Round(first * scale), maskSide - 1);
        int to = (int)Math.Round((first + count) * scale);
        return (from, Math.Clamp(to, from + 1, maskSide));
    }

    /// <summary>Reads the part of an output of the mask's size that shows the frame.</summary>
    private void Read(int output, PixelBox part, Span<byte> target)
    {
        Plan.ReadOutput(output, _mask);
        for (int y = 0; y < part.Height; y++)
        {
            _mask.AsSpan(((part.Y + y) * _width) + part.X, part.Width)
                .CopyTo(target[(y * part.Width)..]);
        }
    }
}
