using RealtimeVision.Kernels.Graph;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Modules that see each step of a sequence as a sample of its own: [T, ...] to [T, ...].
/// </summary>
/// <remarks>
/// The steps of all samples become one batch, once for all modules, which costs nothing.
/// </remarks>
/// <param name="Modules">Layers and blocks, in their order.</param>
public sealed record TimeDistributed(params IReadOnlyList<Module> Modules) : Block
{
    /// <inheritdoc/>
    protected override Symbol Expand(IReadOnlyList<Symbol> inputs)
    {
        var steps = inputs[0].Then([new FoldTime(), .. Modules]);
        return new UnfoldTime().On(steps, inputs[0]);
    }
}

/// <summary>
/// The steps of a sequence as samples of their own: [T, ...] to T samples [...]. What follows sees
/// no time, until <see cref="UnfoldTime"/>.
/// </summary>
public sealed record FoldTime : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var shape = inputs[0].Shape;
        return shape.Rank < 3
            ? throw new ShapeException($"takes a sequence of tensors, not {shape}")
            : c.Add(
                new Operators.Reshape(new Shape([shape[0] * shape[1], .. shape.Sizes[2..]])),
                inputs[0]);
    }
}

/// <summary>
/// The opposite of <see cref="FoldTime"/>: takes what was made of the steps, and the sequence that
/// they were steps of, whose numbers are not read; T samples [...], [T, ...] to [T, ...].
/// </summary>
public sealed record UnfoldTime : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        if (inputs.Count != 2)
        {
            throw new ShapeException($"takes steps and the sequence of before, has {inputs.Count}");
        }

        var (steps, sequence) = (inputs[0].Shape, inputs[1].Shape);
        return c.Add(
            new Operators.Reshape(new Shape([sequence[0], sequence[1], .. steps.Sizes[1..]])),
            inputs[0]);
    }
}
