using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Sequences of different lengths, each with its entries turned round; what is behind stays.
/// </summary>
/// <remarks>
/// Inputs: x of any type, [T, N, ...] or [N, T, ...]; lengths, Int32 [N], brought into 0 .. T.
/// Output: of x's type and shape.
/// </remarks>
/// <param name="TimeAxis">The dimension that is T, 0 or 1; the other one is N.</param>
public sealed partial record ReverseSequence(int TimeAxis) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2 && StridedCopy.CanMove(inputs[0]), "takes sequences and their lengths");
        Require(TimeAxis is 0 or 1, $"dimension {TimeAxis} is neither 0 nor 1");
        var (x, lengths) = (inputs[0].Shape, inputs[1].Shape);
        Require(x.Rank >= 2, $"{x} is no batch of sequences");
        Require(
            inputs[1].Element == ElementType.Int32 && lengths == new Shape(x[1 - TimeAxis]),
            $"lengths have to be Int32[{x[1 - TimeAxis]}] for {x}, are {inputs[1]}");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, g.Add(this, g.OutputGradient(), g.Input(1)));
}
