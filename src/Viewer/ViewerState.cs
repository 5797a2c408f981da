using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>What is drawn over the video.</summary>
public enum OverlayMode
{
    /// <summary>Nothing: the video alone.</summary>
    Off,

    /// <summary>The classes' areas, tinted.</summary>
    Mask,

    /// <summary>Lines where the class changes.</summary>
    Contours,

    /// <summary>Tinted areas and lines.</summary>
    MaskAndContours,

    /// <summary>The mask in full colour on black, without the video.</summary>
    MaskOnly,

    /// <summary>
    /// Probability through a perceptual colour map. A mask of classes has no probability and is
    /// drawn as in <see cref="Mask"/>.
    /// </summary>
    HeatMap,
}

/// <summary>A label of the whole picture and its probability, 0 to 1.</summary>
/// <param name="Text">The label.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="Model">What stands before it: which of several models says so; null for nothing.</param>
public readonly record struct ViewerLabel(string Text, float Probability, string? Model = null);

/// <summary>How right a model is, where the truth is known.</summary>
/// <param name="Name">What the score is called.</param>
/// <param name="Share">The score, 0 to 1; shown in percent.</param>
public readonly record struct ViewerScore(string Name, double Share);

/// <summary>The numbers of the heads-up display. Empty names leave their rows out.</summary>
public readonly record struct HudValues
{
    /// <summary>Processed frames a second.</summary>
    public double FrameRate { get; init; }

    /// <summary>Median time from a frame's arrival to its result, milliseconds.</summary>
    public double LatencyP50Ms { get; init; }

    /// <summary>95th percentile of that time, milliseconds.</summary>
    public double LatencyP95Ms { get; init; }

    /// <summary>Frames processed so far.</summary>
    public long Processed { get; init; }

    /// <summary>Frames dropped so far because a newer one came.</summary>
    public long Dropped { get; init; }

    /// <summary>The device the model runs on.</summary>
    public string? Device { get; init; }

    /// <summary>The model, or several.</summary>
    public string? Model { get; init; }

    /// <summary>Where the frames come from.</summary>
    public string? Source { get; init; }
}

/// <summary>
/// Everything a picture of the viewer depends on. The live loop fills it, keys change it through
/// <see cref="ViewerController"/>, <see cref="OverlayRenderer"/> only reads it. Not for several
/// threads.
/// </summary>
public sealed class ViewerState
{
    private static readonly TimeSpan HudInterval = TimeSpan.FromMilliseconds(250);
    private TimeSpan? _hudTime;
    private float _opacity = 0.5f;

    /// <summary>The picture, or null before the first.</summary>
    public Frame? Frame { get; private set; }

    /// <summary>The mask of <see cref="Frame"/>, or null.</summary>
    public MaskView? Mask { get; private set; }

    /// <summary>Counts the calls of <see cref="Show"/>: a renderer uploads once for each.</summary>
    public long Revision { get; private set; }

    /// <summary>
    /// Labels of <see cref="Frame"/>, best first. Clear and fill it again; it is kept.
    /// </summary>
    public List<ViewerLabel> Labels { get; } = [];

    /// <summary>
    /// Rows of the heads-up display below those of the models; empty where no truth is known. Clear
    /// and fill it again; it is kept.
    /// </summary>
    public List<ViewerScore> Scores { get; } = [];

    /// <summary>Colours of the classes.</summary>
    public Palette Palette { get; set; } = new();

    /// <summary>Numbers of the heads-up display.</summary>
    public HudValues Hud { get; set; }

    /// <summary>What is drawn over the video.</summary>
    public OverlayMode Mode { get; set; } = OverlayMode.MaskAndContours;

    /// <summary>
    /// Opacity of the overlay, 0 (the video alone) to 1. Other values are clamped.
    /// </summary>
    public float Opacity
    {
        get => _opacity;
        set => _opacity = float.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
    }

    /// <summary>What takes the background's place; null where nothing can.</summary>
    public string? Background { get; set; }

    /// <summary>Whether the mask has the frame's own edges.</summary>
    public bool EdgesAreRefined { get; set; }

    /// <summary>True while the stream stands still.</summary>
    public bool Paused { get; set; }

    /// <summary>True while pictures are written to a video.</summary>
    public bool Recording { get; set; }

    /// <summary>Whether the list of keys is shown.</summary>
    public bool ShowHelp { get; set; }

    /// <summary>Whether the heads-up display and the labels are shown.</summary>
    public bool ShowHud { get; set; } = true;

    /// <summary>
    /// Takes a frame and its mask without copying. They must stay unchanged until the picture is
    /// rendered; call again whenever their bytes are new, also where the objects are the same.
    /// </summary>
    public void Show(Frame? frame, MaskView? mask = null)
    {
        Frame = frame;
        Mask = mask;
        Revision++;
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
}
