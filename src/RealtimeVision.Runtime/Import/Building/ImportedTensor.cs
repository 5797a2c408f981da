using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Import.Building;

/// <summary>
/// A tensor of an ONNX graph while it is built: a <see cref="HostTensor"/> where its elements are
/// known, else a <see cref="GraphTensor"/>.
/// </summary>
internal abstract class ImportedTensor
{
    /// <summary>Sizes of the axes as the file has them, whatever the order in memory.</summary>
    public abstract Shape Shape { get; }

    /// <summary>Element type in the graph.</summary>
    public abstract ElementType Element { get; }

    /// <summary>Number of axes.</summary>
    public int Rank => Shape.Rank;
}

/// <summary>
/// A tensor that the graph computes, and the order in which its axes lie in memory.
/// </summary>
internal sealed class GraphTensor : ImportedTensor
{
    /// <summary>Makes a tensor of a value whose dimension i is axis order[i].</summary>
    public GraphTensor(Value value, IntList order)
    {
        Value = value;
        Order = order;
        var sizes = new int[order.Count];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[order[i]] = value.Shape[i];
        }

        Shape = new Shape(sizes);
    }

    /// <summary>A tensor in the file's own order.</summary>
    public GraphTensor(Value value)
        : this(value, Axes.Identity(value.Shape.Rank))
    {
    }

    /// <summary>The value, in memory's order.</summary>
    public Value Value { get; }

    /// <summary>For each dimension of <see cref="Value"/> the axis that it is.</summary>
    public IntList Order { get; }

    /// <inheritdoc/>
    public override Shape Shape { get; }

    /// <inheritdoc/>
    public override ElementType Element => Value.Type.Element;

    /// <summary>The dimension of <see cref="Value"/> that an axis is.</summary>
    public int DimensionOf(int axis) => Order.Values.IndexOf(axis);

    /// <summary>
    /// The same memory with its axes renamed: axis i of the result is axis permutation[i] of this.
    /// ONNX's Transpose, at no cost.
    /// </summary>
    public GraphTensor Permuted(ReadOnlySpan<int> permutation)
    {
        var order = new int[Order.Count];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = permutation.IndexOf(Order[i]);
        }

        return new GraphTensor(Value, [.. order]);
    }
}
