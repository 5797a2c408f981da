using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>The sum of two tensors or more, which broadcast to one shape.</summary>
/// <remarks>
/// Sizes of 1 are repeated, but all have the same number of dimensions: [1, 1, C] goes with
/// [H, W, C], [C] does not.
/// </remarks>
public sealed record Add : Layer
{
    /// <summary>What is done to the sum.</summary>
    public Activation Activation { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Activate(Merging.Fold(c, Binary.Add, inputs), Activation);
}

/// <summary>The product of two tensors or more, which broadcast to one shape.</summary>
/// <remarks>
/// Sizes of 1 are repeated, but all have the same number of dimensions: [1, 1, C] scales the
/// channels of [H, W, C].
/// </remarks>
public sealed record Multiply : Layer
{
    /// <summary>What is done to the product.</summary>
    public Activation Activation { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Activate(Merging.Fold(c, Binary.Multiply, inputs), Activation);
}

/// <summary>Tensors one after the other along a dimension, the channels unless told.</summary>
public sealed record Concatenate : Layer
{
    /// <summary>
    /// The dimension: 0 is a sample's first, negative ones count from the end. The others are of the
    /// same size.
    /// </summary>
    public int Axis { get; init; } = -1;

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Add(new Concat(Axis < 0 ? Axis : Axis + 1), [.. inputs]);
}

/// <summary>What layers of several inputs have in common.</summary>
internal static class Merging
{
    public static Value Fold(LayerContext c, BinaryFunction function, IReadOnlyList<Value> inputs)
    {
        var sum = inputs[0];
        for (int i = 1; i < inputs.Count; i++)
        {
            if (inputs[i].Shape.Rank != inputs[0].Shape.Rank)
            {
                throw new ShapeException(
                    $"{inputs[0].Shape} and {inputs[i].Shape} differ in their number of dimensions");
            }

            sum = c.Add(new Operators.Pointwise(function), sum, inputs[i]);
        }

        return sum;
    }
}
