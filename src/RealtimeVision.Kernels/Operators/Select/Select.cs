using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One of two tensors, element by element: condition ? x : y, all broadcast to one shape (NumPy's
/// rule). ONNX's Where.
/// </summary>
/// <remarks>
/// Inputs: condition UInt8, where all but 0 is true; x and y of one type. Output: that type, in the
/// shape that all of them broadcast to.
/// </remarks>
public sealed partial record Select : Operator
{
    /// <summary>Index of the condition among the inputs.</summary>
    public const int Condition = 0;

    /// <summary>Index of what is taken where the condition holds.</summary>
    public const int X = 1;

    /// <summary>Index of what is taken elsewhere.</summary>
    public const int Y = 2;

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 3, $"takes condition, x and y, has {inputs.Length}");
        var (condition, x, y) = (inputs[Condition], inputs[X], inputs[Y]);
        Require(
            condition.Element == ElementType.UInt8,
            $"the condition has to be UInt8, is {condition}");
        Require(
            x.IsPresent && x.Element == y.Element,
            $"takes x and y of one type, has {x} and {y}");
        return
        [
            new TensorType(
                x.Element, Shape.Broadcast(Shape.Broadcast(condition.Shape, x.Shape), y.Shape)),
        ];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var (condition, dy) = (g.Input(Condition), g.OutputGradient());
        var zero = g.Fill(0, default);
        if (g.Wants(X))
        {
            g.Give(X, g.SumTo(g.Add(this, condition, dy, zero), g.Input(X).Shape));
        }

        if (g.Wants(Y))
        {
            g.Give(Y, g.SumTo(g.Add(this, condition, zero, dy), g.Input(Y).Shape));
        }
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        inputs[input] == Infer(inputs)[0];
}
