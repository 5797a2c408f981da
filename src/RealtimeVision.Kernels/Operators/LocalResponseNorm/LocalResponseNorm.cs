using RealtimeVision.Kernels.Functions;
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
    public override bool IsDifferentiable => true;

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
    /// <remarks>
    /// With the windows' sums s = bias + alpha / size A x x: dx = dy s^-beta - 2 alpha beta / size x
    /// A' (dy y / s).
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var (x, y, dy) = (g.Input(0), g.Output(), g.OutputGradient());
        int channels = x.Shape[-1];
        var window = SparseMatrix.Of(channels, Enumerable.Range(0, channels).Select(
            c => Enumerable.Range(c - Before, Size).Where(i => i >= 0 && i < channels).Select(i => (i, 1f))));
        var squares = g.Add(new AxisProduct(-1, window), g.Apply(Unary.Square, x));
        var sums = g.Apply(Unary.Affine, squares, Alpha / Size, Bias);
        var power = g.Apply(Binary.Power, sums, g.Fill(-Beta, default));
        var shares = g.Apply(Binary.Divide, g.Apply(Binary.Multiply, dy, y), sums);
        var gathered = g.Add(new AxisProduct(-1, window.Transposed), shares);
        var others = g.Apply(
            Binary.Multiply, x, g.Apply(Unary.Affine, gathered, 2 * Alpha * Beta / Size));
        g.Give(0, g.Apply(Binary.Subtract, g.Apply(Binary.Multiply, dy, power), others));
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        (Size + 6) * inputs[0].Shape.Count;
}
