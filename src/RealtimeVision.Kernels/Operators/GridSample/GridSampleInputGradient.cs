using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The gradient of the picture of <see cref="GridSample"/>.</summary>
/// <remarks>
/// Inputs: the gradient of what was sampled [N, OH, OW, C]; the grid [N, OH, OW, 2]. Output: [N, H,
/// W, C]; each pixel sums the samples that read it, in the grid's order.
/// </remarks>
/// <param name="Forward">What was sampled.</param>
/// <param name="H">Rows of the picture.</param>
/// <param name="W">Columns of the picture.</param>
public sealed partial record GridSampleInputGradient(GridSample Forward, int H, int W) : Operator
{
    /// <summary>Index of the samples' gradient among the inputs.</summary>
    public const int Gradient = 0;

    /// <summary>Index of the grid among the inputs.</summary>
    public const int Places = 1;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, $"takes a gradient and a grid, has {inputs.Length} inputs");
        RequireFloat(inputs[Gradient], "the gradient", 4);
        var dy = inputs[Gradient].Shape;
        var x = TensorType.Float(dy.N, H, W, dy.C);
        var y = Forward.Infer([x, inputs[Places]])[0];
        Require(inputs[Gradient] == y, $"the gradient of {y} is {inputs[Gradient]}");
        return [x];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        int taps = SampleAxis.TapsOf(Forward.Mode);
        return 2 * taps * taps * inputs[Gradient].Shape.Count;
    }
}
