using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A picture read at places that a grid gives: warping by data (Jaderberg et al. 2015, as PyTorch
/// and ONNX have it).
/// </summary>
/// <remarks>
/// Inputs: picture [N, H, W, C]; grid [N, OH, OW, 2], for each output pixel the place x, y, both -1
/// at the left or top of the picture and 1 at the right or bottom. Output: [N, OH, OW, C]. A
/// coordinate that is no number is outside the picture.
/// </remarks>
/// <param name="Mode">How a pixel between others gets its value.</param>
/// <param name="Padding">What is beyond the edge.</param>
/// <param name="AlignCorners">
/// True where -1 and 1 are the centres of the outermost pixels, false where they are their outer
/// edges.
/// </param>
public sealed partial record GridSample(
    UpsampleMode Mode,
    SamplePadding Padding = SamplePadding.Zeros,
    bool AlignCorners = false)
    : Operator
{
    /// <summary>Index of the picture among the inputs.</summary>
    public const int Picture = 0;

    /// <summary>Index of the grid among the inputs.</summary>
    public const int Places = 1;

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, $"takes a picture and a grid, has {inputs.Length} inputs");
        RequireFloat(inputs[Picture], "the picture", 4);
        RequireFloat(inputs[Places], "the grid", 4);
        var (x, grid) = (inputs[Picture].Shape, inputs[Places].Shape);
        Require(
            grid[0] == x.N && grid[3] == 2,
            $"a grid {grid} does not fit picture {x}: it has to be [N, OH, OW, 2]");
        Require(x.H > 0 && x.W > 0, $"a picture {x} without pixels cannot be sampled");
        return [TensorType.Float(x.N, grid[1], grid[2], x.C)];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var (x, grid, dy) = (g.Input(Picture), g.Input(Places), g.OutputGradient());
        if (g.Wants(Picture))
        {
            g.Give(Picture, g.Add(
                new GridSampleInputGradient(this, x.Shape.H, x.Shape.W), dy, grid));
        }

        if (g.Wants(Places))
        {
            g.Give(Places, Mode == UpsampleMode.Nearest
                ? g.Fill(0, grid.Shape)
                : g.Add(new GridSamplePlaceGradient(this), x, grid, dy));
        }
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        int taps = SampleAxis.TapsOf(Mode);
        return 2 * taps * taps * Infer(inputs)[0].Shape.Count;
    }

    internal SampleAxis AxisOf(int size) => new()
    {
        Size = size,
        Taps = SampleAxis.TapsOf(Mode),
        Padding = (int)Padding,
        AlignCorners = AlignCorners ? 1 : 0,
    };
}
