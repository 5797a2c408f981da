using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>What a network takes.</summary>
/// <param name="Type">Element type and shape of one sample: without the batch.</param>
public sealed record Input(TensorType Type) : Layer
{
    /// <summary>
    /// True where pictures may have other rows and columns than <see cref="Type"/> says, as a
    /// network of convolutions alone can take them.
    /// </summary>
    public bool IsResizable { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        throw new InvalidOperationException("an input is not put on symbols: see Symbol.Input");
}
