using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>How a pixel between others gets its value.</summary>
public enum UpsampleMode
{
    /// <summary>From one pixel.</summary>
    Nearest,

    /// <summary>From the four around it, by distance.</summary>
    Bilinear,
}

/// <summary>
/// Where output pixel x lies in the input, for sizes in and out and a scale s = out / in.
/// </summary>
public enum CoordinateTransform
{
    /// <summary>
    /// (x + 0.5) / s - 0.5: pixels are areas, and the corners of both pictures coincide.
    /// </summary>
    HalfPixel,

    /// <summary>As <see cref="HalfPixel"/>, but 0 where the output has one pixel.</summary>
    PyTorchHalfPixel,

    /// <summary>
    /// x (in - 1) / (out - 1): centres of corner pixels coincide; 0 where the output has one pixel.
    /// </summary>
    AlignCorners,

    /// <summary>x / s.</summary>
    Asymmetric,
}

/// <summary>Which pixel is nearest to a place between two.</summary>
public enum NearestRounding
{
    /// <summary>The nearest; half way, the one before.</summary>
    RoundPreferFloor,

    /// <summary>The nearest; half way, the one after.</summary>
    RoundPreferCeil,

    /// <summary>
    /// The one before (PyTorch, with <see cref="CoordinateTransform.Asymmetric"/>).
    /// </summary>
    Floor,

    /// <summary>The one after.</summary>
    Ceil,
}

/// <summary>
/// A picture at another size, by the formulas of ONNX Resize. Smaller sizes are sampled in the same
/// way, without a filter against aliasing.
/// </summary>
/// <remarks>
/// Input: picture [N, H, W, C]. Output: [N, OutH, OutW, C]. Places outside the picture count as its
/// edge. Bilinear: with place p along an axis, i = floor(p) and f = p - i, the result is (1 - f)
/// x[i] + f x[i + 1], along both axes.
/// </remarks>
/// <param name="OutH">Rows of the output.</param>
/// <param name="OutW">Columns of the output.</param>
/// <param name="Mode">How a pixel gets its value.</param>
/// <param name="Coordinates">Where output pixels lie in the input.</param>
/// <param name="Rounding">
/// Which pixel is nearest; for <see cref="UpsampleMode.Nearest"/> only.
/// </param>
/// <param name="ScaleH">
/// s for the rows, where it is not the quotient of the sizes: a file may give scales, and sizes
/// that were rounded. Places are then computed in single precision, as ONNX Runtime does.
/// </param>
/// <param name="ScaleW">The same for the columns.</param>
public sealed partial record Upsample2D(
    int OutH,
    int OutW,
    UpsampleMode Mode,
    CoordinateTransform Coordinates = CoordinateTransform.HalfPixel,
    NearestRounding Rounding = NearestRounding.RoundPreferFloor,
    float? ScaleH = null,
    float? ScaleW = null)
    : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, $"takes a picture, has {inputs.Length} inputs");
        RequireFloat(inputs[0], "the picture", 4);
        Require(OutH > 0 && OutW > 0, $"the output has to be at least 1x1, is {OutH}x{OutW}");
        Require(
            ScaleH is null or (> 0 and < float.PositiveInfinity)
                && ScaleW is null or (> 0 and < float.PositiveInfinity),
            $"scales have to be positive, are {ScaleH} and {ScaleW}");
        var x = inputs[0].Shape;
        Require(x.H > 0 && x.W > 0, $"a picture {x} without pixels cannot be resized");
        return [TensorType.Float(x.N, OutH, OutW, x.C)];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        Mode == UpsampleMode.Nearest ? 0 : 9 * Infer(inputs)[0].Shape.Count;

    /// <summary>Where each output row and column comes from, on the device.</summary>
    private sealed record Tables<TTensor>(
        TTensor Rows, TTensor Columns, TTensor? RowWeights, TTensor? ColumnWeights)
        where TTensor : DeviceTensor
    {
        public static Tables<TTensor> Of(Bindings<TTensor> b, Upsample2D op)
        {
            var x = b.InputShape(0);
            var (rows, rowWeights) = Along(
                new UpsampleAxis(x.H, op.OutH, op.ScaleH, op.Coordinates));
            var (columns, columnWeights) = Along(
                new UpsampleAxis(x.W, op.OutW, op.ScaleW, op.Coordinates));
            return new(rows, columns, rowWeights, columnWeights);

            (TTensor Pixels, TTensor? Weights) Along(UpsampleAxis axis)
            {
                if (op.Mode == UpsampleMode.Nearest)
                {
                    var pixels = axis.Nearest(op.Rounding);
                    return (b.Table($"nearest {op.Rounding} {axis}", pixels), null);
                }

                var (pairs, weights) = axis.Bilinear();
                return (
                    b.Table($"bilinear {axis}", pairs),
                    b.Table($"bilinear weights {axis}", weights));
            }
        }
    }
}
