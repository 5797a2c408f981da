using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>How <see cref="Compare"/> compares x and y.</summary>
public enum Comparison
{
    /// <summary>x is y.</summary>
    Equal,

    /// <summary>x is not y.</summary>
    NotEqual,

    /// <summary>x is below y.</summary>
    Less,

    /// <summary>x is not above y.</summary>
    LessOrEqual,

    /// <summary>x is above y.</summary>
    Greater,

    /// <summary>x is not below y.</summary>
    GreaterOrEqual,
}

/// <summary>Compares two tensors, broadcast to one shape (NumPy's rule).</summary>
/// <remarks>
/// Inputs: x and y, both Float32, both Int32 or both UInt8. Output: UInt8, 1 where it is so and 0
/// elsewhere, in the shape that both broadcast to. NaN is unequal to everything, itself too, and
/// neither below nor above anything.
/// </remarks>
/// <param name="Comparison">What is asked.</param>
public sealed partial record Compare(Comparison Comparison) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, $"takes two tensors, has {inputs.Length}");
        var (x, y) = (inputs[0], inputs[1]);
        Require(
            x.IsPresent && x.Element == y.Element,
            $"takes two tensors of one type, has {x} and {y}");
        return [new TensorType(ElementType.UInt8, Shape.Broadcast(x.Shape, y.Shape))];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        inputs[input] == Infer(inputs)[0];

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => Infer(inputs)[0].Shape.Count;

    /// <summary>The input that kernels take as x: they know below, and not above.</summary>
    private int First => Comparison is Comparison.Greater or Comparison.GreaterOrEqual ? 1 : 0;
}
