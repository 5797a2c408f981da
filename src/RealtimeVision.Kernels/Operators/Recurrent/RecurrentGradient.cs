using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The recurrent part of a recurrent layer's gradient, through time: from the gradients of the
/// states to those of the gates' sums, last step first. What else there is, are products over all
/// steps at once.
/// </summary>
/// <remarks>
/// <para>
/// With the sizes of <see cref="RecurrentOperator"/>, inputs: x w of all steps [D, T, N, G H]; h r,
/// with h of the step before, likewise (where a reset gate scales h first, the last gate's is that
/// of the scaled h); recurrent weights; h of the step before [D, T, N, H], which a Gru alone needs;
/// bias; initial c; peephole weights; the gradients of the layer's outputs, in their order; lengths
/// of the sequences. Only the first three have to be there.
/// </para>
/// <para>
/// Outputs: the gradient of the gates' sums [D, T, N, G H]; that of the initial h [D, N, H]; then of
/// an Lstm that of the initial c, and c of every step [D, T, N, H]; of a Gru that resets after, the
/// gradient of h r [D, T, N, G H], which for the last gate is another than that of x w.
/// </para>
/// <para>
/// Gates are computed anew from their sums rather than kept from the forward pass: that is one
/// product over all steps more, and a network that runs without gradients keeps nothing.
/// </para>
/// </remarks>
/// <param name="Forward">The layer.</param>
public sealed partial record RecurrentGradient(RecurrentOperator Forward) : Operator
{
    /// <summary>Index of x w among the inputs.</summary>
    public const int InputShare = 0;

    /// <summary>Index of h r among the inputs.</summary>
    public const int HiddenShare = 1;

    /// <summary>Index of the recurrent weights among the inputs.</summary>
    public const int RecurrentWeights = 2;

    /// <summary>Index of h of the steps before among the inputs.</summary>
    public const int HiddenBefore = 3;

    /// <summary>Index of the bias among the inputs.</summary>
    public const int Bias = 4;

    /// <summary>Index of the initial c among the inputs.</summary>
    public const int InitialCell = 5;

    /// <summary>Index of the peephole weights among the inputs.</summary>
    public const int Peepholes = 6;

    /// <summary>Index of the gradient of h of every step among the inputs.</summary>
    public const int AllHiddenGradient = 7;

    /// <summary>Index of the gradient of the last h among the inputs.</summary>
    public const int LastHiddenGradient = 8;

    /// <summary>Index of the gradient of the last c among the inputs.</summary>
    public const int LastCellGradient = 9;

    /// <summary>Index of the lengths of the sequences among the inputs.</summary>
    public const int Lengths = 10;

    /// <summary>Index of the gradient of the gates' sums among the outputs.</summary>
    public const int SumGradient = 0;

    /// <summary>Index of the gradient of the initial h among the outputs.</summary>
    public const int InitialHiddenGradient = 1;

    /// <summary>Index of the gradient of the initial c among the outputs of an Lstm.</summary>
    public const int InitialCellGradient = 2;

    /// <summary>Index of c of every step among the outputs of an Lstm.</summary>
    public const int AllCells = 3;

    /// <summary>Index of the gradient of h r among the outputs of a Gru.</summary>
    public const int HiddenShareGradient = 2;

    private RecurrentAdjoint Adjoint => Forward.Adjoint
        ?? throw new NotSupportedException($"{Forward} has no gradient");

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(Forward.Adjoint is not null, $"{Forward} has no gradient");
        Require(inputs.Length == Lengths + 1, "takes eleven inputs, of which some are absent");
        RequireFloat(inputs[InputShare], "x w", 4);
        Require(
            inputs[HiddenShare] == inputs[InputShare],
            $"x w {inputs[InputShare]} and h r {inputs[HiddenShare]} have to be alike");
        var sums = inputs[InputShare].Shape;
        var (d, t, n, h) = (sums[0], sums[1], sums[2], Forward.Hidden);
        Require(
            sums[3] == Adjoint.Gates * h,
            $"x w {sums} is not of {Adjoint.Gates} gates of {h} hidden units");
        Require(
            inputs[RecurrentWeights] == TensorType.Float(d, h, sums[3]),
            $"recurrent weights {inputs[RecurrentWeights]} do not fit x w {sums}");
        var states = TensorType.Float(d, t, n, h);
        var state = TensorType.Float(d, n, h);
        RequireOptional(inputs, HiddenBefore, states);
        Require(
            (!Adjoint.IsSplit && !Adjoint.HasReset) || inputs[HiddenBefore].IsPresent,
            "needs h of the steps before");
        RequireOptional(inputs, Bias, TensorType.Float(d, sums[3] + (Adjoint.IsSplit ? h : 0)));
        RequireOptional(inputs, InitialCell, state);
        RequireOptional(inputs, Peepholes, TensorType.Float(d, 3 * h));
        RequireOptional(inputs, AllHiddenGradient, TensorType.Float(t, n, d * h));
        RequireOptional(inputs, LastHiddenGradient, state);
        RequireOptional(inputs, LastCellGradient, state);
        RequireOptional(inputs, Lengths, new TensorType(ElementType.Int32, new Shape(n)));
        return Adjoint.HasCell ? [inputs[InputShare], state, state, states]
            : Adjoint.IsSplit ? [inputs[InputShare], state, inputs[InputShare]]
            : [inputs[InputShare], state];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        2 * inputs[InputShare].Shape.Count * Forward.Hidden;

    private void RequireOptional(ReadOnlySpan<TensorType> inputs, int index, TensorType type) =>
        Require(
            !inputs[index].IsPresent || inputs[index] == type,
            $"input {index} has to be {type}, is {inputs[index]}");
}
