using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Where along one dimension the largest number is: the class of each pixel of class scores. Or
/// where the smallest is.
/// </summary>
/// <remarks>
/// Input: Float32 of any shape, not empty along the dimension. Output: Int32, the dimension of size
/// 1 or left out. NaN is passed over; where there is nothing else (or only negative infinity, and
/// positive where the smallest is looked for), the index is the first, or the last.
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
/// <param name="KeepDims">True where it stays, of size 1.</param>
/// <param name="SelectLast">True for the last of equals, false for the first.</param>
/// <param name="Smallest">True for the smallest number in place of the largest.</param>
public sealed partial record ArgMax(
    int Axis, bool KeepDims = false, bool SelectLast = false, bool Smallest = false) : Operator
{
    // Indices are counted in floats, lane by lane, and are whole up to there.
    private const int LongestLine = 1 << 24;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, "takes one tensor");
        RequireFloat(inputs[0], "x");
        var x = inputs[0].Shape;
        Require(Axis >= -x.Rank && Axis < x.Rank, $"{x} has no dimension {Axis}");
        Require(
            x[Axis] is > 0 and <= LongestLine, $"dimension {Axis} of {x} has to have 1 to {LongestLine} elements");
        int axis = Axis < 0 ? Axis + x.Rank : Axis;
        var shape = KeepDims ? x.With(axis, 1) : new Shape([.. x.Sizes[..axis], .. x.Sizes[(axis + 1)..]]);
        return [new TensorType(ElementType.Int32, shape)];
    }

    // The largest of the opposites is the smallest.
    private float SignOfBest => Smallest ? -1 : 1;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => inputs[0].Shape.Count;
}
