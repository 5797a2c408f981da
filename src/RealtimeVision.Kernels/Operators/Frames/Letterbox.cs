namespace RealtimeVision.Kernels.Operators;

/// <summary>How a frame is brought to the size of a tensor.</summary>
public enum FrameFit
{
    /// <summary>Each axis on its own: the whole tensor is frame, which may be distorted.</summary>
    Stretch,

    /// <summary>As large as fits without distortion, in the middle, with padding around.</summary>
    Letterbox,

    /// <summary>
    /// As large as fits without distortion, in the upper left corner, with padding right and below.
    /// </summary>
    LetterboxTopLeft,
}

/// <summary>
/// Where a frame, or a region of one, lies in a tensor. Places are continuous: pixel i covers [i, i
/// + 1), and its centre is i + 0.5.
/// </summary>
/// <param name="SourceX">Left edge of the region in the frame.</param>
/// <param name="SourceY">Upper edge of the region in the frame.</param>
/// <param name="SourceWidth">Columns of the region.</param>
/// <param name="SourceHeight">Rows of the region.</param>
/// <param name="TargetX">First column of the tensor that is frame.</param>
/// <param name="TargetY">First row of the tensor that is frame.</param>
/// <param name="TargetWidth">Columns of the tensor that are frame.</param>
/// <param name="TargetHeight">Rows of the tensor that are frame.</param>
public readonly record struct Letterbox(
    int SourceX,
    int SourceY,
    int SourceWidth,
    int SourceHeight,
    int TargetX,
    int TargetY,
    int TargetWidth,
    int TargetHeight)
{
    /// <summary>
    /// Longest side of a frame and of a tensor: products of sides stay in 32 bits.
    /// </summary>
    public const int MaxSide = 16384;

    /// <summary>Fits a region into a tensor.</summary>
    /// <remarks>
    /// With letterboxing, the axis with the smaller scale of tensor / region is filled; the other
    /// gets the region's side times that scale, rounded to the nearest whole number, half way up,
    /// but at least 1. In the middle, the smaller half of what is left lies before. All is computed
    /// with whole numbers, so that hosts and devices agree.
    /// </remarks>
    /// <param name="x">Left edge of the region.</param>
    /// <param name="y">Upper edge of the region.</param>
    /// <param name="width">Columns of the region, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="height">Rows of the region, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="tensorWidth">Columns of the tensor, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="tensorHeight">Rows of the tensor, 1 to <see cref="MaxSide"/>.</param>
    /// <param name="fit">How.</param>
    public static Letterbox Fit(
        int x, int y, int width, int height, int tensorWidth, int tensorHeight, FrameFit fit)
    {
        int targetWidth = tensorWidth;
        int targetHeight = tensorHeight;
        if (fit != FrameFit.Stretch)
        {
            if (tensorWidth * height <= tensorHeight * width)
            {
                int rounded = ((2 * height * tensorWidth) + width) / (2 * width);
                targetHeight = rounded < 1 ? 1 : rounded;
            }
            else
            {
                int rounded = ((2 * width * tensorHeight) + height) / (2 * height);
                targetWidth = rounded < 1 ? 1 : rounded;
            }
        }

        bool isCentred = fit == FrameFit.Letterbox;
        return new Letterbox(
            x,
            y,
            width,
            height,
            isCentred ? (tensorWidth - targetWidth) / 2 : 0,
            isCentred ? (tensorHeight - targetHeight) / 2 : 0,
            targetWidth,
            targetHeight);
    }

    /// <summary>Fits a whole frame into a tensor.</summary>
    /// <inheritdoc cref="Fit(int, int, int, int, int, int, FrameFit)"/>
    public static Letterbox Fit(
        int width, int height, int tensorWidth, int tensorHeight, FrameFit fit) =>
        Fit(0, 0, width, height, tensorWidth, tensorHeight, fit);

    /// <summary>
    /// The place in the frame of a place in the tensor; outside the region for a place in the
    /// padding.
    /// </summary>
    public (float X, float Y) ToFrame(float x, float y) => (
        SourceX + ((x - TargetX) * SourceWidth / TargetWidth),
        SourceY + ((y - TargetY) * SourceHeight / TargetHeight));

    /// <summary>The place in the tensor of a place in the frame.</summary>
    public (float X, float Y) ToTensor(float x, float y) => (
        TargetX + ((x - SourceX) * TargetWidth / SourceWidth),
        TargetY + ((y - SourceY) * TargetHeight / SourceHeight));
}
