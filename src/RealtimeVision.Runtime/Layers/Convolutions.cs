using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Convolution of each channel apart: [H, W, C] to [OH, OW, C DepthMultiplier].
/// </summary>
/// <remarks>
/// Weights: kernel [KH, KW, 1, C DepthMultiplier], bias [C DepthMultiplier]. Outputs of one channel
/// are neighbours.
/// </remarks>
/// <param name="Kernel">Rows and columns of the window.</param>
public sealed record DepthwiseConv2D(Size2 Kernel) : Layer
{
    /// <summary>Outputs of each channel.</summary>
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>Steps between output pixels.</summary>
    public Size2 Stride { get; init; } = 1;

    /// <summary>Zeros around the picture; null as <see cref="Conv2D.Padding"/>.</summary>
    public Padding2? Padding { get; init; }

    /// <summary>Steps between taps.</summary>
    public Size2 Dilation { get; init; } = 1;

    /// <summary>What is done to the sums.</summary>
    public Activation Activation { get; init; }

    /// <summary>False where a normalisation follows, which has a bias of its own.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>First values of the kernel.</summary>
    public Initialiser KernelInitialiser { get; init; } = Initialiser.HeNormal;

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        int outputs = inputs[0].Shape.C * DepthMultiplier;
        var bias = UseBias ? c.Bias("bias", new Shape(outputs)) : null;
        var y = c.Depthwise(
            "kernel", inputs[0], bias, Kernel, Stride, Padding, Dilation, DepthMultiplier,
            KernelInitialiser);
        return c.Activate(y, Activation);
    }
}

/// <summary>
/// A depthwise convolution and one of 1x1 that mixes its channels (Chollet 2017): [H, W, C] to
/// [OH, OW, Filters].
/// </summary>
/// <remarks>
/// Weights: depthwise_kernel [KH, KW, 1, C DepthMultiplier], pointwise_kernel
/// [1, 1, C DepthMultiplier, Filters], bias [Filters]. Nothing is done between the two.
/// </remarks>
/// <param name="Filters">Channels of the output.</param>
/// <param name="Kernel">Rows and columns of the depthwise window.</param>
public sealed record SeparableConv2D(int Filters, Size2 Kernel) : Layer
{
    /// <summary>Channels that the depthwise convolution makes of each.</summary>
    public int DepthMultiplier { get; init; } = 1;

    /// <summary>Steps between output pixels.</summary>
    public Size2 Stride { get; init; } = 1;

    /// <summary>Zeros around the picture; null as <see cref="Conv2D.Padding"/>.</summary>
    public Padding2? Padding { get; init; }

    /// <summary>Steps between taps.</summary>
    public Size2 Dilation { get; init; } = 1;

    /// <summary>What is done to the sums.</summary>
    public Activation Activation { get; init; }

    /// <summary>False where a normalisation follows, which has a bias of its own.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>First values of both kernels.</summary>
    public Initialiser KernelInitialiser { get; init; } = Initialiser.HeNormal;

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var each = c.Depthwise(
            "depthwise_kernel", inputs[0], null, Kernel, Stride, Padding, Dilation, DepthMultiplier,
            KernelInitialiser);
        var mixing = c.Weight(
            "pointwise_kernel", new Shape(1, 1, each.Shape.C, Filters), KernelInitialiser);
        var bias = UseBias ? c.Bias("bias", new Shape(Filters)) : null;
        return c.Activate(c.Add(new Operators.Conv2D(), each, mixing, bias), Activation);
    }
}

/// <summary>
/// Transposed convolution, which makes pictures larger: [H, W, C] to [OH, OW, Filters].
/// </summary>
/// <remarks>
/// Weights: kernel [KH, KW, Filters, C], bias [Filters]. See <see cref="ConvTranspose2D"/>.
/// </remarks>
/// <param name="Filters">Channels of the output.</param>
/// <param name="Kernel">Rows and columns of the window that a pixel is spread over.</param>
public sealed record Conv2DTranspose(int Filters, Size2 Kernel) : Layer
{
    /// <summary>Output pixels between the windows of neighbouring pixels.</summary>
    public Size2 Stride { get; init; } = 1;

    /// <summary>
    /// Rows and columns cut off around the output; null for as many as make it
    /// <see cref="Stride"/> times as large as the picture.
    /// </summary>
    public Padding2? Padding { get; init; }

    /// <summary>What is done to the sums.</summary>
    public Activation Activation { get; init; }

    /// <summary>False where a normalisation follows, which has a bias of its own.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>First values of the kernel.</summary>
    public Initialiser KernelInitialiser { get; init; } = Initialiser.HeNormal;

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var x = inputs[0];
        int taps = Kernel.Height * Kernel.Width;

        // An output pixel lies under so many of the windows.
        int windows = Math.Max(taps / Math.Max(Stride.Height * Stride.Width, 1), 1);
        var kernel = c.Weight(
            "kernel", new Shape(Kernel.Height, Kernel.Width, Filters, x.Shape.C), KernelInitialiser,
            new Fans(windows * x.Shape.C, taps * Filters));
        var bias = UseBias ? c.Bias("bias", new Shape(Filters)) : null;
        var cut = Padding ?? Windows.Cut(Kernel, Stride);
        var added = Padding is null ? Windows.Missing(Kernel, Stride) : default;
        var y = c.Add(
            new ConvTranspose2D(Stride, cut, added, Size2.One), x, kernel, bias);
        return c.Activate(y, Activation);
    }
}

/// <summary>Nodes of convolutions that several layers have.</summary>
internal static class Depthwises
{
    public static Value Depthwise(
        this LayerContext c, string weights, Value x, Value? bias, Size2 kernel, Size2 stride,
        Padding2? padding, Size2 dilation, int multiplier, Initialiser initialiser)
    {
        int channels = x.Shape.C;
        int taps = kernel.Height * kernel.Width;
        var values = c.Weight(
            weights, new Shape(kernel.Height, kernel.Width, 1, channels * multiplier), initialiser,
            new Fans(taps, taps * multiplier));
        return c.Add(
            new Operators.Conv2D(
                stride, padding ?? Windows.Same(kernel, dilation), dilation, channels),
            x, values, bias);
    }
}
