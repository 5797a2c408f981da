using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Boxes of pictures, each resampled to one size (He et al. 2017, "Mask R-CNN"): every cell of a
/// box is the mean of samples in it.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: pictures [N, H, W, C]; boxes [R, 4], each left, top, right, bottom; Int32 [R], each box's
/// picture. Output: [R, OutH, OutW, C].
/// </para>
/// <para>
/// Samples are bilinear, more than a pixel outside the picture 0. An index without picture means
/// the nearest that there is. A box whose size is no number gives 0.
/// </para>
/// </remarks>
/// <param name="OutH">Cells down.</param>
/// <param name="OutW">Cells across.</param>
/// <param name="SpatialScale">Pixels of the picture for 1 in the boxes.</param>
/// <param name="SamplingRatio">
/// Samples of a cell down and across; 0 for as many as it has pixels, rounded up, at most 1024.
/// </param>
/// <param name="HalfPixel">
/// True where a pixel's centre is at 0.5 in the boxes; else it is at 0, and boxes are at least one
/// pixel wide and high.
/// </param>
/// <param name="Max">
/// True for the largest instead of the mean, of the pixels around samples times their weights: ONNX
/// has it so.
/// </param>
public sealed partial record RoiAlign(
    int OutH,
    int OutW,
    float SpatialScale = 1,
    int SamplingRatio = 0,
    bool HalfPixel = true,
    bool Max = false)
    : Operator
{
    /// <summary>Index of the pictures among the inputs.</summary>
    public const int Pictures = 0;

    /// <summary>Index of the boxes among the inputs.</summary>
    public const int Boxes = 1;

    /// <summary>Index of the boxes' pictures among the inputs.</summary>
    public const int BoxPictures = 2;

    /// <inheritdoc/>
    public override bool IsDifferentiable => !Max;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 3, $"takes pictures, boxes and their pictures, has {inputs.Length} inputs");
        RequireFloat(inputs[Pictures], "the picture", 4);
        RequireFloat(inputs[Boxes], "the boxes", 2);
        var (x, boxes) = (inputs[Pictures].Shape, inputs[Boxes].Shape);
        Require(boxes[1] == 4, $"boxes {boxes} have to be [R, 4]");
        Require(
            inputs[BoxPictures].Element == ElementType.Int32
                && inputs[BoxPictures].Shape == new Shape(boxes[0]),
            $"the boxes' pictures have to be Int32[{boxes[0]}], are {inputs[BoxPictures]}");
        Require(OutH > 0 && OutW > 0, $"the output has to be at least 1x1, is {OutH}x{OutW}");
        Require(SamplingRatio >= 0, $"{SamplingRatio} samples are less than none");
        Require(x.N > 0 && x.H > 0 && x.W > 0, $"pictures {x} without pixels cannot be sampled");
        return [TensorType.Float(boxes[0], OutH, OutW, x.C)];
    }

    /// <inheritdoc/>
    /// <remarks>Boxes are taken as given: they have no gradient.</remarks>
    public override void Differentiate(GradientBuilder g)
    {
        if (g.Wants(Pictures))
        {
            var x = g.Input(Pictures).Shape;
            g.Give(Pictures, g.Add(
                new RoiAlignGradient(this, x.N, x.H, x.W), g.OutputGradient(), g.Input(Boxes),
                g.Input(BoxPictures)));
        }
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        int samples = Math.Max(SamplingRatio, 2);
        return 8 * samples * samples * Infer(inputs)[0].Shape.Count;
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (Max)
        {
            Prepare<MaxReduction>(b);
        }
        else
        {
            Prepare<MeanReduction>(b);
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        if (Max)
        {
            Prepare<MaxReduction>(b);
        }
        else
        {
            Prepare<MeanReduction>(b);
        }
    }

    internal RoiGeometry GeometryOf(Shape x, Shape y) => new()
    {
        Rows = AxisOf(x.H, OutH),
        Columns = AxisOf(x.W, OutW),
        N = x.N, R = y.N, C = x.C,
    };

    private RoiAxis AxisOf(int size, int cells) => new()
    {
        Pixels = new SampleAxis { Size = size, Taps = 2, Padding = (int)SamplePadding.Border },
        Cells = cells,
        Scale = SpatialScale,
        Samples = SamplingRatio,
        HalfPixel = HalfPixel ? 1 : 0,
    };
}
