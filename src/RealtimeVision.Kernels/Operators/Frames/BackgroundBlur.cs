using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A frame's background, blurred and a quarter of its size: what is in front, as a mask says,
/// hardly counts, so that its colours do not bleed into the background.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: the frame's bytes, UInt8 [capacity]; its geometry, Int32 [8], of <see
/// cref="FrameGeometry"/>; the mask of what is in front, UInt8 [capacity], the first Width * Height
/// bytes, as <see cref="GuidedUpsample"/> gives it; sigma, Float32 [1], the standard deviation of
/// the blur in pixels of the small picture. Output: Float32 [<see cref="Count"/>], of which the
/// first are the small picture, ceil(Height / 4) rows of ceil(Width / 4) pixels of the frame's
/// bytes a pixel, 0 to 255. The rest is left as it is, and so is all where sigma is not above 0 or the
/// geometry is not valid.
/// </para>
/// <para>
/// A pixel weighs 256 - mask. Products and weights are added up over 4 x 4 pixels (fewer at the
/// right and lower edge), then over a Gaussian window, cut off beyond 3 sigma and at the picture's
/// edges; the output is products / weights. Where everything in reach is in front, that is its own
/// blur.
/// </para>
/// </remarks>
public sealed partial record BackgroundBlur : Operator
{
    /// <summary>Index of the bytes among the inputs.</summary>
    public const int Pixels = 0;

    /// <summary>Index of the geometry among the inputs.</summary>
    public const int FrameGeometryInput = 1;

    /// <summary>Index of the mask among the inputs.</summary>
    public const int Mask = 2;

    /// <summary>Index of sigma among the inputs.</summary>
    public const int Sigma = 3;

    /// <summary>Pixels of the frame, along both axes, to a pixel of the small picture.</summary>
    public const int Factor = 4;

    /// <summary>The largest standard deviation; larger ones count as this.</summary>
    public const float MaxSigma = 64;

    /// <summary>Pixels from the middle of the largest window to its end.</summary>
    private const int MaxRadius = 192;

    /// <summary>Floats of the small picture of a frame of so many bytes, at most.</summary>
    public static int Count(int capacity) => (capacity / Factor) + (Factor * Factor);

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 4,
            $"takes pixels, geometry, mask and sigma, has {inputs.Length} inputs");
        FrameOperators.RequireBytes(this, inputs[Pixels], "the pixels");
        FrameOperators.RequireGeometry(this, inputs[FrameGeometryInput]);
        FrameOperators.RequireBytes(this, inputs[Mask], "the mask's pixels");
        Require(
            inputs[Mask].Shape == inputs[Pixels].Shape,
            $"the mask {inputs[Mask].Shape} has to have room for as many as the pixels, "
            + $"{inputs[Pixels].Shape}");
        RequireFloat(inputs[Sigma], "sigma", 1);
        Require(inputs[Sigma].Shape[0] == 1, $"sigma is one number, not {inputs[Sigma]}");
        return [TensorType.Float(Count(inputs[Pixels].Shape[0]))];
    }

    /// <summary>Pixels of the small picture along an axis.</summary>
    internal static int Small(int side) => (side + Factor - 1) / Factor;

    /// <summary>Pixels from the middle of a window to its end.</summary>
    internal static int Radius(float sigma)
    {
        int radius = (int)(3f * sigma) + 1;
        return radius < MaxRadius ? radius : MaxRadius;
    }
}
