using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A pointwise function of whole numbers or booleans, broadcast to one shape (NumPy's rule).
/// </summary>
/// <remarks>
/// Inputs: x, and y where the function takes two; both Int32, or both UInt8. Output: the same type,
/// in the shape that both broadcast to. Results wrap around at 32 or 8 bits. Booleans are bytes of
/// 0 or 1, so that the bitwise functions are the logical ones.
/// </remarks>
/// <param name="Function">The function.</param>
public sealed partial record IntegerPointwise(IntegerFunction Function) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        int wanted = Function.IsBinary ? 2 : 1;
        Require(inputs.Length == wanted, $"{Function} takes {wanted} inputs, has {inputs.Length}");
        var (x, y) = (inputs[0], inputs[^1]);
        Require(
            x.Element is ElementType.Int32 or ElementType.UInt8 && y.Element == x.Element,
            $"takes Int32 or UInt8, has {x}{(Function.IsBinary ? $" and {y}" : "")}");
        return [new TensorType(x.Element, Shape.Broadcast(x.Shape, y.Shape))];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        inputs[input].Shape == Infer(inputs)[0].Shape;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => Infer(inputs)[0].Shape.Count;
}
