using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>Who runs the models.</summary>
public enum VisionWorker
{
    /// <summary>A thread of the engine; the caller only submits frames and takes results.</summary>
    Background,

    /// <summary>The caller, a slice at a time: <see cref="VisionEngine.Tick"/>.</summary>
    None,
}

/// <summary>What happens when frames come faster than they can be processed.</summary>
public enum Pace
{
    /// <summary>
    /// The newest frame wins: nothing waits for the models, an older waiting frame is dropped, and
    /// a result that nobody took gives way to a newer one.
    /// </summary>
    Realtime,

    /// <summary>
    /// Every frame has a result and every result is taken: submitting waits for the models, and the
    /// models wait until <see cref="VisionEngine.TryGetLatest"/> has taken the last result.
    /// </summary>
    EveryFrame,
}

/// <summary>Whose turn it is where several engines run on one device.</summary>
public enum VisionPriority
{
    /// <summary>Gets what the others leave.</summary>
    Low,

    /// <summary>The usual.</summary>
    Normal,

    /// <summary>Goes first; a frame of a lower one that is being processed waits for it.</summary>
    High,
}

/// <summary>A device by its name, or one that the program has opened.</summary>
public sealed class DeviceChoice
{
    private DeviceChoice(string id, Device? device) => (Id, Device) = (id, device);

    /// <summary>The name: <c>auto</c>, <c>cpu</c>, <c>cuda:0</c>, ...</summary>
    public string Id { get; }

    /// <summary>The device, where the program gave one; it stays the program's.</summary>
    public Device? Device { get; }

    /// <summary>A device by its name; the engine opens and releases it.</summary>
    public static implicit operator DeviceChoice(string id) => FromString(id);

    /// <summary>A device that the program opened, keeps, and releases after the engine.</summary>
    public static implicit operator DeviceChoice(Device device) => FromDevice(device);

    /// <inheritdoc cref="op_Implicit(string)"/>
    public static DeviceChoice FromString(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        return new(id, null);
    }

    /// <inheritdoc cref="op_Implicit(Device)"/>
    public static DeviceChoice FromDevice(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new(device.Id, device);
    }
}

/// <summary>A model by its file, or one that the program has made.</summary>
public sealed class ModelChoice
{
    private ModelChoice(string? path, Model? model) => (Path, Model) = (path, model);

    /// <summary>The file, where the engine loads the model.</summary>
    public string? Path { get; }

    /// <summary>The model, where the program gave one; it stays the program's.</summary>
    public Model? Model { get; }

    /// <summary>A model by its file; the engine loads and releases it.</summary>
    public static implicit operator ModelChoice(string path) => FromString(path);

    /// <summary>A model that the program made, keeps, and releases after the engine.</summary>
    public static implicit operator ModelChoice(Model model) => FromModel(model);

    /// <inheritdoc cref="op_Implicit(string)"/>
    public static ModelChoice FromString(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new(path, null);
    }

    /// <inheritdoc cref="op_Implicit(Model)"/>
    public static ModelChoice FromModel(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(null, model);
    }
}

/// <summary>What an engine is made of and how it behaves.</summary>
public sealed record VisionOptions
{
    /// <summary>The model that makes masks, or null.</summary>
    public ModelChoice? Segmenter { get; init; }

    /// <summary>
    /// The models that make labels, each of its own kind. What one sees (the frame, or the largest
    /// segment of the mask) is in its manifest. A <see cref="Layers.Network"/> of clips, [time,
    /// height, width, channels], sees a frame at a time and keeps its state until a scene begins.
    /// </summary>
    public IReadOnlyList<ModelChoice> Classifiers { get; init; } = [];

    /// <summary>
    /// The only one of <see cref="Classifiers"/>, or the first of several; null without one.
    /// </summary>
    public ModelChoice? Classifier
    {
        get => Classifiers is [var first, ..] ? first : null;
        init => Classifiers = value is null ? [] : [value];
    }

    /// <summary>
    /// Learns classes while the engine runs, and labels frames with them; null for nothing of the
    /// kind. It stays the program's, who releases it after the engine.
    /// </summary>
    public Teacher? Teacher { get; init; }

    /// <summary>
    /// Whether there may be no model at all: results are then the frames as they come, as in a
    /// viewer whose models are chosen later. Else that is refused, for it is mostly a mistake.
    /// </summary>
    public bool AllowNoModels { get; init; }

    /// <summary>
    /// Where models run: <c>"auto"</c>, another name of <see cref="DeviceList.Open"/>, or a <see
    /// cref="Kernels.Devices.Device"/>.
    /// </summary>
    public DeviceChoice Device { get; init; } = "auto";

    /// <summary>Threads of a CPU that the engine opens; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>Who runs the models.</summary>
    public VisionWorker Worker { get; init; }

    /// <summary>Scheduling of the background worker's thread.</summary>
    public ThreadPriority WorkerPriority { get; init; } = ThreadPriority.Normal;

    /// <summary>
    /// Whose frame is next where engines share a device that the program has opened: the highest,
    /// and among equals one that is ticked, then the one that has waited longest. Their frames take
    /// turns, and each has the whole device.
    /// </summary>
    public VisionPriority Priority { get; init; } = VisionPriority.Normal;

    /// <summary>
    /// Most bytes that the models may take on the device, with their weights, their state and all
    /// between; null for no limit. What would need more is refused before it is allocated: <see
    /// cref="VisionEngine.CreateAsync"/> fails, or a frame that is too large does. While an engine
    /// makes itself ready for larger frames, both plans count.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// What metrics call the engine, <c>front camera</c>; null for a number.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>What happens when frames come too fast.</summary>
    public Pace Pace { get; init; }

    /// <summary>
    /// How much of a mask is kept from frame to frame, from 0 (nothing) to below 1: the largest
    /// weight of the past in a moving average of probabilities. Only unsure pixels get it, so that
    /// the rim is steady and nothing leaves a ghost. It starts anew where a stream starts, the size
    /// of frames changes, or the picture cuts.
    /// </summary>
    public float Smoothing { get; init; }

    /// <summary>
    /// Whether results of a segmenter of several classes say how sure it is of each pixel: <see
    /// cref="VisionResult.Confidence"/>. Takes the probabilities of all classes.
    /// </summary>
    public bool Confidence { get; init; }

    /// <summary>
    /// Whether masks and pictures of results also stay on the GPU where they were computed, for who
    /// draws them there: <see cref="VisionResult.MaskOnDevice"/> and others. Costs a copy on the
    /// device. Only CUDA shares with OpenGL: elsewhere nothing is kept.
    /// </summary>
    public bool KeepOnDevice { get; init; }

    /// <summary>
    /// What takes the background's place at first; <see cref="VisionEngine.Background"/> changes it.
    /// Null for an engine that makes no such pictures and needs no memory for them.
    /// </summary>
    public BackgroundEffect? Background { get; init; }

    /// <summary>
    /// Whether the mask is brought to the frame's size with the frame's own edges at first: <see
    /// cref="VisionEngine.RefineEdges"/> changes it.
    /// </summary>
    public bool RefineEdges { get; init; }

    /// <summary>
    /// By how much of probability another label has to be better than the first one before it takes
    /// its place, 0 to 1. Keeps the first label from flickering between two.
    /// </summary>
    public float LabelHysteresis { get; init; }

    /// <summary>
    /// Width of the frames that memory is made for ahead, in pixels. Larger frames are taken too;
    /// the first one makes the engine stop for a moment.
    /// </summary>
    public int ExpectedWidth { get; init; } = 1280;

    /// <summary>Height of the frames that memory is made for ahead, in pixels.</summary>
    public int ExpectedHeight { get; init; } = 720;

    /// <summary>
    /// Format of the frames that memory is made for ahead, which says how many bytes a pixel has.
    /// Frames of any format are taken as long as they have no more bytes.
    /// </summary>
    public PixelFormat ExpectedFormat { get; init; } = PixelFormat.Rgb24;

    /// <summary>Bytes of the frames that memory is made for ahead.</summary>
    internal int ExpectedBytes =>
        ExpectedWidth * ExpectedHeight * Frame.ChannelsOf(ExpectedFormat);

    /// <summary>Refuses a weight of the past that means nothing.</summary>
    internal static void CheckSmoothing(float value)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Smoothing), value, "the weight of the past is from 0 to below 1");
        }
    }

    /// <summary>Refuses values that mean nothing.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or there is no
    /// model.</exception>
    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Classifiers, nameof(Classifiers));
        if (Segmenter is null && Classifiers.Count == 0 && Teacher is null && !AllowNoModels)
        {
            throw new ArgumentException(
                "an engine needs a segmenter, a classifier or a teacher");
        }

        ArgumentNullException.ThrowIfNull(Device, nameof(Device));
        CheckSmoothing(Smoothing);
        if ((RefineEdges || Background is { Kind: not BackgroundKind.None }) && Segmenter is null)
        {
            throw new ArgumentException("a background effect needs a segmenter");
        }

        if (!(LabelHysteresis >= 0 && LabelHysteresis <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(LabelHysteresis), LabelHysteresis, "a probability is from 0 to 1");
        }

        if (MemoryLimit is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit, nameof(MemoryLimit));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ExpectedWidth, nameof(ExpectedWidth));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ExpectedHeight, nameof(ExpectedHeight));
        if (!Enum.IsDefined(ExpectedFormat))
        {
            throw new ArgumentOutOfRangeException(
                nameof(ExpectedFormat), ExpectedFormat, "there is no such format");
        }

        if ((long)ExpectedWidth * ExpectedHeight * Frame.ChannelsOf(ExpectedFormat) > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(ExpectedHeight), ExpectedHeight,
                $"no frame has room for {ExpectedWidth}x{ExpectedHeight} pixels");
        }
    }
}

/// <summary>How far the making of an engine is.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Fraction">How much of everything is done, 0 to 1.</param>
public readonly record struct WarmUpProgress(string Stage, double Fraction);
