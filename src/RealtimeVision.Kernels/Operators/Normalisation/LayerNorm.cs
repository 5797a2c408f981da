using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Layer normalisation (Ba et al. 2016): y = gamma (x - mean) / sqrt(variance + epsilon) + beta,
/// where mean and variance are of all elements from a dimension on.
/// </summary>
/// <remarks>
/// Inputs: x of any shape; gamma and beta of the shape of the normalised dimensions, each may be
/// absent, beta where gamma is. Outputs: y as x; the means, and 1 / sqrt(variance + epsilon), both
/// of x's shape with ones in the normalised dimensions. All are Float32.
/// </remarks>
/// <param name="Axis">The first normalised dimension; a negative one counts from the end.</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record LayerNorm(int Axis = -1, float Epsilon = 1e-5f) : NormOperator(Epsilon)
{
    /// <summary>Index of the means among the outputs.</summary>
    public const int Mean = 1;

    /// <summary>Index of 1 / sqrt(variance + epsilon) among the outputs.</summary>
    public const int InverseDeviation = 2;

    private protected override int MeanOutput => Mean;

    private protected override int FactorOutput => InverseDeviation;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = RequireInput(inputs, 1);
        int axis = DimensionOf(x, Axis);
        RequireAffine(inputs, new Shape(x.Sizes[axis..]));
        var statistic = OnePerGroup(x, axis);
        return [inputs[X], statistic, statistic];
    }

    internal override NormGroups GroupsOf(Shape x) => Trailing(x, DimensionOf(x, Axis));
}
