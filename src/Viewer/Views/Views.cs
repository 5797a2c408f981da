namespace RealtimeVision.Viewer;

/// <summary>The views there are.</summary>
public static class Views
{
    /// <summary>The video alone.</summary>
    public static View Video { get; } = new VideoView();

    /// <summary>The classes' areas, tinted.</summary>
    public static View Mask { get; } = new AreaView(
        "mask", "mask", "The classes' areas, tinted", ViewPlane.Mask, AreaStyle.Fill);

    /// <summary>Lines where the class changes.</summary>
    public static View Contours { get; } = new AreaView(
        "contours", "contours", "Lines where the class changes", ViewPlane.Mask, AreaStyle.Lines);

    /// <summary>Tinted areas and lines.</summary>
    public static View MaskAndContours { get; } = new AreaView(
        "both", "mask + contours", "Tinted areas and lines", ViewPlane.Mask,
        AreaStyle.Fill | AreaStyle.Lines);

    /// <summary>The mask in full colour on black, without the video.</summary>
    public static View MaskOnly { get; } = new AreaView(
        "mask-only", "mask only", "The mask in full colour, without the video", ViewPlane.Mask,
        AreaStyle.Opaque);

    /// <summary>How sure the segmenter is of each pixel.</summary>
    public static View Confidence { get; } = new ConfidenceView();

    /// <summary>Where the mask is right and where it is wrong.</summary>
    public static View Difference { get; } = new DifferenceView();

    /// <summary>What is really there, where that is known.</summary>
    public static View Truth { get; } = new AreaView(
        "truth", "truth", "What is really there, where that is known", ViewPlane.Truth,
        AreaStyle.Fill | AreaStyle.Lines);

    /// <summary>What counts for a class in a network, over the video.</summary>
    public static View GradCam { get; } = new NetworkPlaneView(
        "grad-cam", "Grad-CAM", "What counts for a class in the network, from violet to yellow",
        ViewPlane.ClassMap, isOverVideo: true);

    /// <summary>Maps of a network's layer, in place of the video.</summary>
    public static View FeatureMaps { get; } = new NetworkPlaneView(
        "feature-maps", "feature maps", "Maps of a layer of the network, a tile a channel",
        ViewPlane.FeatureMaps, isOverVideo: false);

    /// <summary>All of them, in the order of their keys.</summary>
    public static IReadOnlyList<View> All { get; } =
    [
        Video, Mask, Contours, MaskAndContours, MaskOnly, Confidence, Difference, Truth,
        GradCam, FeatureMaps,
    ];

    /// <summary>A view by its <see cref="View.Id"/>; null where there is none.</summary>
    public static View? Find(string id) =>
        All.FirstOrDefault(view => view.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The next view that a stream has something for.</summary>
    public static View After(View view, StreamView stream)
    {
        int at = 0;
        while (at < All.Count && All[at] != view)
        {
            at++;
        }

        for (int i = 1; i < All.Count; i++)
        {
            View next = All[(at + i) % All.Count];
            if (next == Video || next.CanShow(stream))
            {
                return next;
            }
        }

        return view;
    }

    /// <summary>The view itself, or what takes its place where a stream has nothing for it.</summary>
    internal static View For(View view, StreamView stream) =>
        view.CanShow(stream) ? view
        : Mask.CanShow(stream) ? Mask
        : Video;
}
