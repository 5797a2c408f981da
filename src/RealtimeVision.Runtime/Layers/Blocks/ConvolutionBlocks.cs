using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>Two 3x3 convolutions, each batch-normalised: [H, W, C] to [H, W, Filters].</summary>
/// <remarks>The unit of U-Nets (Ronneberger et al. 2015), with padding.</remarks>
/// <param name="Filters">Channels of the output.</param>
public sealed record DoubleConv(int Filters) : Block
{
    /// <summary>What is done to the output of each.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>
    /// How many times fewer channels squeeze-and-excitation of the output has; 0 for none.
    /// </summary>
    public int SqueezeRatio { get; init; }

    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs) => inputs[0]
        .Normalised(new Conv2D(Filters, 3), Activation)
        .Normalised(new Conv2D(Filters, 3), Activation)
        .Squeezed(SqueezeRatio);
}

/// <summary>
/// Squeeze-and-excitation (Hu et al. 2018): scales each channel by what two dense layers make of the
/// means of all: [H, W, C] to [H, W, C].
/// </summary>
/// <param name="Ratio">How many times fewer channels are between the dense layers.</param>
public sealed record SqueezeExcitation(int Ratio = 16) : Block
{
    /// <summary>Of the layer between.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Of the scale.</summary>
    public Activation Gate { get; init; } = Activation.Sigmoid;

    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs)
    {
        var x = inputs[0];
        int squeezed = Math.Max(x.Channels / Math.Max(Ratio, 1), 1);
        var scale = x.Then(
            new GlobalAveragePooling2D { KeepDimensions = true },
            new Dense(squeezed)
            {
                Activation = Activation, KernelInitialiser = Initialiser.HeNormal,
            },
            new Dense(x.Channels) { Activation = Gate });
        return new Multiply().On(x, scale);
    }
}

/// <summary>
/// The inverted residual of MobileNetV2 (Sandler et al. 2018): channels are widened, convolved
/// each apart and narrowed again: [H, W, C] to [OH, OW, Filters]. Where the shape stays, the input is
/// added.
/// </summary>
/// <param name="Filters">Channels of the output.</param>
/// <param name="Expansion">How many times as many channels are between; 1 widens nothing.</param>
public sealed record InvertedResidualBlock(int Filters, int Expansion) : Block
{
    /// <summary>Rows and columns of the depthwise window.</summary>
    public Size2 Kernel { get; init; } = 3;

    /// <summary>Steps between output pixels.</summary>
    public Size2 Stride { get; init; } = 1;

    /// <summary>Of the wide channels.</summary>
    public Activation Activation { get; init; } = Activation.Relu6;

    /// <summary>
    /// How many times fewer channels squeeze-and-excitation of the wide ones has; 0 for none.
    /// </summary>
    public int SqueezeRatio { get; init; }

    /// <summary>True to begin as nothing where the input is added.</summary>
    public bool ZeroInitialised { get; init; }

    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs)
    {
        var x = inputs[0];
        var wide = Expansion == 1 ? x
            : x.Normalised(new Conv2D(x.Channels * Expansion, 1), Activation);
        var convolved = wide
            .Then(
                new DepthwiseConv2D(Kernel) { Stride = Stride, UseBias = false },
                new BatchNorm { Activation = Activation })
            .Squeezed(SqueezeRatio);
        bool isResidual = Stride == Size2.One && x.Channels == Filters;
        var y = convolved.Normalised(
            new Conv2D(Filters, 1), Activation.Linear, isResidual && ZeroInitialised);
        return isResidual ? new Add().On(x, y) : y;
    }
}

/// <summary>What blocks have in common.</summary>
internal static class BlockParts
{
    /// <summary>A convolution without bias, and batch normalisation.</summary>
    public static Symbol Normalised(
        this Symbol x, Conv2D convolution, Activation activation, bool isZero = false) => x.Then(
            convolution with { UseBias = false },
            new BatchNorm
            {
                Activation = activation,
                GammaInitialiser = isZero ? Initialiser.Zeros : Initialiser.Ones,
            });

    /// <summary>Squeeze-and-excitation, or nothing where the ratio is 0.</summary>
    public static Symbol Squeezed(this Symbol x, int ratio) =>
        ratio == 0 ? x : x.Then(new SqueezeExcitation(ratio));
}
