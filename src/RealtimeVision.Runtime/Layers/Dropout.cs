using RealtimeVision.Kernels.Graph;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

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

        return c.IsTraining && Rate > 0
            ? c.Add(new Operators.Dropout(Rate, c.RandomStream, c.Seed), inputs[0], c.Step())
            : inputs[0];
    }
}
