using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>Bytes that lie over a frame: what a <see cref="MaskView"/> of a stream says.</summary>
public enum ViewPlane
{
    /// <summary>What the segmenter finds.</summary>
    Mask,

    /// <summary>How sure the segmenter is, 0 to 255.</summary>
    Confidence,

    /// <summary>What is really there, where that is known: class indices.</summary>
    Truth,

    /// <summary>What counts for a class, by Grad-CAM, 0 to 255.</summary>
    ClassMap,

    /// <summary>Maps of a layer as tiles, 0 to 255.</summary>
    FeatureMaps,
}

/// <summary>Where a stream is that can be gone through at will.</summary>
/// <param name="At">Time of the frame that is shown.</param>
/// <param name="Duration">Time of the whole.</param>
/// <param name="IsLooping">Whether it begins anew at its end.</param>
public readonly record struct StreamPosition(TimeSpan At, TimeSpan Duration, bool IsLooping);

/// <summary>A thing in the picture: a connected component that is followed.</summary>
/// <param name="Id">The same from frame to frame.</param>
/// <param name="Class">Index of its class.</param>
/// <param name="Left">Left edge, 0 to 1 of the frame's width.</param>
/// <param name="Top">Upper edge, 0 to 1 of the frame's height.</param>
/// <param name="Width">Width, 0 to 1 of the frame's.</param>
/// <param name="Height">Height, 0 to 1 of the frame's.</param>
/// <param name="Area">Share of the frame's pixels that belong to it.</param>
public readonly record struct ViewerObject(
    int Id, int Class, float Left, float Top, float Width, float Height, float Area);

/// <summary>
/// One stream as the viewer shows it: its newest frame, what models say of it, and what they said
/// before. The live loop fills it. Not for several threads.
/// </summary>
public sealed class StreamView
{
    private static readonly TimeSpan HudInterval = TimeSpan.FromMilliseconds(250);
    private static readonly int Planes = Enum.GetValues<ViewPlane>().Length;

    private readonly MaskView?[] _planes = new MaskView?[Planes];
    private readonly long[] _revisions = new long[Planes];
    private TimeSpan? _hudTime;

    /// <summary>The picture, or null before the first.</summary>
    public Frame? Frame { get; private set; }

    /// <summary>The picture without a background effect; <see cref="Frame"/> without one.</summary>
    public Frame? Original { get; private set; }

    /// <summary>
    /// <see cref="Frame"/> on the GPU where it was computed; null where it is as the camera gave it.
    /// </summary>
    public DeviceImage? FrameOnDevice { get; private set; }

    /// <summary>
    /// How masks come to the host's memory, from which they are drawn where they are not drawn from
    /// the device.
    /// </summary>
    public TransferPath HostPath { get; set; }

    /// <summary>
    /// How what was drawn last over the frame has reached OpenGL; null before anything was.
    /// </summary>
    public TransferPath? DrawnPath { get; internal set; }

    /// <summary>The mask of <see cref="Frame"/>, or null.</summary>
    public MaskView? Mask => this[ViewPlane.Mask];

    /// <summary>Counts the frames that were shown: a renderer uploads once for each.</summary>
    public long Revision { get; private set; }

    /// <summary>
    /// Labels of <see cref="Frame"/>, best first. Clear and fill it again; it is kept.
    /// </summary>
    public List<ViewerLabel> Labels { get; } = [];

    /// <summary>
    /// How right models are, where the truth is known. Clear and fill it again; it is kept.
    /// </summary>
    public List<ViewerScore> Scores { get; } = [];

    /// <summary>Things that are followed. Clear and fill it again; it is kept.</summary>
    public List<ViewerObject> Objects { get; } = [];

    /// <summary>Probabilities of classifiers over time, a plot each.</summary>
    public List<PlotHistory> Probabilities { get; } = [];

    /// <summary>Processing times of frames, milliseconds.</summary>
    public PlotHistory FrameTimes { get; } = new("frame time", ["models"], 150);

    /// <summary>Names of the mask's classes, by index; empty where it has none.</summary>
    public IReadOnlyList<string> ClassNames { get; set; } = [];

    /// <summary>Share of the mask's pixels of each class; empty where it is not known.</summary>
    public IReadOnlyList<float> ClassShares { get; set; } = [];

    /// <summary>Colours of the classes.</summary>
    public Palette Palette { get; set; } = new();

    /// <summary>Numbers of the heads-up display.</summary>
    public HudValues Hud { get; set; }

    /// <summary>What takes the background's place; null where nothing can.</summary>
    public string? Background { get; set; }

    /// <summary>Whether the mask has the frame's own edges.</summary>
    public bool EdgesAreRefined { get; set; }

    /// <summary>How much of a mask is kept, 0 to below 1; null where that is fixed.</summary>
    public float? Smoothing { get; set; }

    /// <summary>Where in the whole it is; null for a stream without an end.</summary>
    public StreamPosition? Position { get; set; }

    /// <summary>Whether what is really there is known, and shown where a view asks for it.</summary>
    public bool HasTruth { get; set; }

    /// <summary>Whether the stream is at its end, and stands still.</summary>
    public bool HasEnded { get; set; }

    /// <summary>What is being made ready while the stream goes on; null for nothing.</summary>
    public string? Preparing { get; set; }

    /// <summary>Whether there are networks that can be looked into.</summary>
    public bool HasNetworks { get; set; }

    /// <summary>What is inside a network; null while nobody looks.</summary>
    public NetworkInside? Inside { get; set; }

    /// <summary>Tiles of <see cref="ViewPlane.FeatureMaps"/>: beside each other, on top of each
    /// other, and how many have a map.</summary>
    public (int Columns, int Rows, int Count) Tiles { get; set; }

    /// <summary>Why nothing is seen of a network that is looked at; null where all is well.</summary>
    public string? NetworkProblem { get; set; }

    /// <summary>What is wrong, in a sentence; null where nothing is.</summary>
    public string? Trouble { get; set; }

    /// <summary>What lies over the frame.</summary>
    public MaskView? this[ViewPlane plane] => _planes[(int)plane];

    /// <summary>
    /// Takes a frame and its mask without copying. They must stay unchanged until the picture is
    /// rendered; call again whenever their bytes are new, also where the objects are the same.
    /// Other planes are those of a frame before, and are forgotten.
    /// </summary>
    /// <param name="frame">The picture.</param>
    /// <param name="mask">What the segmenter finds in it.</param>
    /// <param name="original">The picture without a background effect; null without one.</param>
    /// <param name="onDevice">The picture where it was computed; null where it was not.</param>
    public void Show(
        Frame? frame, MaskView? mask = null, Frame? original = null, DeviceImage? onDevice = null)
    {
        Frame = frame;
        FrameOnDevice = onDevice;
        Original = original ?? frame;
        Revision++;
        Array.Clear(_planes);
        Show(ViewPlane.Mask, mask);
    }

    /// <summary>Takes what lies over the frame, without copying, as <see cref="Show(Frame?,
    /// MaskView?, Frame?, DeviceImage?)"/> does.</summary>
    public void Show(ViewPlane plane, MaskView? values)
    {
        _planes[(int)plane] = values;
        _revisions[(int)plane]++;
    }

    /// <summary>
    /// Takes new numbers for the heads-up display, but at most four times a second, so that they
    /// can be read.
    /// </summary>
    /// <param name="values">The numbers of this moment.</param>
    /// <param name="now">Any clock that only goes forward.</param>
    /// <returns>Whether they were taken.</returns>
    public bool UpdateHud(in HudValues values, TimeSpan now)
    {
        if (_hudTime is { } last && now - last < HudInterval)
        {
            return false;
        }

        _hudTime = now;
        Hud = values;
        return true;
    }

    /// <summary>Counts what was shown as a plane.</summary>
    internal long RevisionOf(ViewPlane plane) => _revisions[(int)plane];
}
