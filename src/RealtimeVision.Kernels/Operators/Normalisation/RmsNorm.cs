using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Root mean square normalisation (Zhang and Sennrich 2019): y = gamma x / sqrt(mean of x^2 +
/// epsilon), the mean of all elements from a dimension on.
/// </summary>
/// <remarks>
/// Inputs: x of any shape; gamma of the shape of the normalised dimensions, may be absent. Outputs:
/// y as x; 1 / sqrt(mean of x^2 + epsilon), of x's shape with ones in the normalised dimensions.
/// All are Float32.
/// </remarks>
/// <param name="Axis">The first normalised dimension; a negative one counts from the end.</param>
/// <param name="Epsilon">Added to the mean of the squares.</param>
public sealed record RmsNorm(int Axis = -1, float Epsilon = 1e-5f) : NormOperator(Epsilon)
{
    /// <summary>Index of 1 / sqrt(mean of x^2 + epsilon) among the outputs.</summary>
    public const int InverseRootMeanSquare = 1;

    private protected override NormStatistic Statistic => NormStatistic.RootMeanSquare;

    private protected override int FactorOutput => InverseRootMeanSquare;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = RequireInput(inputs, 1);
        int axis = DimensionOf(x, Axis);
        RequireAffine(inputs, new Shape(x.Sizes[axis..]), mayShift: false);
        return [inputs[X], OnePerGroup(x, axis)];
    }

    internal override NormGroups GroupsOf(Shape x) => Trailing(x, DimensionOf(x, Axis));
}
