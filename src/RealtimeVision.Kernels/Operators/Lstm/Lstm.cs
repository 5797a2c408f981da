using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Which way a recurrent layer goes through a sequence.</summary>
public enum RecurrentDirection
{
    /// <summary>From the first step to the last.</summary>
    Forward,

    /// <summary>From the last step to the first.</summary>
    Reverse,

    /// <summary>Both, each with weights of its own; results side by side.</summary>
    Bidirectional,
}

/// <summary>
/// One layer of long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of
/// Gers et al. 2000). Each step: [i f g o] = x w + h r + bias;
/// c = sigmoid(f) c + sigmoid(i) tanh(g); h = sigmoid(o) tanh(c).
/// </summary>
/// <remarks>
/// <para>
/// T steps, N sequences, F features, H hidden units; D is 2 where the layer is bidirectional, else
/// 1, and the forward direction comes first. Inputs: sequence [T, N, F]; input weights w
/// [D, F, 4 H]; recurrent weights r [D, H, 4 H]; bias [D, 4 H], the input's and the recurrent one
/// summed, may be absent; state to begin with, h [D, N, H] and c [D, N, H], zero where absent.
/// Columns of weights and bias: the gates i, f, g, o, H of each.
/// </para>
/// <para>
/// Outputs: h of every step [T, N, D H]; h after the last step [D, N, H]; c after the last step
/// [D, N, H]. Fed back as the state, they let a sequence be run in parts, or a step at a time.
/// Layers are stacked in the graph. Peephole weights are not supported.
/// </para>
/// </remarks>
/// <param name="Hidden">H, the number of hidden units.</param>
/// <param name="Direction">Which way it goes through the sequence.</param>
public sealed partial record Lstm(
    int Hidden, RecurrentDirection Direction = RecurrentDirection.Forward)
    : Operator
{
    /// <summary>Index of the sequence among the inputs.</summary>
    public const int Sequence = 0;

    /// <summary>Index of the input weights among the inputs.</summary>
    public const int InputWeights = 1;

    /// <summary>Index of the recurrent weights among the inputs.</summary>
    public const int RecurrentWeights = 2;

    /// <summary>Index of the bias among the inputs.</summary>
    public const int Bias = 3;

    /// <summary>Index of the initial h among the inputs, and of the initial c after it.</summary>
    public const int InitialHidden = 4;

    /// <summary>Index of the initial c among the inputs.</summary>
    public const int InitialCell = 5;

    /// <summary>Index of h of every step among the outputs.</summary>
    public const int AllHidden = 0;

    /// <summary>Index of the last h among the outputs.</summary>
    public const int LastHidden = 1;

    /// <summary>Index of the last c among the outputs.</summary>
    public const int LastCell = 2;

    /// <summary>Number of directions.</summary>
    private int Directions => Direction == RecurrentDirection.Bidirectional ? 2 : 1;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(Hidden >= 1, $"has to have at least 1 hidden unit, has {Hidden}");
        Require(inputs.Length >= 3, "takes a sequence, input weights and recurrent weights");
        Require(inputs.Length <= 6, "takes at most 6 inputs; peephole weights are not supported");
        RequireFloat(inputs[Sequence], "the sequence", 3);
        RequireFloat(inputs[InputWeights], "the input weights", 3);
        RequireFloat(inputs[RecurrentWeights], "the recurrent weights", 3);
        var x = inputs[Sequence].Shape;
        Require(x.Count > 0, $"takes a sequence [T, N, F] that is not empty, has {x}");
        var (steps, n, features) = (x[0], x[1], x[2]);
        RequireShape(
            inputs[InputWeights],
            "input weights",
            new Shape(Directions, features, 4 * Hidden));
        RequireShape(
            inputs[RecurrentWeights],
            "recurrent weights",
            new Shape(Directions, Hidden, 4 * Hidden));
        var state = TensorType.Float(Directions, n, Hidden);
        RequireOptional(inputs, Bias, "bias", new Shape(Directions, 4 * Hidden));
        RequireOptional(inputs, InitialHidden, "initial h", state.Shape);
        RequireOptional(inputs, InitialCell, "initial c", state.Shape);
        return [TensorType.Float(steps, n, Directions * Hidden), state, state];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[Sequence].Shape;
        return 2L * x[0] * x[1] * Directions * 4 * Hidden * (x[2] + Hidden);
    }

    /// <summary>True where direction <paramref name="d"/> begins at the last step.</summary>
    private bool IsReversed(int d) => d == 1 || Direction == RecurrentDirection.Reverse;

    private void RequireShape(TensorType type, string what, Shape shape) => Require(
        type.Shape == shape,
        $"{what} {type.Shape} do not fit {Directions} x {Hidden} hidden units: {shape} would");

    private void RequireOptional(
        ReadOnlySpan<TensorType> inputs, int index, string what, Shape shape)
    {
        if (index < inputs.Length && inputs[index].IsPresent)
        {
            RequireFloat(inputs[index], what);
            RequireShape(inputs[index], what, shape);
        }
    }
}
