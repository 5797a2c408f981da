using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The first half of a fast guided filter (He and Sun, 2015): at a network's resolution, the lines
/// a I + b that tell a mask by the brightness I of the picture. <see cref="GuidedUpsample"/> puts
/// the frame's own brightness into them.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: the picture that the network saw, Float32 [1, H, W, 3] or [1, H, W, 1], normalised; the
/// probabilities p, Float32 [1, h, w, 1], with H = s h and W = s w for a whole s; the frame's
/// geometry, Int32 [8], of <see cref="FrameGeometry"/>; the mode, Int32 [1], a <see
/// cref="MaskUpsampling"/>. The last two may change from run to run. Output: Float32 [2, h, w], a
/// and then b.
/// </para>
/// <para>
/// Guided: I is the picture's luma, the mean over s x s pixels. Over each window of 2 Radius + 1
/// pixels square, a = cov(I, p) / (var(I) + Epsilon) and b = mean(p) - a mean(I); the output is the
/// mean of a and of b over the same windows. Bilinear: a = 0 and b = p. None: the output is left
/// as it is, as it is where the geometry is not valid. Windows end where the frame ends in the
/// mask: padding is not looked at, and gets zeros.
/// </para>
/// <para>
/// Sums are taken anew for each window, along rows and then along columns, in a fixed order.
/// </para>
/// </remarks>
/// <param name="Radius">Pixels of the mask from the middle of a window to its end, 1 to
/// 64.</param>
/// <param name="Epsilon">Variance of luma, which runs from 0 to 1, below which an area counts as
/// flat; above 0.</param>
/// <param name="Fit">How the frame was fitted into the picture.</param>
/// <param name="Order">Channels of the picture.</param>
/// <param name="Mean">What was subtracted from the picture.</param>
/// <param name="Std">What it was divided by.</param>
public sealed partial record GuidedFilter(
    int Radius, float Epsilon, FrameFit Fit, ColourOrder Order, PerChannel Mean, PerChannel Std)
    : Operator
{
    /// <summary>Index of the picture among the inputs.</summary>
    public const int Picture = 0;

    /// <summary>Index of the probabilities among the inputs.</summary>
    public const int Probabilities = 1;

    /// <summary>Index of the geometry among the inputs.</summary>
    public const int FrameGeometryInput = 2;

    /// <summary>Index of the mode among the inputs.</summary>
    public const int Mode = 3;

    /// <summary>The largest radius.</summary>
    public const int MaxRadius = 64;

    /// <summary>Whether a picture of this shape can guide a mask of that one.</summary>
    public static bool CanGuide(Shape picture, Shape mask) =>
        picture.Rank == 4 && mask.Rank == 4 && mask.H > 0 && mask.W > 0
        && picture.H % mask.H == 0 && picture.W % mask.W == 0
        && picture.H / mask.H == picture.W / mask.W && picture.H >= mask.H;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 4,
            $"takes picture, probabilities, geometry and mode, has {inputs.Length} inputs");
        RequireFloat(inputs[Picture], "the picture", 4);
        RequireFloat(inputs[Probabilities], "the probabilities", 4);
        var (picture, mask) = (inputs[Picture].Shape, inputs[Probabilities].Shape);
        int channels = Order == ColourOrder.Gray ? 1 : 3;
        Require(
            picture.N == 1 && picture.C == channels,
            $"a picture of {Order} has to be [1, H, W, {channels}], is {picture}");
        Require(
            mask.N == 1 && mask.C == 1, $"the probabilities have to be [1, h, w, 1], are {mask}");
        Require(
            CanGuide(picture, mask),
            $"sides of the picture {picture} have to be the same multiple of the mask's {mask}");
        FrameOperators.RequireGeometry(this, inputs[FrameGeometryInput]);
        FrameOperators.RequireInts(this, inputs[Mode], "the mode", 1);
        Require(Radius is >= 1 and <= MaxRadius, $"the radius is 1 to {MaxRadius}, not {Radius}");
        Require(Epsilon > 0, $"epsilon has to be above 0, is {Epsilon}");
        return [TensorType.Float(2, mask.H, mask.W)];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        inputs[Probabilities].Shape.Count * ((12L * ((2 * Radius) + 1)) + 20);

    /// <summary>Plain numbers, which a GPU kernel can be given.</summary>
    internal struct Layout
    {
        public int Height, Width, Stride, Channels, Fit, Radius;
        public float Epsilon;

        /// <summary>Luma = the channels times these, plus the shift.</summary>
        public float Weight0, Weight1, Weight2, Shift;

        public readonly MaskPlacement Place(FrameGeometry frame) =>
            new(frame, (FrameFit)Fit, Width * Stride, Height * Stride, Width, Height);
    }

    private Layout LayoutFor(Shape picture, Shape mask)
    {
        int stride = picture.H / mask.H;
        bool isBgr = Order == ColourOrder.Bgr;
        var (first, second, third) = Order == ColourOrder.Gray
            ? (1f, 0f, 0f)
            : (isBgr ? FrameOperators.Blue : FrameOperators.Red, FrameOperators.Green,
                isBgr ? FrameOperators.Red : FrameOperators.Blue);
        float share = 1f / (stride * stride);
        return new Layout
        {
            Height = mask.H, Width = mask.W, Stride = stride, Channels = picture.C, Fit = (int)Fit,
            Radius = Radius, Epsilon = Epsilon,
            Weight0 = first * Std.First * share, Weight1 = second * Std.Second * share,
            Weight2 = third * Std.Third * share,
            Shift = (first * Mean.First) + (second * Mean.Second) + (third * Mean.Third),
        };
    }
}
