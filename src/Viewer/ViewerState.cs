using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

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
    /// <summary>Processed frames a second; a dash before there are two of them.</summary>
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

    /// <summary>Whether there is a rate: of a source that stands still it is 0.</summary>
    internal bool HasFrameRate => FrameRate > 0 || Processed > 1;
}

/// <summary>
/// Everything a picture of the viewer depends on: the streams, and how they are looked at. The live
/// loop fills it, keys and mouse change it through <see cref="ViewerController"/>, <see
/// cref="OverlayRenderer"/> only reads it, but for <see cref="HotSpots"/>. Not for several threads.
/// </summary>
public sealed class ViewerState
{
    /// <summary>How long <see cref="Say"/> is shown.</summary>
    public static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(6);

    private float _opacity = 0.5f;
    private float? _split;
    private int _focus;
    private TimeSpan _messageUntil;

    /// <summary>The streams, side by side; at least one.</summary>
    public IList<StreamView> Streams { get; } = new List<StreamView> { new() };

    /// <summary>Index of the stream that keys, numbers and labels are about.</summary>
    public int Focus
    {
        get => Math.Clamp(_focus, 0, Streams.Count - 1);
        set => _focus = value;
    }

    /// <summary>The stream that keys, numbers and labels are about.</summary>
    public StreamView Stream => Streams[Focus];

    /// <summary>Whether <see cref="Stream"/> alone is shown, of several.</summary>
    public bool IsMaximised { get; set; }

    /// <inheritdoc cref="StreamView.Frame"/>
    public Frame? Frame => Stream.Frame;

    /// <inheritdoc cref="StreamView.Mask"/>
    public MaskView? Mask => Stream.Mask;

    /// <inheritdoc cref="StreamView.Labels"/>
    public List<ViewerLabel> Labels => Stream.Labels;

    /// <inheritdoc cref="StreamView.Scores"/>
    public List<ViewerScore> Scores => Stream.Scores;

    /// <inheritdoc cref="StreamView.Palette"/>
    public Palette Palette
    {
        get => Stream.Palette;
        set => Stream.Palette = value;
    }

    /// <inheritdoc cref="StreamView.Hud"/>
    public HudValues Hud
    {
        get => Stream.Hud;
        set => Stream.Hud = value;
    }

    /// <summary>What is drawn over the video.</summary>
    public View View { get; set; } = Views.MaskAndContours;

    /// <summary>
    /// Opacity of the overlay, 0 (the video alone) to 1. Other values are clamped.
    /// </summary>
    public float Opacity
    {
        get => _opacity;
        set => _opacity = float.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
    }

    /// <summary>
    /// Share of the picture's width, from the left, that shows the video as it came; null for none.
    /// Other values than 0 to 1 are clamped.
    /// </summary>
    public float? Split
    {
        get => _split;
        set => _split = value is { } at && !float.IsNaN(at) ? Math.Clamp(at, 0, 1) : null;
    }

    /// <summary>Whether boxes are drawn around the things that are followed.</summary>
    public bool ShowObjects { get; set; }

    /// <summary>Whether the colours of classes are named.</summary>
    public bool ShowLegend { get; set; }

    /// <summary>Whether probabilities and frame times are plotted.</summary>
    public bool ShowGraphs { get; set; }

    /// <summary>Whether numbers and times of the inside of a network are shown.</summary>
    public bool ShowInside { get; set; }

    /// <summary>Whether the list of keys is shown.</summary>
    public bool ShowHelp { get; set; }

    /// <summary>
    /// The first of the keys that are listed, where not all of them fit; the renderer keeps it within
    /// them.
    /// </summary>
    public int HelpScroll { get; set; }

    /// <summary>Whether the heads-up display and the labels are shown.</summary>
    public bool ShowHud { get; set; } = true;

    /// <summary>
    /// Whether what is there for a moment is left out, as in pictures that are kept: messages, menus,
    /// help, what is under the mouse, that something is recorded.
    /// </summary>
    public bool HidesPassing { get; set; }

    /// <summary>True while the stream stands still.</summary>
    public bool Paused { get; set; }

    /// <summary>Whether classes can be taught by keys.</summary>
    public bool CanTeach { get; set; }

    /// <summary>True while numbers teach classes, rather than choose views.</summary>
    public bool IsTeaching { get; set; }

    /// <summary>What is taught, and how far that is; null where nothing can be taught.</summary>
    public TeachingView? Teaching { get; set; }

    /// <summary>True while pictures are written to a video.</summary>
    public bool Recording { get; set; }

    /// <summary>Choices to be made; null for none.</summary>
    public ViewerMenu? Menu { get; set; }

    /// <summary>
    /// Where the mouse is, in pixels from the upper left corner of the picture; null outside.
    /// </summary>
    public (float X, float Y)? Cursor { get; set; }

    /// <summary>What was said last; null where it was long ago.</summary>
    public string? Message { get; private set; }

    /// <summary>Where the last picture has what can be clicked.</summary>
    public HotSpots HotSpots { get; } = new();

    /// <summary>Shows a sentence for <see cref="MessageTime"/>.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="now">Any clock that only goes forward.</param>
    public void Say(string message, TimeSpan now)
    {
        Message = message;
        _messageUntil = now + MessageTime;
    }

    /// <summary>Ends a message whose time is over.</summary>
    public void Tick(TimeSpan now) => Message = now < _messageUntil ? Message : null;

    /// <summary>Shows a frame of <see cref="Stream"/>.</summary>
    /// <inheritdoc cref="StreamView.Show(Frame?, MaskView?, Frame?, DeviceImage?)"/>
    public void Show(Frame? frame, MaskView? mask = null) => Stream.Show(frame, mask);
}
