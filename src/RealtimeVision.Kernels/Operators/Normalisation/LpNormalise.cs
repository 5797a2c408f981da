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
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = RequireInput(inputs, 1);
        DimensionOf(x, Axis);
        Require(inputs.Length == 1, "takes one tensor");
        Require(P is 1 or 2, $"knows the norms 1 and 2, not {P}");
        return [inputs[X]];
    }

    private protected override NormGroups GroupsOf(Shape x)
    {
        var isReduced = new bool[x.Rank];
        isReduced[DimensionOf(x, Axis)] = true;
        return NormGroups.Of(x, isReduced)!.Value;
    }
}
