using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015) of the last dimension: the batch's statistics in
/// training, running ones after it.
/// </summary>
/// <remarks>
/// Weights, each [C]: gamma, beta; statistics mean and variance. A training step moves the
/// statistics by the batch's mean and its unbiased variance, as PyTorch does.
/// </remarks>
public sealed record BatchNorm : Layer
{
    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The batch's share of the running statistics.</summary>
    public float Momentum { get; init; } = 0.1f;

    /// <summary>What is done to the result.</summary>
    public Activation Activation { get; init; }

    /// <summary>
    /// First values of the scale; zeros let a residual branch begin as nothing.
    /// </summary>
    public Initialiser GammaInitialiser { get; init; } = Initialiser.Ones;

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var x = inputs[0];
        var shape = new Shape(x.Shape[-1]);
        var gamma = c.Bias("gamma", shape, GammaInitialiser);
        var beta = c.Bias("beta", shape);
        var mean = c.Statistic("mean", shape, Initialiser.Zeros);
        var variance = c.Statistic("variance", shape, Initialiser.Ones);
        if (!c.IsTraining)
        {
            return c.Activate(
                c.Add(new Operators.BatchNorm(Epsilon), x, gamma, beta, mean, variance), Activation);
        }

        var outputs = c.AddNode(new BatchNormTraining(Epsilon), x, gamma, beta).Outputs;
        long count = x.Shape.Count / x.Shape[-1];
        Follow(c, "mean", mean, outputs[BatchNormTraining.Mean], 1);
        Follow(
            c, "variance", variance, outputs[BatchNormTraining.Variance],
            (float)count / Math.Max(count - 1, 1));
        return c.Activate(outputs[0], Activation);
    }

    // running + momentum (scale batch - running)
    private void Follow(LayerContext c, string name, Value running, Value batch, float scale)
    {
        var kept = c.Add(new Pointwise(Unary.Affine, 1 - Momentum), running);
        var added = c.Add(new Pointwise(Unary.Affine, Momentum * scale), batch);
        c.Update(name, c.Add(new Pointwise(Binary.Add), kept, added));
    }
}
