namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One layer of gated recurrent units (Cho et al. 2014). Each step, with the columns r, z and n of
/// the products x w and h r: r = sigmoid(x_r + h_r); z = sigmoid(x_z + h_z); n = tanh(x_n + r h_n);
/// h = (1 - z) n + z h.
/// </summary>
/// <remarks>
/// See <see cref="RecurrentOperator"/> for shapes; the gates are r, z, n. Where the reset gate
/// comes after the product, as in cuDNN and PyTorch, the bias is [D, 4 H]: r and z, each the
/// input's and the recurrent one summed, then n of the input and n of h, which r scales with h_n.
/// Where it comes before, n = tanh(x_n + (r h) r_n), as published first, the bias is [D, 3 H].
/// </remarks>
/// <param name="Hidden">H, the number of hidden units.</param>
/// <param name="Direction">Which way it goes through the sequence.</param>
/// <param name="ResetsAfter">
/// True where the reset gate scales the product of h; false where it scales h before the product.
/// </param>
public sealed record Gru(
    int Hidden, RecurrentDirection Direction = RecurrentDirection.Forward, bool ResetsAfter = true)
    : RecurrentOperator(Hidden, Direction)
{
    private protected override int Gates => GruCell.Gates;

    private protected override int BiasGates => ResetsAfter ? 4 : 3;

    internal override RecurrentAdjoint? Adjoint =>
        ResetsAfter ? RecurrentAdjoint.Of<GruAdjoint>() : RecurrentAdjoint.Of<GruResetAdjoint>();

    private protected override RecurrentPart[] Parts => ResetsAfter
        ? [RecurrentPart.Of<GruCell>(0)]
        : [RecurrentPart.Of<GruResetCell>(0), RecurrentPart.Of<GruCandidateCell>(2)];
}
