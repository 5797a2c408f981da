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
/// One recurrent layer: at each step, gates are computed of the input and of the hidden state h of
/// the step before, and a new state of the gates. The operators differ in their gates.
/// </summary>
/// <remarks>
/// <para>
/// T steps, N sequences, F features, H hidden units, G gates; D is 2 where the layer is
/// bidirectional, else 1, and the forward direction comes first. Inputs: sequence [T, N, F]; input
/// weights [D, F, G H]; recurrent weights [D, H, G H]; bias, may be absent; h to begin with
/// [D, N, H], zero where absent; lengths of the sequences [N], Int32, T where absent. Columns of
/// weights and bias: H of each gate.
/// </para>
/// <para>
/// Outputs: h of every step [T, N, D H]; h after the last step [D, N, H]. Fed back as the state, it
/// lets a sequence be run in parts, or a step at a time. Layers are stacked in the graph. From the
/// length of a sequence on, h of every step is zero and the state stays; the reverse direction
/// begins at the last step that there is.
/// </para>
/// </remarks>
/// <param name="Hidden">H, the number of hidden units.</param>
/// <param name="Direction">Which way it goes through the sequence.</param>
public abstract partial record RecurrentOperator(
    int Hidden, RecurrentDirection Direction = RecurrentDirection.Forward) : Operator
{
    /// <summary>Index of the sequence among the inputs.</summary>
    public const int Sequence = 0;

    /// <summary>Index of the input weights among the inputs.</summary>
    public const int InputWeights = 1;

    /// <summary>Index of the recurrent weights among the inputs.</summary>
    public const int RecurrentWeights = 2;

    /// <summary>Index of the bias among the inputs.</summary>
    public const int Bias = 3;

    /// <summary>Index of the initial h among the inputs.</summary>
    public const int InitialHidden = 4;

    /// <summary>
    /// Index of the lengths of the sequences among the inputs; those between are absent where a
    /// layer has none.
    /// </summary>
    public const int Lengths = 7;

    /// <summary>Index of h of every step among the outputs.</summary>
    public const int AllHidden = 0;

    /// <summary>Index of the last h among the outputs.</summary>
    public const int LastHidden = 1;

    /// <summary>
    /// What sums are limited to, up and down, before a gate's function is applied; infinite where
    /// they are not limited.
    /// </summary>
    public float Clip { get; init; } = float.PositiveInfinity;

    /// <summary>Number of directions.</summary>
    private protected int Directions => Direction == RecurrentDirection.Bidirectional ? 2 : 1;

    /// <summary>Gates that weights have columns for.</summary>
    private protected abstract int Gates { get; }

    /// <summary>Gates that the bias has columns for.</summary>
    private protected virtual int BiasGates => Gates;

    /// <summary>What a step does, one part after the other.</summary>
    private protected abstract RecurrentPart[] Parts { get; }

    /// <summary>Index of the initial c among the inputs; -1 where there is no c.</summary>
    private protected virtual int InitialCellInput => -1;

    /// <summary>Index of the peephole weights among the inputs; -1 where there are none.</summary>
    private protected virtual int PeepholeInput => -1;

    /// <summary>Index of the last c among the outputs; -1 where there is no c.</summary>
    private protected virtual int LastCellOutput => -1;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(Hidden >= 1, $"has to have at least 1 hidden unit, has {Hidden}");
        Require(Clip > 0, $"sums have to be limited to a positive number, not to {Clip}");
        Require(inputs.Length >= 3, "takes a sequence, input weights and recurrent weights");
        Require(inputs.Length <= Lengths + 1, $"takes at most 8 inputs, has {inputs.Length}");
        for (int i = InitialHidden + 1; i < Math.Min(inputs.Length, Lengths); i++)
        {
            Require(
                i == InitialCellInput || i == PeepholeInput || !inputs[i].IsPresent,
                $"has no input {i}");
        }

        RequireFloat(inputs[Sequence], "the sequence", 3);
        RequireFloat(inputs[InputWeights], "the input weights", 3);
        RequireFloat(inputs[RecurrentWeights], "the recurrent weights", 3);
        var x = inputs[Sequence].Shape;
        Require(x.Count > 0, $"takes a sequence [T, N, F] that is not empty, has {x}");
        var (steps, n, features) = (x[0], x[1], x[2]);
        int columns = Gates * Hidden;
        RequireShape(inputs[InputWeights], "input weights", new(Directions, features, columns));
        RequireShape(
            inputs[RecurrentWeights], "recurrent weights", new(Directions, Hidden, columns));
        var state = TensorType.Float(Directions, n, Hidden);
        RequireOptional(inputs, Bias, "bias", new Shape(Directions, BiasGates * Hidden));
        RequireOptional(inputs, InitialHidden, "initial h", state.Shape);
        RequireOptional(inputs, InitialCellInput, "initial c", state.Shape);
        RequireOptional(inputs, PeepholeInput, "peephole weights", new(Directions, 3 * Hidden));
        if (inputs.Length > Lengths && inputs[Lengths].IsPresent)
        {
            var lengths = new TensorType(ElementType.Int32, new Shape(n));
            Require(
                inputs[Lengths] == lengths,
                $"lengths {inputs[Lengths]} do not fit {n} sequences: {lengths} would");
        }

        var y = TensorType.Float(steps, n, Directions * Hidden);
        return LastCellOutput < 0 ? [y, state] : [y, state, state];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        var x = inputs[Sequence].Shape;
        return 2L * x[0] * x[1] * Directions * Gates * Hidden * (x[2] + Hidden);
    }

    /// <summary>True where direction <paramref name="d"/> begins at the last step.</summary>
    internal bool IsReversed(int d) => d == 1 || Direction == RecurrentDirection.Reverse;

    private void RequireShape(TensorType type, string what, Shape shape) => Require(
        type.Shape == shape,
        $"{what} {type.Shape} do not fit {Directions} x {Hidden} hidden units: {shape} would");

    private void RequireOptional(
        ReadOnlySpan<TensorType> inputs, int index, string what, Shape shape)
    {
        if (index >= 0 && index < inputs.Length && inputs[index].IsPresent)
        {
            RequireFloat(inputs[index], what);
            RequireShape(inputs[index], what, shape);
        }
    }
}
