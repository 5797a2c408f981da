using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Channels of a tensor.</summary>
public enum ColourOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,

    /// <summary>One channel: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).</summary>
    Gray,
}

/// <summary>
/// A number for each channel of a tensor, in the tensor's order; of a gray one, the first counts.
/// </summary>
/// <param name="First">For the first channel.</param>
/// <param name="Second">For the second channel.</param>
/// <param name="Third">For the third channel.</param>
public readonly record struct PerChannel(float First, float Second, float Third)
{
    /// <summary>The same number for all channels.</summary>
    public static implicit operator PerChannel(float all) => new(all, all, all);
}

/// <summary>
/// A frame's bytes, or those of a region of it, as the normalised tensor that a model takes.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: the frame's bytes, UInt8 [capacity]; its geometry, Int32 [8] or, with a region, Int32
/// [12]: the integers of <see cref="FrameGeometry"/>. Both change from run to run. Output: Float32
/// [1, Height, Width, 3], or 1 channel for <see cref="ColourOrder.Gray"/>.
/// </para>
/// <para>
/// value = (byte / 255 - mean) / std, where "byte" is the frame resampled: along each axis, with s
/// = region / tensor pixels (of the part of the tensor that is frame), linear interpolation at (i +
/// 0.5) s - 0.5 up to s = 2, and beyond the mean over [i s, (i + 1) s), pixels at its ends counted
/// in part. Padding is (padding - mean) / std. Pixels outside the region are not looked at.
/// </para>
/// <para>
/// A geometry that is not valid (<see cref="FrameGeometry.Check"/>) gives padding everywhere.
/// </para>
/// </remarks>
/// <param name="Height">Rows of the tensor.</param>
/// <param name="Width">Columns of the tensor.</param>
/// <param name="Fit">Letterboxing; <see cref="Letterbox"/> maps places there and back.</param>
/// <param name="Order">Channels.</param>
/// <param name="Padding">Value of the padding, from 0 to 1, before it is normalised.</param>
/// <param name="Mean">Is subtracted.</param>
/// <param name="Std">Divides.</param>
public sealed partial record FrameToTensor(
    int Height,
    int Width,
    FrameFit Fit,
    ColourOrder Order,
    PerChannel Padding,
    PerChannel Mean,
    PerChannel Std)
    : Operator
{
    /// <summary>Index of the bytes among the inputs.</summary>
    public const int Pixels = 0;

    /// <summary>Index of the geometry among the inputs.</summary>
    public const int FrameGeometryInput = 1;

    private int Channels => Order == ColourOrder.Gray ? 1 : 3;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, $"takes pixels and their geometry, has {inputs.Length} inputs");
        var (pixels, geometry) = (inputs[Pixels], inputs[FrameGeometryInput]);
        Require(
            pixels.Element == ElementType.UInt8 && pixels.Shape.Rank == 1 && pixels.Shape[0] > 0,
            $"the pixels have to be UInt8 [capacity], are {pixels}");
        Require(
            geometry.Element == ElementType.Int32 && geometry.Shape.Rank == 1
                && geometry.Shape[0] is FrameGeometry.FrameLength or FrameGeometry.RegionLength,
            $"the geometry has to be Int32 [8] or [12], is {geometry}");
        Require(
            Height >= 1 && Width >= 1 && Height <= Letterbox.MaxSide && Width <= Letterbox.MaxSide,
            $"a tensor has sides from 1 to {Letterbox.MaxSide}, not {Height}x{Width}");
        Require(
            Std.First != 0 && (Order == ColourOrder.Gray || (Std.Second != 0 && Std.Third != 0)),
            $"the standard deviation must not be 0, is {Std}");
        return [TensorType.Float(1, Height, Width, Channels)];
    }

    /// <summary>
    /// What kernels need to know: plain numbers, which a GPU kernel can be given.
    /// </summary>
    internal struct Layout
    {
        public int Height, Width, Fit, Order, Channels, HasRegion;

        /// <summary>value = byte * scale + shift.</summary>
        public float Scale0, Scale1, Scale2, Shift0, Shift1, Shift2;

        /// <summary>Normalised padding.</summary>
        public float Padding0, Padding1, Padding2;
    }

    private Layout LayoutFor(TensorType geometry) => new()
    {
        Height = Height, Width = Width, Fit = (int)Fit, Order = (int)Order, Channels = Channels,
        HasRegion = geometry.Shape[0] == FrameGeometry.RegionLength ? 1 : 0,
        Scale0 = 1 / (255 * Std.First), Scale1 = 1 / (255 * Std.Second),
        Scale2 = 1 / (255 * Std.Third),
        Shift0 = -Mean.First / Std.First, Shift1 = -Mean.Second / Std.Second,
        Shift2 = -Mean.Third / Std.Third,
        Padding0 = (Padding.First - Mean.First) / Std.First,
        Padding1 = (Padding.Second - Mean.Second) / Std.Second,
        Padding2 = (Padding.Third - Mean.Third) / Std.Third,
    };
}
