using RealtimeVision.Kernels.Graph;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Layer normalisation (Ba et al. 2016) of the last dimension, for each place apart: [..., C] to
/// [..., C].
/// </summary>
/// <remarks>Weights, each [C]: gamma, beta.</remarks>
public sealed record LayerNorm : Layer
{
    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>What is done to the result.</summary>
    public Activation Activation { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var shape = new Shape(inputs[0].Shape[-1]);
        var gamma = c.Bias("gamma", shape, Initialiser.Ones);
        var beta = c.Bias("beta", shape);
        return c.Activate(
            c.Add(new Operators.LayerNorm(-1, Epsilon), inputs[0], gamma, beta), Activation);
    }
}

/// <summary>
/// Group normalisation (Wu and He 2018): of some neighbouring channels of a sample, over all its
/// pixels. It does not depend on the batch.
/// </summary>
/// <remarks>Weights, each [C]: gamma, beta.</remarks>
/// <param name="Groups">Number of groups; the channels are a multiple of it.</param>
public sealed record GroupNorm(int Groups) : Layer
{
    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>What is done to the result.</summary>
    public Activation Activation { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var shape = new Shape(inputs[0].Shape[-1]);
        var gamma = c.Bias("gamma", shape, Initialiser.Ones);
        var beta = c.Bias("beta", shape);
        return c.Activate(
            c.Add(new Operators.GroupNorm(Groups, Epsilon), inputs[0], gamma, beta), Activation);
    }
}
