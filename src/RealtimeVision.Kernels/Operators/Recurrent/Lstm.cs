namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One layer of long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of
/// Gers et al. 2000). Each step: [i f g o] = x w + h r + bias;
/// c = sigmoid(f) c + sigmoid(i) tanh(g); h = sigmoid(o) tanh(c).
/// </summary>
/// <remarks>
/// See <see cref="RecurrentOperator"/> for shapes; the gates are i, f, g, o. Bias [D, 4 H], the
/// input's and the recurrent one summed. After the initial h come the initial c [D, N, H], zero
/// where absent, and peephole weights [D, 3 H] of i, f and o (Gers and Schmidhuber 2000), absent
/// where there are none: the sums of i and f get p times the c before, that of o p times the new c.
/// The third output is c after the last step [D, N, H].
/// </remarks>
/// <param name="Hidden">H, the number of hidden units.</param>
/// <param name="Direction">Which way it goes through the sequence.</param>
public sealed record Lstm(
    int Hidden, RecurrentDirection Direction = RecurrentDirection.Forward)
    : RecurrentOperator(Hidden, Direction)
{
    /// <summary>Index of the initial c among the inputs.</summary>
    public const int InitialCell = 5;

    /// <summary>Index of the peephole weights among the inputs.</summary>
    public const int Peepholes = 6;

    /// <summary>Index of the last c among the outputs.</summary>
    public const int LastCell = 2;

    private protected override int Gates => LstmCell.Gates;

    private protected override RecurrentPart[] Parts => [RecurrentPart.Of<LstmCell>(0)];

    internal override RecurrentAdjoint? Adjoint => RecurrentAdjoint.Of<LstmAdjoint>();

    private protected override int InitialCellInput => InitialCell;

    private protected override int PeepholeInput => Peepholes;

    private protected override int LastCellOutput => LastCell;
}
