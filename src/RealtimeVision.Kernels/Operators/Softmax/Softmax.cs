using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Scores to probabilities along one dimension: y = e^(x - max) / sum of e^(x - max), or the
/// logarithm of it.
/// </summary>
/// <remarks>
/// Input: Float32 of any shape. Output: the same. The largest score is taken off first, so that
/// nothing overflows.
/// </remarks>
/// <param name="Axis">The dimension whose numbers add up to 1; a negative one counts from the
/// end.</param>
/// <param name="IsLog">True for the logarithms of the probabilities: x - max - log(sum of e^(x -
/// max)).</param>
public sealed partial record Softmax(int Axis, bool IsLog = false) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, "takes one tensor");
        RequireFloat(inputs[0], "x");
        int rank = inputs[0].Shape.Rank;
        Require(Axis >= -rank && Axis < rank, $"{inputs[0].Shape} has no dimension {Axis}");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    /// <remarks>
    /// Of the output: dx = y (dy - sum of dy y), and of logarithms dx = dy - e^y (sum of dy).
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var (y, dy) = (g.Output(), g.OutputGradient());
        if (IsLog)
        {
            var sum = g.Add(new Reduce(ReduceKind.Sum, [Axis]), dy);
            g.Give(0, g.Add(
                new Pointwise(new PointwiseChain(
                    new(Unary.Exp), new(Binary.Multiply), new(Binary.SubtractFrom))),
                y, sum, dy));
            return;
        }

        var product = g.Apply(Binary.Multiply, dy, y);
        g.Give(0, g.Add(
            new Pointwise(new PointwiseChain(new(Binary.Subtract), new(Binary.Multiply))),
            dy, g.Add(new Reduce(ReduceKind.Sum, [Axis]), product), y));
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == 0;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 4 * inputs[0].Shape.Count;
}
