using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Brings the elements along some dimensions to mean 0 and variance 1: y = (x - mean) /
/// sqrt(variance + epsilon).
/// </summary>
/// <remarks>
/// Input: Float32 of any shape. Output: the same. Dimensions that are normalised may alternate with
/// those that are not, but with at most two runs of each, of which the first is not normalised or
/// empty.
/// </remarks>
/// <param name="Axes">The dimensions, negative ones from the end.</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record MeanVarianceNorm(IntList Axes, float Epsilon = 1e-18f) : NormOperator(Epsilon)
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = RequireInput(inputs, 1);
        Require(inputs.Length == 1, "takes one tensor");
        Require(Groups(x) is not null, $"dimensions {Axes} of {x} alternate too often with others");
        return [inputs[X]];
    }

    private protected override (Value Factor, Value? Mean) StatisticsOf(GradientBuilder g)
    {
        var mean = g.Add(new Reduce(ReduceKind.Mean, Axes), g.Input(X));
        var square = g.Apply(Unary.Square, g.Apply(Binary.Subtract, g.Input(X), mean));
        var variance = g.Add(new Reduce(ReduceKind.Mean, Axes), square);
        return (g.Add(FactorOfVariance(Epsilon), variance), mean);
    }

    internal override NormGroups GroupsOf(Shape x) => Groups(x)!.Value;

    private NormGroups? Groups(Shape x)
    {
        var isReduced = new bool[x.Rank];
        foreach (int axis in Axes)
        {
            isReduced[DimensionOf(x, axis)] = true;
        }

        return NormGroups.Of(x, isReduced);
    }
}
