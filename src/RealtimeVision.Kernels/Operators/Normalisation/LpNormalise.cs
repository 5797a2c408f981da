using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Brings lines along one dimension to length 1: y = x / max(norm of the line, epsilon).
/// </summary>
/// <remarks>Input: Float32 of any shape. Output: the same.</remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
/// <param name="P">
/// Which norm: 1 for the sum of the magnitudes, 2 for the root of the sum of the squares.
/// </param>
/// <param name="Epsilon">The least norm that is divided by: a line of zeros stays one.</param>
public sealed record LpNormalise(int Axis = -1, int P = 2, float Epsilon = 1e-12f)
    : NormOperator(Epsilon)
{
    private protected override NormStatistic Statistic =>
        P == 1 ? NormStatistic.Norm1 : NormStatistic.Norm2;

    /// <inheritdoc/>
    /// <remarks>
    /// dx = (dy - t (sum of dy y)) / norm, where t is y for the norm 2 and the sign of x for the
    /// norm 1; where epsilon is divided by, dx = dy / epsilon.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var (x, y, dy) = (g.Input(X), g.Output(), g.OutputGradient());
        var sum = g.Add(
            new Reduce(P == 1 ? ReduceKind.SumOfMagnitudes : ReduceKind.SumOfSquares, [Axis]), x);
        var norm = P == 1 ? sum : g.Apply(Unary.Sqrt, sum);
        var product = g.Add(new Reduce(ReduceKind.Sum, [Axis]), g.Apply(Binary.Multiply, dy, y));
        var slope = g.Apply(Binary.Multiply, product, g.Apply(Unary.UnitStep, norm, Epsilon));
        var along = g.Apply(Binary.Multiply, P == 1 ? g.Apply(Unary.Sign, x) : y, slope);
        var divisor = g.Apply(Unary.Clip, norm, Epsilon, float.PositiveInfinity);
        g.Give(X, g.Apply(Binary.Divide, g.Apply(Binary.Subtract, dy, along), divisor));
    }

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = RequireInput(inputs, 1);
        DimensionOf(x, Axis);
        Require(inputs.Length == 1, "takes one tensor");
        Require(P is 1 or 2, $"knows the norms 1 and 2, not {P}");
        return [inputs[X]];
    }

    internal override NormGroups GroupsOf(Shape x)
    {
        var isReduced = new bool[x.Rank];
        isReduced[DimensionOf(x, Axis)] = true;
        return NormGroups.Of(x, isReduced)!.Value;
    }
}
