using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Running sums along one dimension.</summary>
/// <remarks>
/// Input: a tensor of Float32 or Int32 (which wraps around). Output: of that type and shape,
/// y[l] = x[0] + ... + x[l].
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
/// <param name="IsExclusive">True where an element is not in its own sum: y[0] is 0.</param>
/// <param name="IsReversed">True where sums run from the end.</param>
public sealed partial record CumSum(int Axis, bool IsExclusive = false, bool IsReversed = false) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && inputs[0].Element is ElementType.Float32 or ElementType.Int32,
            "takes one tensor of Float32 or Int32");
        var x = inputs[0].Shape;
        Require(Axis >= -x.Rank && Axis < x.Rank, $"{x} has no dimension {Axis}");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, g.Add(this with { IsReversed = !IsReversed }, g.OutputGradient()));

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => inputs[0].Shape.Count;
}
