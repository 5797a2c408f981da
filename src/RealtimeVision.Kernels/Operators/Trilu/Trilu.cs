using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The upper or the lower triangle of matrices; zero beside it.</summary>
/// <remarks>Input: a tensor of any type, [..., H, W]. Output: of that type and shape.</remarks>
/// <param name="IsUpper">True for what is on the diagonal and above, false for on and
/// below.</param>
/// <param name="Diagonal">Which diagonal: 0 is the main one, 1 the one right of it.</param>
public sealed partial record Trilu(bool IsUpper, int Diagonal = 0) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor");
        Require(inputs[0].Shape.Rank >= 2, $"{inputs[0].Shape} has no matrices");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, g.Add(this, g.OutputGradient()));

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => true;

    /// <summary>The columns of a row that are kept.</summary>
    private (int From, int To) Kept(int row, int width)
    {
        int diagonal = (int)Math.Clamp((long)row + Diagonal + (IsUpper ? 0 : 1), 0, width);
        return IsUpper ? (diagonal, width) : (0, diagonal);
    }
}
