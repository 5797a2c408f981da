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

    /// <summary>From the sixteen around it, by cubic polynomials (Keys 1981).</summary>
    Bicubic,
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

    /// <summary>
    /// (x + 0.5) / s, for nearest pixels: TensorFlow's half_pixel_centers (ONNX:
    /// tf_half_pixel_for_nn).
    /// </summary>
    HalfPixelNearest,

    /// <summary>
    /// As <see cref="HalfPixel"/>, with the centres of both pictures upon each other where a scale
    /// made the output's size by rounding.
    /// </summary>
    HalfPixelSymmetric,

    /// <summary>
    /// As <see cref="AlignCorners"/>, over a part of the input (TensorFlow's crop_and_resize):
    /// start (in - 1) + x (end - start) (in - 1) / (out - 1), or the part's middle where the output
    /// has one pixel.
    /// </summary>
    CropAndResize,
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

/// <summary>A part of a picture, as shares of its height and width.</summary>
/// <param name="Top">Where it begins.</param>
/// <param name="Left">Where it begins.</param>
/// <param name="Bottom">Where it ends.</param>
/// <param name="Right">Where it ends.</param>
public readonly record struct CropBox(float Top, float Left, float Bottom, float Right)
{
    /// <summary>All of it.</summary>
    public static CropBox Whole => new(0, 0, 1, 1);
}

/// <summary>
/// A picture at another size, by the formulas of ONNX Resize. Smaller sizes are sampled in the same
/// way, unless <see cref="Antialias"/> asks for a filter.
/// </summary>
/// <remarks>
/// Input: picture [N, H, W, C]. Output: [N, OutH, OutW, C]. Places outside the picture count as its
/// edge. Bilinear: with place p along an axis, i = floor(p) and f = p - i, the result is (1 - f)
/// x[i] + f x[i + 1], along both axes. In general: the sum over the pixels i near p of
/// k(i - p) x[i], with a kernel k, along one axis after the other.
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
    /// <summary>The a of <see cref="UpsampleMode.Bicubic"/>.</summary>
    public float CubicCoefficient { get; init; } = InterpolationKernel.DefaultCubic;

    /// <summary>
    /// True where pixels outside do not count and the weights of the others are made to add up to
    /// 1; else they count as the edge.
    /// </summary>
    public bool ExcludeOutside { get; init; }

    /// <summary>
    /// True where the kernel is as wide as the output's pixels, for sizes below the input's: all
    /// pixels count, and fine patterns fade. Not for <see cref="UpsampleMode.Nearest"/>.
    /// </summary>
    public bool Antialias { get; init; }

    /// <summary>
    /// The part that <see cref="CoordinateTransform.CropAndResize"/> enlarges; it may reach over
    /// the picture.
    /// </summary>
    public CropBox Crop { get; init; } = CropBox.Whole;

    /// <summary>What the output holds where that part is outside the picture.</summary>
    public float Extrapolation { get; init; }

    internal bool IsSeparable => Mode == UpsampleMode.Bicubic
        || Coordinates == CoordinateTransform.CropAndResize
        || (Antialias && Mode == UpsampleMode.Bilinear);

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

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
        Require(
            float.IsFinite(Crop.Top + Crop.Left + Crop.Bottom + Crop.Right),
            $"the part {Crop} is no part of a picture");
        var x = inputs[0].Shape;
        Require(x.H > 0 && x.W > 0, $"a picture {x} without pixels cannot be resized");
        return [TensorType.Float(x.N, OutH, OutW, x.C)];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var x = g.Input(0).Shape;
        g.Give(0, AxisProduct.PictureGradient(
            g, Rows(x).Matrix(this), Columns(x).Matrix(this), g.OutputGradient()));
    }

    private UpsampleAxis Rows(Shape x) => new(x.H, OutH, ScaleH, Coordinates, Crop.Top, Crop.Bottom);

    private UpsampleAxis Columns(Shape x) => new(x.W, OutW, ScaleW, Coordinates, Crop.Left, Crop.Right);

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        Mode == UpsampleMode.Nearest ? 0
            : (Mode == UpsampleMode.Bicubic ? 16 : 9) * Infer(inputs)[0].Shape.Count;

    /// <summary>Where each output row and column comes from, on the device.</summary>
    private sealed record Tables<TTensor>(
        TTensor Rows, TTensor Columns, TTensor? RowWeights, TTensor? ColumnWeights)
        where TTensor : DeviceTensor
    {
        /// <summary>Entries of the table for each output row.</summary>
        public int RowTaps { get; private init; }

        /// <summary>Entries of the table for each output column.</summary>
        public int ColumnTaps { get; private init; }

        public static Tables<TTensor> Of(Bindings<TTensor> b, Upsample2D op)
        {
            var x = b.InputShape(0);
            var (rows, rowWeights) = Along(op.Rows(x));
            var (columns, columnWeights) = Along(op.Columns(x));
            return new(rows, columns, rowWeights, columnWeights)
            {
                RowTaps = (int)rows.Type.Shape.Count / op.OutH,
                ColumnTaps = (int)columns.Type.Shape.Count / op.OutW,
            };

            (TTensor Pixels, TTensor? Weights) Along(UpsampleAxis axis)
            {
                if (op.IsSeparable)
                {
                    string key = $"{op.Mode} {op.Rounding} {op.CubicCoefficient} "
                        + $"{op.ExcludeOutside} {op.Antialias} {axis}";
                    var (taps, tapWeights) = axis.Taps(op);
                    return (b.Table($"taps {key}", taps), b.Table($"weights {key}", tapWeights));
                }

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
