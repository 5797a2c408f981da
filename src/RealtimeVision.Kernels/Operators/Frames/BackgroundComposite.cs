using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What a <see cref="BackgroundComposite"/> puts in place of the background.</summary>
public enum BackgroundKind
{
    /// <summary>Nothing: no picture is computed.</summary>
    None,

    /// <summary>The frame's own background, blurred.</summary>
    Blur,

    /// <summary>One colour.</summary>
    Colour,

    /// <summary>Another picture.</summary>
    Picture,
}

/// <summary>A frame whose background is another one, by a mask of what is in front.</summary>
/// <remarks>
/// <para>
/// Inputs: the frame's bytes, UInt8 [capacity]; its geometry, Int32 [8], of <see
/// cref="FrameGeometry"/>; the mask, UInt8 [capacity], the first Width * Height bytes; the blurred
/// background, Float32, of <see cref="BackgroundBlur"/>; the picture, UInt8 [capacity], with the
/// frame's size, format and rows; Int32 [2]: a <see cref="BackgroundKind"/>, and the colour, its
/// first byte the lowest, in the order of the frame's bytes. Those that the kind does not name are
/// not looked at. Output: UInt8 [capacity], laid out as the frame is. It is left as it is where the
/// kind is None or the geometry is not valid.
/// </para>
/// <para>
/// y = background + (frame - background) mask / 255, byte by byte, rounded half way up. The blurred
/// background is interpolated at (x + 0.5) / 4 - 0.5, likewise for rows, held to its first and last
/// centre.
/// </para>
/// </remarks>
public sealed partial record BackgroundComposite : Operator
{
    /// <summary>Index of the bytes among the inputs.</summary>
    public const int Pixels = 0;

    /// <summary>Index of the geometry among the inputs.</summary>
    public const int FrameGeometryInput = 1;

    /// <summary>Index of the mask among the inputs.</summary>
    public const int Mask = 2;

    /// <summary>Index of the blurred background among the inputs.</summary>
    public const int Blurred = 3;

    /// <summary>Index of the picture among the inputs.</summary>
    public const int Picture = 4;

    /// <summary>Index of kind and colour among the inputs.</summary>
    public const int Settings = 5;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 6,
            "takes pixels, geometry, mask, blurred background, picture and settings, has "
            + $"{inputs.Length} inputs");
        FrameOperators.RequireBytes(this, inputs[Pixels], "the pixels");
        var pixels = inputs[Pixels].Shape;
        FrameOperators.RequireGeometry(this, inputs[FrameGeometryInput]);
        FrameOperators.RequireBytes(this, inputs[Mask], "the mask's pixels");
        FrameOperators.RequireBytes(this, inputs[Picture], "the picture's pixels");
        Require(
            inputs[Mask].Shape == pixels && inputs[Picture].Shape == pixels,
            $"mask {inputs[Mask].Shape} and picture {inputs[Picture].Shape} have to have room for "
            + $"as many as the pixels, {pixels}");
        RequireFloat(inputs[Blurred], "the blurred background", 1);
        int count = BackgroundBlur.Count(pixels[0]);
        Require(
            inputs[Blurred].Shape[0] == count,
            $"the blurred background of {pixels[0]} bytes has {count} floats, "
            + $"not {inputs[Blurred].Shape[0]}");
        FrameOperators.RequireInts(this, inputs[Settings], "kind and colour", 2);
        return [inputs[Pixels]];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        input is Pixels or Picture;

    /// <summary>Place of a row or column of the frame in the blurred background.</summary>
    private static float Place(int i, int smallSide)
    {
        float place = ((i + 0.5f) / BackgroundBlur.Factor) - 0.5f;
        return place < 0f ? 0f : place > smallSide - 1 ? smallSide - 1 : place;
    }
}
