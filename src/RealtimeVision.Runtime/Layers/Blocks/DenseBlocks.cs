using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Layers each of which sees the outputs of all before it (Huang et al. 2017): [H, W, C] to
/// [H, W, C + Layers Growth].
/// </summary>
/// <remarks>
/// A layer is batch normalisation, ReLU, a 1x1 convolution to <see cref="Bottleneck"/> times Growth
/// channels, batch normalisation, ReLU and a 3x3 convolution to Growth channels.
/// </remarks>
/// <param name="Layers">Number of layers.</param>
/// <param name="Growth">Channels that each adds.</param>
public sealed record DenseBlock(int Layers, int Growth) : Block
{
    /// <summary>Channels of the 1x1 convolutions, as a multiple of Growth; 0 for none.</summary>
    public int Bottleneck { get; init; } = 4;

    /// <summary>The share of a layer's numbers that dropout drops.</summary>
    public float DropoutRate { get; init; }

    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs)
    {
        var all = inputs[0];
        for (int i = 0; i < Layers; i++)
        {
            var x = all;
            if (Bottleneck > 0)
            {
                x = x.Then(
                    new BatchNorm { Activation = Activation.Relu },
                    new Conv2D(Bottleneck * Growth, 1) { UseBias = false });
            }

            x = x.Then(
                new BatchNorm { Activation = Activation.Relu },
                new Conv2D(Growth, 3) { UseBias = false });
            x = DropoutRate > 0 ? x.Then(new Dropout(DropoutRate)) : x;
            all = new Concatenate().On(all, x);
        }

        return all;
    }
}

/// <summary>
/// What stands between dense blocks (Huang et al. 2017): batch normalisation, ReLU, a 1x1
/// convolution and pooling by 2: [H, W, C] to [H / 2, W / 2, C Compression].
/// </summary>
public sealed record TransitionBlock : Block
{
    /// <summary>The share of channels that stay.</summary>
    public float Compression { get; init; } = 0.5f;

    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs)
    {
        int filters = Math.Max((int)(inputs[0].Channels * Compression), 1);
        return inputs[0].Then(
            new BatchNorm { Activation = Activation.Relu },
            new Conv2D(filters, 1) { UseBias = false },
            new AveragePooling2D(new Size2(2, 2)));
    }
}
