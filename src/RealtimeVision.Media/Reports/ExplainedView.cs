using System.Globalization;
using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Media;

/// <summary>A picture or clip that was explained.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Said">What the model says of it, as a sentence.</param>
/// <param name="Views">The picture, and a view a method.</param>
public sealed record ExplainedPicture(
    string Name, string Said, IReadOnlyList<ExplainedView> Views)
{
    /// <summary>Curves of deletion, one a method; empty where they were not asked for.</summary>
    public IReadOnlyList<ExplainedCurve> Deletion { get; init; } = [];

    /// <summary>Curves of insertion, one a method.</summary>
    public IReadOnlyList<ExplainedCurve> Insertion { get; init; } = [];

    /// <summary>
    /// What a network of clips says frame by frame: a line a class; empty for pictures.
    /// </summary>
    public IReadOnlyList<FrameLine> Probabilities { get; init; } = [];

    /// <summary>
    /// How much of a map each frame of a clip has, as shares: a line a method; empty for pictures.
    /// </summary>
    public IReadOnlyList<FrameLine> FrameShares { get; init; } = [];
}

/// <summary>A view of a picture or of a model.</summary>
/// <param name="Name">The method.</param>
/// <param name="Picture">What is seen; of a clip all frames side by side.</param>
/// <param name="Note">What it is of: a layer, a class; may be empty.</param>
public sealed record ExplainedView(string Name, ReportPicture Picture, string Note = "")
{
    /// <summary>What is to be seen, as a sentence; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>What the colours mean; null where they are a picture's own.</summary>
    public ReportScale? Scale { get; init; }

    /// <summary>
    /// The frames of a clip, each with what is said of it, which are shown in place of
    /// <see cref="Picture"/>; empty for pictures.
    /// </summary>
    public IReadOnlyList<(ReportPicture Picture, string Caption)> Frames { get; init; } = [];
}

/// <summary>What colours mean.</summary>
/// <param name="IsSigned">
/// True for blue, nothing, orange; false for viridis, dark violet to yellow.
/// </param>
/// <param name="Least">What the one end means.</param>
/// <param name="Most">What the other end means.</param>
/// <param name="Unit">What numbers are measured in; may be empty.</param>
public sealed record ReportScale(bool IsSigned, string Least, string Most, string Unit = "")
{
    private const int Stops = 9;

    /// <summary>The scale of a map whose strongest colour is a magnitude.</summary>
    /// <param name="isSigned">Whether numbers below 0 speak against the class.</param>
    /// <param name="most">The magnitude.</param>
    /// <param name="unit">What numbers are measured in.</param>
    public static ReportScale Of(bool isSigned, float most, string unit)
    {
        string end = most.ToString(most >= 100 ? "0" : "G3", CultureInfo.InvariantCulture);
        return isSigned ? new(true, $"-{end}", $"+{end}", unit) : new(false, "0", end, unit);
    }

    /// <summary>The colours from left to right, as CSS wants them.</summary>
    internal string Gradient()
    {
        IEnumerable<string> stops = IsSigned
            ? [Css(ColourMap.Signed(-1)), "transparent", Css(ColourMap.Signed(1))]
            : Enumerable.Range(0, Stops).Select(i => Css(ColourMap.Viridis(i / (Stops - 1f))));
        return $"linear-gradient(90deg, {string.Join(", ", stops)})";
    }

    private static string Css((byte Red, byte Green, byte Blue) colour) =>
        $"#{colour.Red:x2}{colour.Green:x2}{colour.Blue:x2}";
}

/// <summary>Numbers over the frames of a clip.</summary>
/// <param name="Name">A class, or a method.</param>
/// <param name="First">Index of the first frame.</param>
/// <param name="Values">A number a frame.</param>
public sealed record FrameLine(string Name, int First, IReadOnlyList<double> Values);

/// <summary>A curve of a method.</summary>
/// <param name="Name">The method.</param>
/// <param name="Curve">The curve.</param>
public sealed record ExplainedCurve(string Name, PerturbationCurve Curve);
