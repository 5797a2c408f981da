using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The part of a segmenter's plan that makes a mask of the frame's size, and a picture with another
/// background by it. What is wanted of it is an input: nothing wanted, nothing computed.
/// </summary>
internal sealed class MatteNodes : IDisposable
{
    // Chosen by eye on photographs: larger windows pull fingers together and let haze in, a smaller
    // epsilon lets the pattern of clothes show in the mask.
    private const int Radius = 4;
    private const float Epsilon = 1e-3f;
    private const string ModeInput = "matte/mode";
    private const string SigmaInput = "background/sigma";
    private const string SettingsInput = "background/settings";
    private const string PictureInput = "background/picture";
    private const string MatteOutput = "matte";
    private const string CompositeOutput = "background/composite";
    private readonly ExecutionPlan _plan;
    private readonly VisionSettings _settings;
    private readonly SmallInput<int> _mode;
    private readonly SmallInput<float> _sigma;
    private readonly SmallInput<int> _kindAndColour;
    private readonly int _picture;
    private readonly int _matte;
    private readonly int _composite;
    private readonly KeptOutput? _keptMatte;
    private readonly KeptOutput? _keptComposite;
    private readonly Frame _cover = new();
    private BackgroundEffect? _covering;
    private BackgroundEffect _effect = BackgroundEffect.None;
    private MaskUpsampling _wanted;

    /// <summary>The part of a plan that <see cref="Build"/> has added to its graph.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="settings">What is wanted.</param>
    /// <param name="kept">Where outputs are kept on the device; null where they are not.</param>
    public MatteNodes(ExecutionPlan plan, VisionSettings settings, ModelStores? kept)
    {
        _plan = plan;
        _settings = settings;
        _mode = new SmallInput<int>(plan, ModeInput, 1);
        _sigma = new SmallInput<float>(plan, SigmaInput, 1);
        _kindAndColour = new SmallInput<int>(plan, SettingsInput, 2);
        _picture = plan.IndexOfInput(PictureInput);
        _matte = plan.IndexOfOutput(MatteOutput);
        _composite = plan.IndexOfOutput(CompositeOutput);
        plan.SetInputPart(_picture, []);
        if (kept is not null)
        {
            _keptMatte = KeptOutput.Of(plan, _matte, kept);
            _keptComposite = KeptOutput.Of(plan, _composite, kept);
        }
    }

    /// <summary>Whether <see cref="Build"/> has added its nodes to a plan's graph.</summary>
    public static bool AreIn(ExecutionPlan plan) => plan.IndexOfOutput(MatteOutput) >= 0;

    /// <summary>Whether a mask of that shape can have its edges refined by the picture.</summary>
    public static bool CanRefine(Value picture, Value probabilities) =>
        GuidedFilter.CanGuide(picture.Shape, probabilities.Shape);

    /// <summary>Adds the nodes and declares the outputs.</summary>
    /// <param name="built">The model's graph so far.</param>
    /// <param name="model">The model.</param>
    /// <param name="probabilities">Probabilities of what is in front, [1, h, w, 1].</param>
    public static void Build(ModelGraph built, FrameModel model, Value probabilities)
    {
        Graph graph = built.Graph;
        Value mode = graph.Input(ModeInput, new TensorType(ElementType.Int32, new Shape(1)));
        Value lines = CanRefine(built.Picture, probabilities)
            ? graph.Add(
                model.GuidedFilter(Radius, Epsilon), "matte/lines", built.Picture, probabilities,
                built.Geometry, mode)
            : Unguided(graph, probabilities);
        // Twice the contrast, about the threshold: that stays where it is.
        float threshold = model.Manifest.Threshold ?? SegmenterStage.DefaultThreshold;
        var upsample = new GuidedUpsample(
            model.Height, model.Width, model.Fit, threshold / 2, (threshold + 1) / 2);
        Value matte = graph.Add(
            upsample, MatteOutput, built.Pixels, built.Geometry, lines, mode);
        Value sigma = graph.Input(SigmaInput, new TensorType(ElementType.Float32, new Shape(1)));
        Value blurred = graph.Add(
            new BackgroundBlur(), "background/blur", built.Pixels, built.Geometry, matte, sigma);
        Value picture = graph.Input(PictureInput, built.Pixels.Type);
        Value settings = graph.Input(
            SettingsInput, new TensorType(ElementType.Int32, new Shape(2)));
        Value composite = graph.Add(
            new BackgroundComposite(), CompositeOutput, built.Pixels, built.Geometry, matte,
            blurred, picture, settings);
        graph.Output(matte, MatteOutput);
        graph.Output(composite, CompositeOutput);
    }

    /// <summary>Tells the plan what is wanted of a frame.</summary>
    public void Begin(Frame frame)
    {
        _effect = _settings.Background;
        Set(frame, _effect, _settings.RefineEdges);
    }

    /// <summary>Asks for everything, so that a warm-up leaves nothing out.</summary>
    public void BeginWarmUp(Frame frame) => Set(frame, BackgroundEffect.Blur(), isRefined: true);

    /// <summary>Keeps on the device what the plan gave.</summary>
    public void Keep(VisionResult result)
    {
        Frame frame = result.Frame;
        var whole = new PixelBox(0, 0, frame.Width, frame.Height);
        if (_wanted != MaskUpsampling.None)
        {
            result.MatteOnDevice = _keptMatte?.Keep(result, frame.Width, frame.Height, whole);
        }

        if (_effect.Kind != BackgroundKind.None)
        {
            result.CompositeOnDevice = _keptComposite?.Keep(
                result, frame.Width, frame.Height, whole, frame.Channels);
        }
    }

    /// <summary>Takes what the plan gave.</summary>
    /// <param name="result">Where it belongs.</param>
    /// <param name="take">Copies an output, now or later.</param>
    public void Finish(VisionResult result, Action<int, Memory<byte>> take)
    {
        if (_wanted == MaskUpsampling.None)
        {
            return;
        }

        Frame frame = result.Frame;
        take(_matte, result.ResizeMatte(frame.Width * frame.Height));
        if (_effect.Kind != BackgroundKind.None)
        {
            take(_composite, result.ResizeComposite().PixelMemory);
        }
    }

    public void Dispose()
    {
        _keptMatte?.Dispose();
        _keptComposite?.Dispose();
    }

    private static Value Unguided(Graph graph, Value probabilities)
    {
        Shape shape = new(1, probabilities.Shape.H, probabilities.Shape.W);
        Value flat = graph.Constant("matte/flat", shape, new float[shape.Count]);
        Value p = graph.Add(new Reshape(shape), "matte/probability", probabilities);
        return graph.Add(new Concat(0), "matte/lines", flat, p);
    }

    private void Set(Frame frame, BackgroundEffect effect, bool isRefined)
    {
        _wanted = isRefined ? MaskUpsampling.Guided
            : effect.Kind != BackgroundKind.None ? MaskUpsampling.Bilinear
            : MaskUpsampling.None;
        _mode.Set((int)_wanted);
        _sigma.Set(effect.Strength / 100 * frame.Height / BackgroundBlur.Factor);
        _kindAndColour.Set((int)effect.Kind, ColourOf(effect, frame.Format));
        if (effect.Kind == BackgroundKind.Picture)
        {
            Cover(effect, frame);
        }
    }

    private void Cover(BackgroundEffect effect, Frame frame)
    {
        if (ReferenceEquals(effect, _covering) && _cover.Width == frame.Width
            && _cover.Height == frame.Height && _cover.Format == frame.Format)
        {
            return;
        }

        _cover.Resize(frame.Width, frame.Height, frame.Format);
        PictureCover.Fill(effect.Source!, _cover);
        _plan.SetInputPart(_picture, _cover.Pixels);
        _covering = effect;
    }

    /// <summary>A colour in the order of a frame's bytes, the first the lowest.</summary>
    private static int ColourOf(BackgroundEffect effect, PixelFormat format)
    {
        var (red, green, blue) = effect.Colour;
        if (format == PixelFormat.Gray8)
        {
            return (int)((0.299f * red) + (0.587f * green) + (0.114f * blue) + 0.5f);
        }

        bool isBgr = format is PixelFormat.Bgr24 or PixelFormat.Bgra32;
        return (isBgr ? blue : red) | (green << 8) | ((isBgr ? red : blue) << 16) | (255 << 24);
    }
}
