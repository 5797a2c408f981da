using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>A picture a whole number of times as large: [H, W, C] to [H FH, W FW, C].</summary>
/// <param name="Factor">How many times.</param>
public sealed record UpSampling2D(Size2 Factor) : Layer
{
    /// <summary>How pixels get their values.</summary>
    public UpsampleMode Mode { get; init; }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var shape = inputs[0].Shape;
        var size = new Upsample2D(shape.H * Factor.Height, shape.W * Factor.Width, Mode);
        return c.Add(size, inputs[0]);
    }
}

/// <summary>Zeros around a picture: [H, W, C] to [H + vertical, W + horizontal, C].</summary>
/// <param name="Padding">How many rows and columns, on each side.</param>
public sealed record ZeroPadding2D(Padding2 Padding) : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) => c.Add(
        new Pad([0, Padding.Top, Padding.Left, 0], [0, Padding.Bottom, Padding.Right, 0]),
        inputs[0]);
}

/// <summary>
/// A picture without its outermost rows and columns: [H, W, C] to [H - vertical, W - horizontal, C].
/// </summary>
/// <param name="Cut">How many rows and columns, on each side.</param>
public sealed record Cropping2D(Padding2 Cut) : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) => c.Add(
        new Pad([0, -Cut.Top, -Cut.Left, 0], [0, -Cut.Bottom, -Cut.Right, 0]), inputs[0]);
}

/// <summary>
/// The first picture with as many rows and columns as the second, whose numbers are not read: what
/// is missing below and to the right repeats the edge, what is too much there is cut off.
/// </summary>
/// <remarks>
/// Where a picture of odd size was halved and doubled again, a row or column is missing: [H, W, C],
/// [OH, OW, any] to [OH, OW, C].
/// </remarks>
public sealed record MatchSize2D : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        if (inputs.Count != 2)
        {
            throw new ShapeException($"takes a picture and one of the size wanted, has {inputs.Count}");
        }

        var (x, like) = (inputs[0].Shape, inputs[1].Shape);
        var (rows, columns) = (like.H - x.H, like.W - x.W);
        return rows == 0 && columns == 0 ? inputs[0] : c.Add(
            new Pad([0, 0, 0, 0], [0, rows, columns, 0], Mode: PadMode.Edge), inputs[0]);
    }
}

/// <summary>The numbers of a sample under another shape, in the same order.</summary>
/// <param name="Target">The new shape of one sample, with as many numbers.</param>
public sealed record Reshape(Shape Target) : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) => c.Add(
        new Kernels.Operators.Reshape(new Shape([inputs[0].Shape[0], .. Target.Sizes])), inputs[0]);
}
