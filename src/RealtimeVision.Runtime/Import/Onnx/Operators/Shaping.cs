using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// The same elements under other sizes, in another order of axes, or as another type.
/// </summary>
internal static class Shaping
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("Reshape", n => Reshape(n, ReshapeSizes(n))),
        OperatorMapper.Of("Flatten", Flatten),
        OperatorMapper.Of("Squeeze", Squeeze),
        OperatorMapper.Of("Unsqueeze", Unsqueeze),
        OperatorMapper.Of("Transpose", Transpose),
        OperatorMapper.Of("Identity", n => n.Input(0)),
        new("Dropout", Dropout),
        OperatorMapper.Of("Cast", Cast),
        OperatorMapper.Of("CastLike", CastLike),
    ];

    /// <summary>The same elements under other sizes.</summary>
    public static ImportedTensor Reshape(NodeContext n, ImportedTensor x, Shape shape)
    {
        if (x is not HostTensor host)
        {
            return n.Graph.Reshape((GraphTensor)x, shape);
        }

        return host.Count == shape.Count ? host.Reshape(shape)
            : throw new ShapeException(
                $"{host.Shape} has {host.Count} elements, {shape} has {shape.Count}");
    }

    /// <summary>A tensor with a new axis of size 1.</summary>
    public static ImportedTensor WithAxis(NodeContext n, ImportedTensor x, int axis) =>
        Reshape(n, x, new Shape([.. x.Shape.Sizes[..axis], 1, .. x.Shape.Sizes[axis..]]));

    private static ImportedTensor Reshape(NodeContext n, Shape shape) =>
        Reshape(n, n.Input(0), shape);

    private static Shape ReshapeSizes(NodeContext n)
    {
        var x = n.Input(0).Shape;
        long[] wanted = n.Ints("shape", 1) ?? throw n.Node.Bad("the shape is missing", "shape");
        bool allowsZero = n.Node.Flag("allowzero");
        var sizes = new int[wanted.Length];
        int open = -1;
        for (int i = 0; i < sizes.Length; i++)
        {
            switch (wanted[i])
            {
                case -1 when open < 0:
                    (open, sizes[i]) = (i, 1);
                    break;
                case 0 when !allowsZero:
                    sizes[i] = i < x.Rank
                        ? x[i]
                        : throw n.Node.Bad($"{x} has no axis {i} to copy the size of", "input[1]");
                    break;
                case >= 0 and <= int.MaxValue:
                    sizes[i] = (int)wanted[i];
                    break;
                default:
                    throw n.Node.Bad($"[{string.Join(", ", wanted)}] is no shape", "input[1]");
            }
        }

        if (open >= 0)
        {
            long rest = new Shape(sizes).Count;
            sizes[open] = rest > 0 && x.Count % rest == 0 ? checked((int)(x.Count / rest))
                : throw new ShapeException(
                    $"{x} does not reshape to [{string.Join(", ", wanted)}]");
        }

        return new Shape(sizes);
    }

    private static ImportedTensor Flatten(NodeContext n)
    {
        var x = n.Input(0).Shape;
        int axis = n.Node.Int("axis", 1);
        axis = axis == x.Rank ? axis : n.Axis(axis, x.Rank);
        return Reshape(
            n, new Shape(checked((int)x.Product(0, axis)), checked((int)x.Product(axis, x.Rank))));
    }

    private static ImportedTensor Squeeze(NodeContext n)
    {
        var x = n.Input(0).Shape;
        int[] axes = n.Ints("axes", 1) is { } given ? n.AxesOf(given, x.Rank)
            : [.. Enumerable.Range(0, x.Rank).Where(i => x[i] == 1)];
        return Array.Find(axes, axis => x[axis] != 1) is var wide && axes.Contains(wide)
            && x[wide] != 1
            ? throw new ShapeException($"axis {wide} of {x} is not of size 1")
            : Reshape(
                n, new Shape(
                    [.. Enumerable.Range(0, x.Rank).Except(axes).Select(axis => x[axis])]));
    }

    private static ImportedTensor Unsqueeze(NodeContext n)
    {
        var x = n.Input(0).Shape;
        long[] given = n.Ints("axes", 1) ?? throw n.Node.Bad("the axes are missing", "axes");
        int[] axes = n.AxesOf(given, x.Rank + given.Length);
        var sizes = new Queue<int>(x.Sizes.ToArray());
        return Reshape(
            n, new Shape(
                [.. Enumerable.Range(0, x.Rank + axes.Length).Select(
                    i => axes.Contains(i) ? 1 : sizes.Dequeue())]));
    }

    private static ImportedTensor Transpose(NodeContext n)
    {
        var x = n.Input(0);
        int[] order = n.Node.Ints("perm") is { } given ? n.AxesOf(given, x.Rank)
            : [.. Enumerable.Range(0, x.Rank).Reverse()];
        if (order.Length != x.Rank)
        {
            throw n.Node.Bad($"{order.Length} axes for {x.Shape}", "perm");
        }

        return x switch
        {
            GraphTensor tensor => tensor.Permuted(order),
            HostTensor host => host.Derive(
                $"transposed {string.Join(' ', order)}",
                h => h.Take(
                    Axes.Permute(h.Shape, [.. order]), IndexWalk.Permutation(h.Shape, [.. order]))),
            _ => throw new InvalidOperationException(),
        };
    }

    // At inference nothing is dropped, so the mask lets everything through.
    private static ImportedTensor?[] Dropout(NodeContext n)
    {
        var x = n.Input(0);
        bool isTraining = n.Optional(2) is not null
            && n.Constant(2, "whether it is in training mode").Integers[0] != 0;
        float ratio = n.Float("ratio", 1, "the ratio") ?? 0.5f;
        if (isTraining && ratio != 0)
        {
            throw NodeContext.Unsupported(
                "it is in training mode: export the network for inference");
        }

        return n.Node.HasOutput(1) ? [x, Mask(n, x.Shape)] : [x];
    }

    private static HostTensor Mask(NodeContext n, Shape shape)
    {
        var ones = new long[shape.Count];
        Array.Fill(ones, 1);

        // Before operator set 10 the mask had the type of the data.
        var mask = new HostTensor(
            $"{n.Node.Name}/Mask", StorageType.Bool, shape, ones, isFixed: false);
        return n.Opset < 10 ? mask.Cast(StorageType.Float32) : mask;
    }

    private static ImportedTensor Cast(NodeContext n)
    {
        // Before operator set 6 the type was given by name.
        var type = n.Opset >= 6 ? (OnnxDataType)n.Node.Int("to")
            : Enum.TryParse<OnnxDataType>(n.Node.Text("to", ""), ignoreCase: true, out var named)
                ? named
            : throw n.Node.Bad("it is no name of a type", "to");
        return Cast(n, NodeContext.Supported(type));
    }

    // Of a tensor that is computed only the type is known that it runs as.
    private static ImportedTensor CastLike(NodeContext n) => n.Input(1) is HostTensor like
        ? Cast(n, like.Type)
        : Cast(n, n.Input(1).Element switch
        {
            ElementType.Float32 => StorageType.Float32,
            ElementType.Int32 => StorageType.Int32,
            _ => StorageType.UInt8,
        });

    private static ImportedTensor Cast(NodeContext n, StorageType type) => n.Input(0) switch
    {
        HostTensor host =>
            host.Type == type ? host : host.Derive($"cast {type}", h => h.Cast(type)),
        var x when type == StorageType.Bool => n.Graph.Broadcast(
            new Compare(Comparison.NotEqual), x, Zero(n, x.Element)),
        var x => n.Graph.Cast(x, HostTensor.ElementOf(type)),
    };

    private static HostTensor Zero(NodeContext n, ElementType type) => type switch
    {
        ElementType.Float32 => n.Host(new Shape(), [0f]),
        ElementType.Int32 => n.Host(new Shape(), [0L]),
        _ => n.Host(new Shape(), [0L], StorageType.UInt8),
    };
}
