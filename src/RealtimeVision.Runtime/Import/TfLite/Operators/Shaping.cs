using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Other sizes, or another order of axes, for the same elements.</summary>
internal static class Shaping
{
    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of("RESHAPE", Reshape),
        TfLiteMapper.Of("SQUEEZE", Squeeze),
        TfLiteMapper.Of("EXPAND_DIMS", n => To(
            n,
            n.Input(0),
            With(n.Input(0).Shape, n.Axis(n.Int(1, "its axis"), n.Input(0).Rank + 1)))),
        TfLiteMapper.Of("TRANSPOSE", Transpose),
        TfLiteMapper.Of("SHAPE", n => HostTensor.Sizes(
            n.Node.Name, [.. n.Input(0).Shape.Sizes.ToArray().Select(size => (long)size)])),
    ];

    /// <summary>The sizes with a 1 put in as an axis.</summary>
    public static Shape With(Shape shape, int axis) =>
        new([.. shape.Sizes[..axis], 1, .. shape.Sizes[axis..]]);

    /// <summary>The sizes without an axis.</summary>
    public static Shape Without(Shape shape, int axis) =>
        new([.. shape.Sizes[..axis], .. shape.Sizes[(axis + 1)..]]);

    private static ImportedTensor To(TfLiteContext n, ImportedTensor x, Shape shape) =>
        x is HostTensor host && host.Shape.Count == shape.Count ? host.Reshape(shape)
            : n.Graph.Reshape(n.Graph.ToGraph(x), shape);

    private static ImportedTensor Reshape(TfLiteContext n)
    {
        var x = n.Input(0);
        int[] sizes = n.Optional(1) is null
            ? n.Node.Ints(0, "new_shape") : n.Ints(1, "its sizes");
        int free = Array.IndexOf(sizes, -1);
        if (sizes.Any(size => size < -1) || Array.LastIndexOf(sizes, -1) != free)
        {
            throw n.Node.Bad($"[{string.Join(", ", sizes)}] is no shape");
        }

        if (free >= 0)
        {
            long known = sizes.Where(size => size >= 0).Aggregate(1L, (a, b) => checked(a * b));
            sizes = [.. sizes];
            sizes[free] = known > 0 ? checked((int)(x.Shape.Count / known)) : 0;
        }

        return To(n, x, new Shape(sizes));
    }

    private static ImportedTensor Squeeze(TfLiteContext n)
    {
        var x = n.Input(0);
        int[] axes = [.. n.Node.Ints(0, "squeeze_dims").Select(axis => n.Axis(axis, x.Rank))];
        if (axes.Length == 0)
        {
            axes = [.. Enumerable.Range(0, x.Rank).Where(axis => x.Shape[axis] == 1)];
        }

        return To(n, x, new Shape(
            [.. Enumerable.Range(0, x.Rank).Except(axes).Select(axis => x.Shape[axis])]));
    }

    private static GraphTensor Transpose(TfLiteContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        int[] permutation = n.Ints(1, "its order of axes");
        return permutation.Order().SequenceEqual(Enumerable.Range(0, x.Rank))
            ? x.Permuted(permutation)
            : throw n.Node.Bad(
                $"[{string.Join(", ", permutation)}] is no order of {x.Rank} axes", "inputs[1]");
    }
}
