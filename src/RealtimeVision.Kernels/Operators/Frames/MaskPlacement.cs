namespace RealtimeVision.Kernels.Operators;

/// <summary>How a mask becomes one of the frame's size.</summary>
public enum MaskUpsampling
{
    /// <summary>Not at all: nobody wants it, and nothing is computed.</summary>
    None,

    /// <summary>Bilinear: soft, with the coarse steps of the network's resolution.</summary>
    Bilinear,

    /// <summary>By the guided filter: edges of the mask snap to edges of the frame.</summary>
    Guided,
}

/// <summary>
/// Where a frame lies in a mask made of it: the part of the mask that shows the frame, and the
/// place in it of each of the frame's rows and columns.
/// </summary>
internal readonly struct MaskPlacement
{
    public readonly int Left, Top, Right, Bottom;
    private readonly float _scaleX, _scaleY, _offsetX, _offsetY;

    /// <summary>Of a frame that is valid.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="fit">How it was fitted into the network's tensor.</param>
    /// <param name="tensorWidth">Columns of that tensor.</param>
    /// <param name="tensorHeight">Rows of that tensor.</param>
    /// <param name="width">Columns of the mask, which covers the whole tensor.</param>
    /// <param name="height">Rows of the mask.</param>
    public MaskPlacement(
        FrameGeometry frame, FrameFit fit, int tensorWidth, int tensorHeight, int width,
        int height)
    {
        // Not FrameGeometry.In: ILGPU folds its branch for regions too, and fails on the division by
        // a region of no pixels.
        var box = Letterbox.Fit(
            0, 0, frame.Width, frame.Height, tensorWidth, tensorHeight, fit);
        float x = (float)width / tensorWidth;
        float y = (float)height / tensorHeight;
        Left = First(box.TargetX, x, width);
        Top = First(box.TargetY, y, height);
        Right = End(box.TargetX + box.TargetWidth, x, Left, width);
        Bottom = End(box.TargetY + box.TargetHeight, y, Top, height);
        _scaleX = box.TargetWidth * x / frame.Width;
        _scaleY = box.TargetHeight * y / frame.Height;
        _offsetX = (box.TargetX * x) + (0.5f * _scaleX) - 0.5f;
        _offsetY = (box.TargetY * y) + (0.5f * _scaleY) - 0.5f;
    }

    /// <summary>Centre of a column of the frame, between the mask's columns.</summary>
    public float Column(int x) => Hold((x * _scaleX) + _offsetX, Left, Right);

    /// <summary>Centre of a row of the frame, between the mask's rows.</summary>
    public float Row(int y) => Hold((y * _scaleY) + _offsetY, Top, Bottom);

    private static float Hold(float place, int first, int end) =>
        place < first ? first : place > end - 1 ? end - 1 : place;

    private static int First(int target, float scale, int side)
    {
        int first = (int)((target * scale) + 0.5f);
        return first < side ? first : side - 1;
    }

    private static int End(int target, float scale, int first, int side)
    {
        int end = (int)((target * scale) + 0.5f);
        return end <= first ? first + 1 : end < side ? end : side;
    }
}
