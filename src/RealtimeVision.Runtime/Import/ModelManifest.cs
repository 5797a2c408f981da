namespace RealtimeVision.Runtime.Import;

/// <summary>What a model is for.</summary>
public enum ModelTask
{
    /// <summary>One label for a picture.</summary>
    Classification,

    /// <summary>One label for each pixel.</summary>
    Segmentation,
}

/// <summary>What the numbers of a model's output are.</summary>
public enum ModelOutput
{
    /// <summary>Probabilities in 0..1.</summary>
    Probability,

    /// <summary>Scores before softmax or sigmoid.</summary>
    Logits,
}

/// <summary>The order of colours in a picture's channels.</summary>
public enum ColourOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red: OpenCV's order.</summary>
    Bgr,
}

/// <summary>Which part of a frame a model sees.</summary>
public enum ModelRegion
{
    /// <summary>All of it.</summary>
    Frame,

    /// <summary>The box around the largest segment that another model found.</summary>
    LargestSegment,
}

/// <summary>
/// What a model is for and what it expects: the JSON file <c>NAME.manifest.json</c> beside
/// <c>NAME.onnx</c>, or the same JSON in a network's own file. Unknown fields or values are an
/// error, so that a mistyped one is not passed over.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>What a person calls the model; field <c>name</c>, required.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// What it is for; field <c>task</c>, <c>classification</c> or <c>segmentation</c>, required.
    /// </summary>
    public required ModelTask Task { get; init; }

    /// <summary>The picture that it takes; field <c>input</c>.</summary>
    public ManifestInput Input { get; init; } = new();

    /// <summary>
    /// What its output is; field <c>output</c>, <c>probability</c> or <c>logits</c>.
    /// </summary>
    public ModelOutput Output { get; init; } = ModelOutput.Logits;

    /// <summary>Probability from which on a label counts, 0 to 1; field <c>threshold</c>.</summary>
    public float? Threshold { get; init; }

    /// <summary>Names of the classes in the order of the output; field <c>labels</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>
    /// A colour for each label, as 0xRRGGBBAA; field <c>palette</c>, of <c>#rrggbb</c> or
    /// <c>#rrggbbaa</c>. Empty for the default colours.
    /// </summary>
    public IReadOnlyList<uint> Palette { get; init; } = [];

    /// <summary>SPDX identifier of the model's license; field <c>license</c>.</summary>
    public string? License { get; init; }

    /// <summary>Where the model is from; field <c>source</c>.</summary>
    public string? Source { get; init; }

    /// <summary>Path of the manifest of a model file.</summary>
    public static string PathFor(string modelPath) =>
        Path.Combine(
            Path.GetDirectoryName(modelPath) ?? "",
            Path.GetFileNameWithoutExtension(modelPath) + ".manifest.json");

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="ModelFormatException"> The file is missing, no JSON, or has a field that is
    /// unknown, missing, or of a bad value; the field is named. </exception>
    public static ModelManifest Load(string path) => ManifestReader.Load(path);

    /// <summary>The manifest as JSON, as its file has it.</summary>
    public string ToJson() => ManifestWriter.Write(this);

    /// <summary>Reads the manifest beside a model file; null where there is none.</summary>
    /// <exception cref="ModelFormatException">As for <see cref="Load"/>.</exception>
    public static ModelManifest? Beside(string modelPath) =>
        PathFor(modelPath) is var path && File.Exists(path) ? Load(path) : null;
}

/// <summary>The picture that a model takes: field <c>input</c> of a manifest.</summary>
public sealed record ManifestInput
{
    /// <summary>
    /// Columns of the picture; null where the model's own size holds. Field <c>width</c>.
    /// </summary>
    public int? Width { get; init; }

    /// <summary>
    /// Rows of the picture; null where the model's own size holds. Field <c>height</c>.
    /// </summary>
    public int? Height { get; init; }

    /// <summary>Order of the colours; field <c>colour</c>, <c>rgb</c> or <c>bgr</c>.</summary>
    public ColourOrder Colour { get; init; }

    /// <summary>
    /// Taken off each channel after scaling to 0..1, in the model's order of colours; field
    /// <c>mean</c>.
    /// </summary>
    public IReadOnlyList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>What each channel is then divided by; field <c>std</c>, positive.</summary>
    public IReadOnlyList<float> Std { get; init; } = [1, 1, 1];

    /// <summary>
    /// True where a frame keeps its aspect ratio and the rest is filled; false where it is
    /// stretched. Field <c>letterbox</c>.
    /// </summary>
    public bool Letterbox { get; init; } = true;

    /// <summary>
    /// What the rest is filled with, before the mean is taken off, 0 to 1; field <c>pad</c>.
    /// </summary>
    public float Pad { get; init; }

    /// <summary>
    /// Which part of a frame it is; field <c>region</c>, <c>frame</c> or <c>largest-segment</c>.
    /// </summary>
    public ModelRegion Region { get; init; }

    /// <summary>
    /// How much wider the region is cut, as a share of its height; field <c>margin</c>, 0 or more.
    /// </summary>
    public float Margin { get; init; }
}
