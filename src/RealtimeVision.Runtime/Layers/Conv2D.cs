using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>Two-dimensional convolution: [H, W, C] to [OH, OW, Filters].</summary>
/// <remarks>
/// Weights: kernel [KH, KW, C / Groups, Filters], bias [Filters]. See <see
/// cref="Operators.Conv2D"/>.
/// </remarks>
/// <param name="Filters">Channels of the output.</param>
/// <param name="Kernel">Rows and columns of the window.</param>
public sealed record Conv2D(int Filters, Size2 Kernel) : Layer
{
    /// <summary>Steps between output pixels.</summary>
    public Size2 Stride { get; init; } = 1;

    /// <summary>
    /// Zeros around the picture; null for as many as keep its size at stride 1, alike on all sides
    /// where the kernel is odd.
    /// </summary>
    public Padding2? Padding { get; init; }

    /// <summary>Steps between taps.</summary>
    public Size2 Dilation { get; init; } = 1;

    /// <summary>Groups that channels are cut into; each sees its own inputs only.</summary>
    public int Groups { get; init; } = 1;

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
        int perGroup = x.Shape.C / Groups;
        var kernel = c.Weight(
            "kernel", new Shape(Kernel.Height, Kernel.Width, perGroup, Filters), KernelInitialiser);
        var bias = UseBias ? c.Bias("bias", new Shape(Filters)) : null;
        var y = c.Add(
            new Operators.Conv2D(
                Stride, Padding ?? Windows.Same(Kernel, Dilation), Dilation, Groups),
            x, kernel, bias);
        return c.Activate(y, Activation);
    }
}
