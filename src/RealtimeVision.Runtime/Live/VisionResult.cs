using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Live;

/// <summary>What the bytes of a mask mean.</summary>
public enum MaskKind
{
    /// <summary>Index of a class.</summary>
    Classes,

    /// <summary>Probability of one class: 0 is 0, 255 is 1.</summary>
    Probability,
}

/// <summary>A class of the whole picture, or of the region that the classifier sees.</summary>
/// <param name="Text">Its name.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="Index">Its index among the model's classes.</param>
public readonly record struct VisionLabel(string Text, float Probability, int Index);

/// <summary>What one classifier says of a frame.</summary>
public sealed class VisionClassification
{
    internal VisionClassification(ModelManifest model) =>
        (Model, Threshold) = (model.Name, model.Threshold ?? 0);

    /// <summary>Name of the classifier, as its manifest has it.</summary>
    public string Model { get; }

    /// <summary>Labels, the best first; empty where it has not run.</summary>
    public IReadOnlyList<VisionLabel> Labels => LabelList;

    /// <summary>Probability from which a label counts, as the manifest says, else 0.</summary>
    public float Threshold { get; }

    /// <summary>
    /// The part of the frame that it has seen, in pixels of the frame; empty where it has not run.
    /// </summary>
    public PixelBox Region { get; internal set; }

    internal List<VisionLabel> LabelList { get; } = [];
}

/// <summary>
/// What the models say of one frame, with the frame itself. Its buffers are reused: see <see
/// cref="VisionEngine.TryGetLatest"/> for how long it may be read.
/// </summary>
/// <remarks>
/// The mask has the resolution of the model's output, and covers exactly the frame: of a
/// letterboxed output only the part that shows the frame is kept, cut at whole mask pixels. So the
/// middle of mask pixel (x, y) lies at <c>((x + 0.5) * Frame.Width / MaskWidth, (y + 0.5) *
/// Frame.Height / MaskHeight)</c> of the frame, to within half a mask pixel.
/// </remarks>
public sealed class VisionResult
{
    private readonly List<VisionClassification> _classifications = [];
    private readonly Frame _composite = new();
    private byte[] _mask = [];
    private byte[] _matte = [];
    private byte[] _confidence = [];
    private int _confidenceLength;
    private int _matteLength;
    private float[] _features = [];
    private int _featureCount;

    internal VisionResult()
    {
    }

    /// <summary>The frame that the result belongs to.</summary>
    public Frame Frame { get; internal set; } = new();

    /// <summary>When the frame was taken, from the start of its stream.</summary>
    public TimeSpan Timestamp => Frame.Timestamp;

    /// <summary>Number of the result, from 0: the engine's processed frames before it.</summary>
    public long Number { get; internal set; }

    /// <summary>
    /// The mask: <c>MaskHeight * MaskWidth</c> bytes, row-major; empty without a segmenter.
    /// </summary>
    public ReadOnlySpan<byte> Mask => _mask.AsSpan(0, MaskWidth * MaskHeight);

    /// <summary>The same bytes as <see cref="Mask"/>, to keep in a field.</summary>
    public ReadOnlyMemory<byte> MaskMemory => _mask.AsMemory(0, MaskWidth * MaskHeight);

    /// <summary>Columns of the mask; 0 without a segmenter.</summary>
    public int MaskWidth { get; private set; }

    /// <summary>Rows of the mask; 0 without a segmenter.</summary>
    public int MaskHeight { get; private set; }

    /// <summary>
    /// Probability of each pixel's class, 0 to 255, in the size of <see cref="Mask"/>. Empty unless
    /// the mask has classes and <see cref="VisionOptions.Confidence"/> asks for it.
    /// </summary>
    public ReadOnlySpan<byte> Confidence => _confidence.AsSpan(0, _confidenceLength);

    /// <summary>The same bytes as <see cref="Confidence"/>, to keep in a field.</summary>
    public ReadOnlyMemory<byte> ConfidenceMemory => _confidence.AsMemory(0, _confidenceLength);

    /// <summary>
    /// The matte: how much of each pixel of the frame belongs to what is in front, 0 to 255, a byte
    /// for each of <c>Frame.Width * Frame.Height</c> pixels. Empty unless edges are refined or there
    /// is a background effect.
    /// </summary>
    public ReadOnlySpan<byte> Matte => _matte.AsSpan(0, _matteLength);

    /// <summary>The same bytes as <see cref="Matte"/>, to keep in a field.</summary>
    public ReadOnlyMemory<byte> MatteMemory => _matte.AsMemory(0, _matteLength);

    /// <summary>
    /// The frame with the background effect: of the same size, format, timestamp and index. Null
    /// without an effect.
    /// </summary>
    public Frame? Composite { get; private set; }

    /// <summary>
    /// <see cref="Mask"/> where it was computed; null without <see
    /// cref="VisionOptions.KeepOnDevice"/>, and where OpenGL could not take it.
    /// </summary>
    public DeviceImage? MaskOnDevice { get; internal set; }

    /// <summary><see cref="Confidence"/> where it was computed, as <see
    /// cref="MaskOnDevice"/>.</summary>
    public DeviceImage? ConfidenceOnDevice { get; internal set; }

    /// <summary><see cref="Matte"/> where it was computed, as <see
    /// cref="MaskOnDevice"/>.</summary>
    public DeviceImage? MatteOnDevice { get; internal set; }

    /// <summary><see cref="Composite"/> where it was computed, as <see
    /// cref="MaskOnDevice"/>.</summary>
    public DeviceImage? CompositeOnDevice { get; internal set; }

    /// <summary>How <see cref="Mask"/> came to the host's memory.</summary>
    public TransferPath Transfer { get; internal set; }

    /// <summary>What a byte of the mask means.</summary>
    public MaskKind MaskKind { get; internal set; }

    /// <summary>
    /// Probability from which a pixel belongs to the class, 0 to 1; where the mask has
    /// probabilities.
    /// </summary>
    public float Threshold { get; internal set; }

    /// <summary>
    /// What each classifier says, in the order of the engine's options; what was taught live is the
    /// last.
    /// </summary>
    public IReadOnlyList<VisionClassification> Classifications => _classifications;

    /// <summary>Labels of the first classifier, the best first; empty without one.</summary>
    public IReadOnlyList<VisionLabel> Labels => _classifications is [var first, ..] ? first.Labels : [];

    /// <summary>Probability from which a label of the first classifier counts.</summary>
    public float LabelThreshold => _classifications is [var first, ..] ? first.Threshold : 0;

    /// <summary>
    /// The part of the frame that the first classifier has seen, in pixels of the frame; empty where
    /// it has not run.
    /// </summary>
    public PixelBox LabelRegion => _classifications is [var first, ..] ? first.Region : default;

    /// <summary>
    /// What the <see cref="VisionOptions.Teacher"/>'s backbone makes of the frame: what is taught is
    /// told apart by these numbers. Empty without a teacher, and where it has not run.
    /// </summary>
    public ReadOnlySpan<float> Features => _features.AsSpan(0, _featureCount);

    /// <summary>
    /// Time of the run: upload, models, reading back. Time between slices does not count.
    /// </summary>
    public TimeSpan ProcessingTime { get; internal set; }

    /// <summary>Time from the frame's submission to its result.</summary>
    public TimeSpan Latency { get; internal set; }

    /// <summary>Where a classifier writes; the first ones come first.</summary>
    internal VisionClassification Classify(int number, ModelManifest model)
    {
        if (number == _classifications.Count)
        {
            _classifications.Add(new VisionClassification(model));
        }

        return _classifications[number];
    }

    /// <summary>Gives the mask a size and the bytes to write it to.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="capacity">Bytes of the largest mask that is to be expected.</param>
    internal Span<byte> ResizeMask(int width, int height, int capacity = 0)
    {
        if (_mask.Length < width * height)
        {
            _mask = GC.AllocateUninitializedArray<byte>(Math.Max(width * height, capacity));
        }

        MaskWidth = width;
        MaskHeight = height;
        return _mask.AsSpan(0, width * height);
    }

    /// <summary>Gives the confidence as many bytes as the mask has pixels.</summary>
    internal Span<byte> ResizeConfidence(int capacity)
    {
        _confidenceLength = MaskWidth * MaskHeight;
        if (_confidence.Length < _confidenceLength)
        {
            _confidence = GC.AllocateUninitializedArray<byte>(
                Math.Max(_confidenceLength, capacity));
        }

        return _confidence.AsSpan(0, _confidenceLength);
    }

    /// <summary>Gives the matte as many bytes as the frame has pixels.</summary>
    internal Memory<byte> ResizeMatte(int pixels)
    {
        if (_matte.Length < pixels)
        {
            _matte = GC.AllocateUninitializedArray<byte>(pixels, pinned: true);
        }

        _matteLength = pixels;
        return _matte.AsMemory(0, pixels);
    }

    /// <summary>Gives the result that many features, to be written.</summary>
    internal Span<float> ResizeFeatures(int count)
    {
        if (_features.Length < count)
        {
            _features = new float[count];
        }

        _featureCount = count;
        return _features.AsSpan(0, count);
    }

    /// <summary>Gives the result a picture like its frame, to be written.</summary>
    internal Frame ResizeComposite()
    {
        _composite.Resize(Frame.Width, Frame.Height, Frame.Format);
        _composite.Timestamp = Frame.Timestamp;
        _composite.Index = Frame.Index;
        Composite = _composite;
        return _composite;
    }

    /// <summary>Makes it say nothing.</summary>
    internal void Clear()
    {
        MaskWidth = 0;
        MaskHeight = 0;
        _matteLength = 0;
        _featureCount = 0;
        _confidenceLength = 0;
        Composite = null;
        MaskOnDevice = null;
        ConfidenceOnDevice = null;
        MatteOnDevice = null;
        CompositeOnDevice = null;
        foreach (VisionClassification classification in _classifications)
        {
            classification.Region = default;
            classification.LabelList.Clear();
        }
    }
}
