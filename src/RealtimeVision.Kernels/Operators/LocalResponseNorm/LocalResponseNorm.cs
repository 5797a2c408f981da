using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Local response normalisation across channels (Krizhevsky et al. 2012): y = x / (bias + alpha /
/// size * sum of the squares of the neighbouring channels)^beta.
/// </summary>
/// <remarks>
/// Input: x [..., C], Float32. Output: the same. The window of a channel has (size - 1) / 2
/// channels before it, rounded down, and the rest of them after it; those beyond the ends count as
/// zeros.
/// </remarks>
/// <param name="Size">Channels of the window, its own among them.</param>
/// <param name="Alpha">Weight of the mean of the squares.</param>
/// <param name="Beta">The exponent.</param>
/// <param name="Bias">Added to the weighted mean; not 0 where a window may be all zeros.</param>
public sealed partial record LocalResponseNorm(
    int Size, float Alpha = 1e-4f, float Beta = 0.75f, float Bias = 1) : Operator
{
    /// <summary>Channels of the window before its own.</summary>
    private int Before => (Size - 1) / 2;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, "takes one tensor");
        RequireFloat(inputs[0], "x");
        Require(inputs[0].Shape.Rank >= 1, "x has to have channels, is a scalar");
        Require(Size >= 1, $"the window has to have at least 1 channel, has {Size}");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        (Size + 6) * inputs[0].Shape.Count;
}
