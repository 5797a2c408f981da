using ILGPU;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The largest elements along one dimension, or the smallest, and where they are.</summary>
/// <remarks>
/// Input: a tensor of any type. Outputs: the elements, in order, and their indices, Int32; both of
/// the input's shape with the dimension of size <see cref="Count"/>. Of equals the one with the
/// lower index comes first. NaN counts as larger than any number.
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
/// <param name="Count">How many; at most the size of the dimension.</param>
/// <param name="Largest">True for the largest, the largest first; false for the smallest, the
/// smallest first.</param>
public sealed partial record TopK(int Axis, int Count, bool Largest = true) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor");
        var x = inputs[0].Shape;
        Require(Axis >= -x.Rank && Axis < x.Rank, $"{x} has no dimension {Axis}");
        Require(Count >= 0 && Count <= x[Axis], $"dimension {Axis} of {x} does not have {Count} elements");
        var shape = x.With(Axis, Count);
        return [inputs[0] with { Shape = shape }, new TensorType(ElementType.Int32, shape)];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        if (g.HasGradient(0))
        {
            var zeros = g.Fill(0, g.Input(0).Shape);
            g.Give(0, g.Add(
                new ScatterElements(Axis), zeros, g.Output(1), g.OutputGradient()));
        }
    }

    /// <summary>
    /// Integers in the order of the elements: one way of comparing for all types, and with no
    /// element that compares to none.
    /// </summary>
    internal interface ISortKey<T>
        where T : unmanaged
    {
        /// <summary>The key of an element.</summary>
        static abstract int Of(T value);
    }

    internal readonly struct FloatKey : ISortKey<float>
    {
        // The bits of positive numbers are in order; those of negative ones are the other way round,
        // and count down from zero, so that both zeros are one.
        public static int Of(float value)
        {
            int bits = (int)Interop.FloatAsInt(value);
            int key = bits >= 0 ? bits : -(bits & int.MaxValue);
            return float.IsNaN(value) ? int.MaxValue : key;
        }
    }

    internal readonly struct IntKey : ISortKey<int>
    {
        public static int Of(int value) => value;
    }

    internal readonly struct ByteKey : ISortKey<byte>
    {
        public static int Of(byte value) => value;
    }
}
