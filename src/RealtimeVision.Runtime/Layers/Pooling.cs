using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>The greatest number of each window: [H, W, C] to [OH, OW, C].</summary>
/// <param name="Size">Rows and columns of a window.</param>
public sealed record MaxPooling2D(Size2 Size) : Layer
{
    /// <summary>Steps between windows; null for the window's size.</summary>
    public Size2? Stride { get; init; }

    /// <summary>Rows and columns around the picture, which are never the greatest.</summary>
    public Padding2 Padding { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Add(new MaxPool2D(new Window2(Size, Stride ?? Size, Padding, 1)), inputs[0]);
}

/// <summary>The mean of each window: [H, W, C] to [OH, OW, C].</summary>
/// <param name="Size">Rows and columns of a window.</param>
public sealed record AveragePooling2D(Size2 Size) : Layer
{
    /// <summary>Steps between windows; null for the window's size.</summary>
    public Size2? Stride { get; init; }

    /// <summary>Rows and columns around the picture, which do not count.</summary>
    public Padding2 Padding { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Add(new AvgPool2D(new Window2(Size, Stride ?? Size, Padding, 1)), inputs[0]);
}

/// <summary>The mean of all pixels: [H, W, C] to [C].</summary>
public sealed record GlobalAveragePooling2D : Layer
{
    /// <summary>True to keep rows and columns: [1, 1, C].</summary>
    public bool KeepDimensions { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var mean = c.Add(new GlobalAvgPool2D(), inputs[0]);
        return KeepDimensions ? mean
            : c.Add(new Operators.Reshape(new Shape(mean.Shape.N, mean.Shape.C)), mean);
    }
}

/// <summary>The greatest number of all pixels: [H, W, C] to [C].</summary>
public sealed record GlobalMaxPooling2D : Layer
{
    /// <summary>True to keep rows and columns: [1, 1, C].</summary>
    public bool KeepDimensions { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Add(new Reduce(ReduceKind.Max, [1, 2], KeepDimensions), inputs[0]);
}
