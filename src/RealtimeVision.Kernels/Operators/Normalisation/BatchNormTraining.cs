using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Batch normalisation as it is trained (Ioffe and Szegedy 2015): y = gamma (x - mean) /
/// sqrt(variance + epsilon) + beta, where mean and variance are of a channel of the whole batch.
/// </summary>
/// <remarks>
/// Inputs: x [..., C]; gamma and beta [C], each may be absent, beta where gamma is. Outputs: y as
/// x; the means and the variances of the batch, both [C]. All are Float32. <see cref="BatchNorm"/>
/// is what runs with statistics that are known.
/// </remarks>
/// <param name="Epsilon">Added to the variance.</param>
public sealed record BatchNormTraining(float Epsilon = 1e-5f) : NormOperator(Epsilon)
{
    /// <summary>Index of the means among the outputs.</summary>
    public const int Mean = 1;

    /// <summary>Index of the variances among the outputs.</summary>
    public const int Variance = 2;

    private protected override int MeanOutput => Mean;

    private protected override int VarianceOutput => Variance;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        var x = RequireInput(inputs, 1);
        RequireAffine(inputs, new Shape(x[-1]));
        var statistic = TensorType.Float(x[-1]);
        return [inputs[X], statistic, statistic];
    }

    internal override NormGroups GroupsOf(Shape x) => new(
        1, checked((int)x.Product(0, x.Rank - 1)), x[-1], 1);
}
