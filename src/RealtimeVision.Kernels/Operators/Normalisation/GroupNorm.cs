using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Group normalisation (Wu and He 2018): y = gamma (x - mean) / sqrt(variance + epsilon) + beta,
/// where mean and variance are of one picture and of some neighbouring channels. With a group for
/// each channel it is instance normalisation (Ulyanov et al. 2016).
/// </summary>
/// <remarks>
/// Inputs: x [N, ..., C]; gamma and beta [C], each may be absent, beta where gamma is. Outputs: y as
/// x; the means, and 1 / sqrt(variance + epsilon), both [N, groups]. All are Float32.
/// </remarks>
/// <param name="Groups">Number of groups; C is a multiple of it.</param>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record GroupNorm(int Groups, float Epsilon = 1e-5f) : NormOperator(Epsilon)
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
        var x = RequireInput(inputs, 2);
        Require(
            Groups >= 1 && x[-1] % Groups == 0,
            $"the channels of {x} cannot be cut into {Groups} groups");
        RequireAffine(inputs, new Shape(x[-1]));
        var statistic = TensorType.Float(x[0], Groups);
        return [inputs[X], statistic, statistic];
    }

    internal override NormGroups GroupsOf(Shape x) => new(
        x[0], checked((int)x.Product(1, x.Rank - 1)), Groups, x[-1] / Groups);
}
