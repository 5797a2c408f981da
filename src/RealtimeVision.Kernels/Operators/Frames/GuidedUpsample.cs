using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The second half of a fast guided filter: a mask of the frame's size, by the lines of a <see
/// cref="GuidedFilter"/> and the frame's own luma, so that the mask has the frame's edges.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: the frame's bytes, UInt8 [capacity]; its geometry, Int32 [8], of <see
/// cref="FrameGeometry"/>; the lines, Float32 [2, h, w]; the mode, Int32 [1], a <see
/// cref="MaskUpsampling"/>. Output: UInt8 [capacity], of which the first Width * Height bytes are
/// the mask, row-major without gaps. The rest is left as it is, and so is all where the mode is
/// None or the geometry is not valid.
/// </para>
/// <para>
/// mask = round(255 (a I + b - Low) / (High - Low)), held to 0 and 255, half way up: I is the luma
/// of the frame's pixel from 0 to 1, a and b are interpolated at the pixel's centre, held to the
/// centres of the part of the mask that shows the frame. Where a is 0 this is bilinear upsampling
/// of b.
/// </para>
/// </remarks>
/// <param name="Height">Rows of the network's tensor, which the mask covers.</param>
/// <param name="Width">Columns of that tensor.</param>
/// <param name="Fit">How the frame was fitted into it.</param>
/// <param name="Low">Probability that becomes 0: what a network takes for hardly possible leaves no
/// haze.</param>
/// <param name="High">Probability that becomes 255, above <paramref name="Low"/>.</param>
public sealed partial record GuidedUpsample(
    int Height, int Width, FrameFit Fit, float Low = 0, float High = 1)
    : Operator
{
    /// <summary>Index of the bytes among the inputs.</summary>
    public const int Pixels = 0;

    /// <summary>Index of the geometry among the inputs.</summary>
    public const int FrameGeometryInput = 1;

    /// <summary>Index of the lines among the inputs.</summary>
    public const int Lines = 2;

    /// <summary>Index of the mode among the inputs.</summary>
    public const int Mode = 3;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 4,
            $"takes pixels, geometry, lines and mode, has {inputs.Length} inputs");
        FrameOperators.RequireBytes(this, inputs[Pixels], "the pixels");
        FrameOperators.RequireGeometry(this, inputs[FrameGeometryInput]);
        RequireFloat(inputs[Lines], "the lines", 3);
        var lines = inputs[Lines].Shape;
        Require(
            lines[0] == 2 && lines[1] > 0 && lines[2] > 0,
            $"the lines have to be [2, h, w], are {lines}");
        FrameOperators.RequireInts(this, inputs[Mode], "the mode", 1);
        Require(
            Height >= 1 && Width >= 1 && Height <= Letterbox.MaxSide && Width <= Letterbox.MaxSide,
            $"a tensor has sides from 1 to {Letterbox.MaxSide}, not {Height}x{Width}");
        Require(High > Low, $"High has to be above Low, they are {High} and {Low}");
        return [inputs[Pixels]];
    }

    internal struct Layout
    {
        public int Height, Width, TensorHeight, TensorWidth, Fit;

        /// <summary>Byte of the mask = value * scale + shift.</summary>
        public float Scale, Shift;

        public readonly MaskPlacement Place(FrameGeometry frame) =>
            new(frame, (FrameFit)Fit, TensorWidth, TensorHeight, Width, Height);
    }

    private Layout LayoutFor(Shape lines) => new()
    {
        Height = lines[1], Width = lines[2], TensorHeight = Height, TensorWidth = Width,
        Fit = (int)Fit, Scale = 255 / (High - Low), Shift = -255 * Low / (High - Low),
    };
}
