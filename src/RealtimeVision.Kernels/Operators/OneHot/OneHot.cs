using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Indices as lines of one value that have another one at the index.</summary>
/// <remarks>
/// Inputs: indices, of any type, cut off towards zero; values [off, on] of any type, two elements.
/// Output: of the values' type, the indices' shape with a dimension of <see cref="Depth"/> put in.
/// An index of -1 is the last place; one that is outside leaves its line off.
/// </remarks>
/// <param name="Depth">Places of a line.</param>
/// <param name="Axis">Where the lines' dimension is in the output; a negative one counts from the
/// end.</param>
public sealed partial record OneHot(int Depth, int Axis = -1) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 2 && inputs[0].IsPresent && StridedCopy.CanMove(inputs[1]), "takes indices and values");
        var indices = inputs[0].Shape;
        Require(inputs[1].Shape.Count == 2, $"values have to be two, off and on, are {inputs[1]}");
        Require(Depth >= 0, $"a line cannot have {Depth} places");
        Require(Axis >= -indices.Rank - 1 && Axis <= indices.Rank, $"{indices} cannot get a dimension {Axis}");
        int axis = AxisOf(indices);
        return [inputs[1] with { Shape = new Shape([.. indices.Sizes[..axis], Depth, .. indices.Sizes[axis..]]) }];
    }

    private int AxisOf(Shape indices) => Axis < 0 ? Axis + indices.Rank + 1 : Axis;

    /// <summary>How an element of a type is an index.</summary>
    internal interface IIndexElement<T>
        where T : unmanaged
    {
        /// <summary>The index.</summary>
        static abstract int Of(T value);
    }

    internal readonly struct FloatIndex : IIndexElement<float>
    {
        public static int Of(float value) => (int)value;
    }

    internal readonly struct IntIndex : IIndexElement<int>
    {
        public static int Of(int value) => value;
    }

    internal readonly struct ByteIndex : IIndexElement<byte>
    {
        public static int Of(byte value) => value;
    }
}
