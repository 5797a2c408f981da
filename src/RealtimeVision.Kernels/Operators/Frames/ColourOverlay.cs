using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>How a mask is read between its pixels.</summary>
public enum MaskSampling
{
    /// <summary>The pixel that the place lies in: for classes.</summary>
    Nearest,

    /// <summary>Between the four pixels around: for probabilities.</summary>
    Bilinear,
}

/// <summary>Colours a frame by a mask of another size.</summary>
/// <remarks>
/// <para>
/// Inputs: frame, UInt8 [H, W, 3]; mask, UInt8 [MH, MW]; palette, UInt8 [256, 4], colour in the
/// frame's channel order, then alpha; opacity, Float32 [1], from 0 to 1, which may change from run
/// to run. Output: UInt8 [H, W, 3].
/// </para>
/// <para>
/// With m the mask's value at the pixel's centre and a = round(256 opacity alpha[m] / 255):
/// y = (frame (256 - a) + colour[m] a + 128) / 256, rounded down. Nearest: m is mask[floor((x +
/// 0.5) MW / W)], likewise for rows. Bilinear: m is interpolated at (x + 0.5) MW / W - 0.5, held to
/// the mask's first and last centre, with weights that are rounded down to 1/256, and rounded to
/// the nearest, half way up. Whole numbers: all devices give the same bytes.
/// </para>
/// </remarks>
/// <param name="Sampling">How the mask is read.</param>
/// <param name="Placement">
/// Where the frame lies in the mask, where the mask is that of a letterboxed tensor: the target
/// rectangle of the letterbox stands for the whole mask in the formulas above. Null where the mask
/// covers just the frame.
/// </param>
public sealed partial record ColourOverlay(MaskSampling Sampling, Letterbox? Placement = null)
    : Operator
{
    /// <summary>Index of the frame among the inputs.</summary>
    public const int Frame = 0;

    /// <summary>Index of the mask among the inputs.</summary>
    public const int Mask = 1;

    /// <summary>Index of the palette among the inputs.</summary>
    public const int Palette = 2;

    /// <summary>Index of the opacity among the inputs.</summary>
    public const int Opacity = 3;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 4,
            $"takes frame, mask, palette and opacity, has {inputs.Length} inputs");
        var (frame, mask, palette) = (inputs[Frame], inputs[Mask], inputs[Palette]);
        Require(
            frame.Element == ElementType.UInt8 && frame.Shape.Rank == 3 && frame.Shape[2] == 3,
            $"the frame has to be UInt8 [H, W, 3], is {frame}");
        Require(
            mask.Element == ElementType.UInt8 && mask.Shape.Rank == 2 && mask.Shape.Count > 0,
            $"the mask has to be UInt8 [MH, MW], is {mask}");
        Require(
            palette.Element == ElementType.UInt8 && palette.Shape == new Shape(256, 4),
            $"the palette has to be UInt8 [256, 4], is {palette}");
        RequireFloat(inputs[Opacity], "the opacity", 1);
        Require(inputs[Opacity].Shape[0] == 1, $"the opacity is one number, not {inputs[Opacity]}");
        if (Placement is { } p)
        {
            Require(
                p.TargetX >= 0 && p.TargetY >= 0 && p.TargetWidth > 0 && p.TargetHeight > 0
                    && p.TargetWidth <= mask.Shape[1] - p.TargetX
                    && p.TargetHeight <= mask.Shape[0] - p.TargetY,
                $"placement {p} reaches beyond the mask {mask.Shape}");
        }

        return [frame];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        input == Frame;

    /// <summary>
    /// For each row and column of the frame: a mask pixel, the one after it, and the second one's
    /// weight in 1/256.
    /// </summary>
    private (TTensor Rows, TTensor Columns) Samples<TTensor>(Bindings<TTensor> b)
        where TTensor : DeviceTensor
    {
        var (frame, mask) = (b.InputShape(Frame), b.InputShape(Mask));
        var box = Placement
            ?? Letterbox.Fit(frame[1], frame[0], mask[1], mask[0], FrameFit.Stretch);
        return (
            Along(frame[0], box.TargetY, box.TargetHeight),
            Along(frame[1], box.TargetX, box.TargetWidth));

        TTensor Along(int size, int first, int count)
        {
            var samples = new int[3 * size];
            for (int i = 0; i < size; i++)
            {
                long centre = ((2L * i) + 1) * count;
                int pixel = (int)(centre / (2 * size));
                int next = pixel;
                int weight = 0;
                if (Sampling == MaskSampling.Bilinear)
                {
                    long place = Math.Clamp(centre - size, 0, (count - 1L) * 2 * size);
                    pixel = (int)(place / (2 * size));
                    next = Math.Min(pixel + 1, count - 1);
                    weight = (int)((place - (2L * size * pixel)) * 256 / (2 * size));
                }

                samples[3 * i] = first + pixel;
                samples[(3 * i) + 1] = first + next;
                samples[(3 * i) + 2] = weight;
            }

            return b.Table($"overlay {Sampling} {size} on {first}+{count}", samples);
        }
    }
}
