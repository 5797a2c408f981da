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

/// <summary>
/// Numbers that become 0 at random in training, the others made larger so that the mean stays
/// (Srivastava et al. 2014). Outside of training it does nothing.
/// </summary>
/// <param name="Rate">The share that becomes 0, from 0 up to, not with, 1.</param>
public sealed record Dropout(float Rate) : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        if (Rate is not (>= 0 and < 1))
        {
            throw new ShapeException($"the rate has to be from 0 to less than 1, is {Rate}");
        }

        int stream = (int)(c.RandomStream & int.MaxValue);
        return c.IsTraining && Rate > 0
            ? c.Add(new Operators.Dropout(Rate, stream), inputs[0], c.Step()) : inputs[0];
    }
}

/// <summary>An activation that stands alone, where no layer before it has one.</summary>
/// <param name="Function">The function.</param>
public sealed record ActivationLayer(Activation Function) : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Activate(inputs[0], Function);
}
