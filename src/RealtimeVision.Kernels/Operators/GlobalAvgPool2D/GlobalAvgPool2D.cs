using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The mean of all pixels of a picture, channel by channel.</summary>
/// <remarks>
/// Input: picture [N, H, W, C] of at least one pixel. Output: [N, 1, 1, C]. Sums are taken over
/// blocks of pixels and added in a fixed order: the error grows with the size of a block, not of
/// the picture.
/// </remarks>
public sealed partial record GlobalAvgPool2D : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, $"takes a picture, has {inputs.Length} inputs");
        RequireFloat(inputs[0], "the picture", 4);
        var x = inputs[0].Shape;
        Require(x.H > 0 && x.W > 0, $"a picture {x} without pixels has no mean");
        return [TensorType.Float(x.N, 1, 1, x.C)];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var x = g.Input(0).Shape;
        g.Give(0, g.Add(
            new Expand(x), g.Apply(Unary.Affine, g.OutputGradient(), 1f / (x.H * x.W))));
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => inputs[0].Shape.Count;
}
