using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// A sequence of tensors while a graph is built. Its length is known, so no graph ever holds one:
/// what takes a tensor out of it gets just that tensor.
/// </summary>
internal sealed class ImportedSequence(IReadOnlyList<ImportedTensor> items) : ImportedTensor
{
    /// <summary>The tensors.</summary>
    public IReadOnlyList<ImportedTensor> Items { get; } = items;

    /// <summary>None: an operator that asks for it takes no sequences.</summary>
    public override Shape Shape => throw NodeContext.Unsupported("it takes no sequences");

    /// <inheritdoc cref="Shape"/>
    public override ElementType Element => throw NodeContext.Unsupported("it takes no sequences");
}
