using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// The basic residual block (He et al. 2016): two 3x3 convolutions, whose result is added to the
/// input: [H, W, C] to [OH, OW, Filters].
/// </summary>
/// <remarks>
/// Where the shape changes, the input goes through a 1x1 convolution. All convolutions are
/// batch-normalised.
/// </remarks>
/// <param name="Filters">Channels of the output.</param>
public sealed record ResidualBlock(int Filters) : Block
{
    /// <summary>Steps between output pixels, of the first convolution.</summary>
    public Size2 Stride { get; init; } = 1;

    /// <summary>Of the first convolution, and of the sum.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>
    /// How many times fewer channels squeeze-and-excitation before the sum has; 0 for none.
    /// </summary>
    public int SqueezeRatio { get; init; }

    /// <summary>
    /// True to begin as nothing: the last scale is 0 at first, so that the block passes its input on
    /// (Goyal et al. 2017).
    /// </summary>
    public bool ZeroInitialised { get; init; }

    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs)
    {
        var x = inputs[0];
        var y = x
            .Normalised(new Conv2D(Filters, 3) { Stride = Stride }, Activation)
            .Normalised(new Conv2D(Filters, 3), Activation.Linear, ZeroInitialised)
            .Squeezed(SqueezeRatio);
        return new Add { Activation = Activation }.On(y, Residual.Shortcut(x, Filters, Stride));
    }
}

/// <summary>
/// The bottleneck residual block (He et al. 2016): convolutions of 1x1, 3x3 and 1x1, the last of
/// which has more channels: [H, W, C] to [OH, OW, Filters Expansion].
/// </summary>
/// <remarks>
/// The stride is in the 3x3 convolution, as in torchvision ("v1.5"). Where the shape changes, the
/// input goes through a 1x1 convolution. All convolutions are batch-normalised.
/// </remarks>
/// <param name="Filters">Channels of the 3x3 convolution.</param>
public sealed record BottleneckBlock(int Filters) : Block
{
    /// <summary>How many times as many channels the output has.</summary>
    public int Expansion { get; init; } = 4;

    /// <summary>Steps between output pixels.</summary>
    public Size2 Stride { get; init; } = 1;

    /// <summary>Of all convolutions but the last, and of the sum.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <inheritdoc cref="ResidualBlock.SqueezeRatio"/>
    public int SqueezeRatio { get; init; }

    /// <inheritdoc cref="ResidualBlock.ZeroInitialised"/>
    public bool ZeroInitialised { get; init; }

    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs)
    {
        var x = inputs[0];
        int outputs = Filters * Expansion;
        var y = x
            .Normalised(new Conv2D(Filters, 1), Activation)
            .Normalised(new Conv2D(Filters, 3) { Stride = Stride }, Activation)
            .Normalised(new Conv2D(outputs, 1), Activation.Linear, ZeroInitialised)
            .Squeezed(SqueezeRatio);
        return new Add { Activation = Activation }.On(y, Residual.Shortcut(x, outputs, Stride));
    }
}

/// <summary>What residual blocks have in common.</summary>
internal static class Residual
{
    /// <summary>The input as it is added to the output.</summary>
    public static Symbol Shortcut(Symbol x, int filters, Size2 stride) =>
        stride == Size2.One && x.Channels == filters ? x
        : x.Normalised(new Conv2D(filters, 1) { Stride = stride }, Activation.Linear);
}
