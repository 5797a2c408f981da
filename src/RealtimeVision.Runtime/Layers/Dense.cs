using RealtimeVision.Kernels.Graph;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>A linear layer on the last dimension: [..., C] to [..., Units].</summary>
/// <remarks>Weights: kernel [C, Units], bias [Units].</remarks>
/// <param name="Units">Size of the last dimension of the output.</param>
public sealed record Dense(int Units) : Layer
{
    /// <summary>What is done to the sums.</summary>
    public Activation Activation { get; init; }

    /// <summary>False where there is no bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>First values of the kernel.</summary>
    public Initialiser KernelInitialiser { get; init; } = Initialiser.GlorotUniform;

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var x = inputs[0];
        var kernel = c.Weight("kernel", new Shape(x.Shape[-1], Units), KernelInitialiser);
        var bias = UseBias ? c.Bias("bias", new Shape(Units)) : null;
        return c.Activate(c.Add(new Operators.MatMul(), x, kernel, bias), Activation);
    }
}

/// <summary>All numbers of a sample in one row: [...] to [product].</summary>
public sealed record Flatten : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var shape = inputs[0].Shape;
        int count = checked((int)shape.Product(1, shape.Rank));
        return c.Add(new Operators.Reshape(new Shape(shape[0], count)), inputs[0]);
    }
}
