using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>1 for the largest number of each line along a dimension, 0 for the others.</summary>
/// <remarks>
/// Input: Float32 of any shape. Output: the same. Of several largest ones the first gets the 1; a
/// NaN is larger than any number.
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
public sealed partial record Hardmax(int Axis = -1) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, "takes one tensor");
        RequireFloat(inputs[0], "x");
        int rank = inputs[0].Shape.Rank;
        Require(Axis >= -rank && Axis < rank, $"{inputs[0].Shape} has no dimension {Axis}");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == 0;

    /// <summary>True where x takes the place of the largest number so far.</summary>
    private static bool IsLarger(float x, float largest) =>
        x > largest || (float.IsNaN(x) && !float.IsNaN(largest));
}
