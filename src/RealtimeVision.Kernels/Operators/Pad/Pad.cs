using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>A tensor with a constant around it.</summary>
/// <remarks>
/// Input: a tensor of any type. Output: of that type, each dimension longer by before + after; what
/// is new holds <see cref="Value"/>, in whole numbers cut off towards zero.
/// </remarks>
/// <param name="Before">Elements added before, for each dimension.</param>
/// <param name="After">Elements added after, for each dimension.</param>
/// <param name="Value">What they hold.</param>
public sealed partial record Pad(IntList Before, IntList After, float Value = 0) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor");
        var x = inputs[0].Shape;
        Require(
            Before.Count == x.Rank && After.Count == x.Rank,
            $"padding {Before} before and {After} after has to be one number a dimension of {x}");
        var sizes = new int[x.Rank];
        for (int d = 0; d < sizes.Length; d++)
        {
            Require(
                Before[d] >= 0 && After[d] >= 0, $"padding {Before} before and {After} after must not be negative");
            sizes[d] = Before[d] + x[d] + After[d];
        }

        return [inputs[0] with { Shape = new Shape(sizes) }];
    }

    /// <summary>The value as an element of four bytes, or of one.</summary>
    private int BitsOf(ElementType type) => type switch
    {
        ElementType.Float32 => BitConverter.SingleToInt32Bits(Value),
        ElementType.UInt8 => (byte)Value,
        _ => (int)Value,
    };

    private StridedCopy CopyOf(Shape x, Shape y)
    {
        var strides = y.Strides();
        int offset = 0;
        for (int d = 0; d < strides.Length; d++)
        {
            offset += Before[d] * strides[d];
        }

        return StridedCopy.Of(x.Sizes, x.Strides(), strides, 0, offset);
    }
}
