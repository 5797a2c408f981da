using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// What indices take out of tensors or put into them. Indices that are known are checked here;
/// kernels take the nearest entry for one that is outside, and leave updates there out.
/// </summary>
internal static class Indexing
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("Gather", Gather),
        OperatorMapper.Of("GatherElements", GatherElements),
        OperatorMapper.Of("GatherND", GatherNd),
        OperatorMapper.Of("Scatter", ScatterElements),
        OperatorMapper.Of("ScatterElements", ScatterElements),
        OperatorMapper.Of("ScatterND", ScatterNd),
        OperatorMapper.Of("Compress", Compress),
    ];

    private static ImportedTensor Gather(NodeContext n)
    {
        var x = n.Input(0);
        int axis = n.Axis(n.Node.Int("axis", 0), x.Rank);
        var indices = Indices(n);
        if (indices is not HostTensor known)
        {
            return Gather(n, n.Graph.ToGraph(x), axis, indices);
        }

        int[] entries = Entries(known, x.Shape, axis);
        var shape = new Shape(
            [.. x.Shape.Sizes[..axis], .. indices.Shape.Sizes, .. x.Shape.Sizes[(axis + 1)..]]);
        return x is HostTensor host
            ? host.Take(shape, IndexWalk.Gather(x.Shape, axis, entries))
            : IsSlice(entries, out int start, out int step)
                ? n.Graph.Reshape(
                    n.Graph.Slice((GraphTensor)x, axis, start, entries.Length, step), shape)
            : Gather(n, (GraphTensor)x, axis, indices);
    }

    // The axes of the indices lie where the axis did, so that nothing is moved but entries.
    private static GraphTensor Gather(
        NodeContext n, GraphTensor x, int axis, ImportedTensor indices)
    {
        var value = n.Graph.Add(
            new Gather(x.DimensionOf(axis)), x.Value, n.Graph.InOrder(indices));
        IntList order =
        [
            .. x.Order.Values.ToArray().SelectMany(a =>
                a == axis ? Enumerable.Range(axis, indices.Rank)
                : [a < axis ? a : a + indices.Rank - 1]),
        ];
        return new GraphTensor(value, order);
    }

    private static GraphTensor GatherElements(NodeContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        int axis = n.Axis(n.Node.Int("axis", 0), x.Rank);
        var indices = Indices(n);
        RequireRank(indices, x);
        if (indices is HostTensor known)
        {
            _ = Entries(known, x.Shape, axis);
        }

        // Along the other axes the indices may end earlier.
        x = n.Graph.Slice(
            x, new int[x.Rank], indices.Shape.With(axis, x.Shape[axis]),
            [.. Enumerable.Repeat(1, x.Rank)]);
        var gather = new GatherElements(x.DimensionOf(axis));
        return new GraphTensor(
            n.Graph.Add(gather, x.Value, n.Graph.InOrder(indices, x.Order)), x.Order);
    }

    private static GraphTensor GatherNd(NodeContext n)
    {
        var x = n.Input(0);
        var indices = Indices(n);
        int batch = n.Node.Int("batch_dims", 0);
        CheckTuples(indices, x.Shape, batch);
        return new GraphTensor(n.Graph.Add(
            new GatherNd(batch), n.Graph.InOrder(x), n.Graph.InOrder(indices)));
    }

    private static GraphTensor ScatterElements(NodeContext n)
    {
        var data = n.Graph.ToGraph(n.Input(0));
        int axis = n.Axis(n.Node.Int("axis", 0), data.Rank);
        var indices = Indices(n);
        RequireRank(indices, data);
        if (indices is HostTensor known)
        {
            _ = Entries(known, data.Shape, axis);
        }

        return Scatter(n, data, indices, axis, Reduction(n, data));
    }

    // Along the other axes the indices may end earlier: what is behind stays as it is.
    private static GraphTensor Scatter(
        NodeContext n,
        GraphTensor data,
        ImportedTensor indices,
        int axis,
        ScatterReduction reduction)
    {
        for (int a = 0; a < data.Rank; a++)
        {
            int size = indices.Shape[a];
            if (a != axis && size < data.Shape[a])
            {
                var changed = Scatter(
                    n, n.Graph.Slice(data, a, 0, size), indices, axis, reduction);
                var rest = n.Graph.Slice(data, a, size, data.Shape[a] - size);
                return n.Graph.Concat([changed, rest], a);
            }
        }

        var scatter = new ScatterElements(data.DimensionOf(axis), reduction);
        return new GraphTensor(
            n.Graph.Add(
                scatter,
                data.Value,
                n.Graph.InOrder(indices, data.Order),
                n.Graph.InOrder(n.Input(2), data.Order)),
            data.Order);
    }

    private static GraphTensor ScatterNd(NodeContext n)
    {
        var data = n.Input(0);
        var indices = Indices(n);
        CheckTuples(indices, data.Shape, 0);
        return new GraphTensor(n.Graph.Add(
            new ScatterNd(Reduction(n, data)),
            n.Graph.InOrder(data),
            n.Graph.InOrder(indices),
            n.Graph.InOrder(n.Input(2))));
    }

    // The entries where a condition holds; how many decides the shape, so that it has to be known.
    private static ImportedTensor Compress(NodeContext n)
    {
        var x = n.Input(0);
        bool isWhole = !n.Node.Has("axis");
        int axis = isWhole ? 0 : n.Axis(n.Node.Int("axis"), x.Rank);
        long[] condition = n.ConstantInts(1, "its condition, which decides the shape, does");
        if (isWhole)
        {
            var flat = new Shape(checked((int)x.Shape.Count));
            x = x is HostTensor known ? known.Reshape(flat) : n.Graph.Reshape((GraphTensor)x, flat);
        }

        int[] entries = [.. Enumerable.Range(0, condition.Length).Where(i => condition[i] != 0)];
        if (entries.Length > 0 && entries[^1] >= x.Shape[axis])
        {
            throw new ShapeException(
                $"a condition of {condition.Length} is too long for axis {axis} of {x.Shape}");
        }

        return x is HostTensor host
            ? host.Take(
                x.Shape.With(axis, entries.Length), IndexWalk.Gather(x.Shape, axis, entries))
            : IsSlice(entries, out int start, out int step)
                ? n.Graph.Slice((GraphTensor)x, axis, start, entries.Length, step)
            : Gather(n, (GraphTensor)x, axis, HostTensor.Sizes(
                n.Node.Name + "/Entries", Array.ConvertAll(entries, e => (long)e)));
    }

    private static ImportedTensor Indices(NodeContext n) =>
        n.Input(1) is { Element: ElementType.Int32 } indices ? indices
        : throw NodeContext.Unsupported(
            $"indices of type {n.Input(1).Element} are not supported: they have to be integers");

    private static void RequireRank(ImportedTensor indices, ImportedTensor x)
    {
        if (indices.Rank != x.Rank)
        {
            throw new ShapeException($"indices {indices.Shape} do not fit {x.Shape}");
        }
    }

    // Known indices along an axis, from its beginning.
    private static int[] Entries(HostTensor indices, Shape x, int axis) => Array.ConvertAll(
        indices.Integers, i => i >= -x[axis] && i < x[axis] ? (int)(i < 0 ? i + x[axis] : i)
            : throw new ShapeException($"there is no entry {i} along axis {axis} of {x}"));

    private static void CheckTuples(ImportedTensor indices, Shape x, int first)
    {
        if (indices is not HostTensor { Rank: > 0 } known || first + known.Shape[-1] > x.Rank)
        {
            return;
        }

        int depth = known.Shape[-1];
        for (int i = 0; i < known.Count; i++)
        {
            int axis = first + (i % depth);
            if (known.Integers[i] is var index && (index < -x[axis] || index >= x[axis]))
            {
                throw new ShapeException($"there is no entry {index} along axis {axis} of {x}");
            }
        }
    }

    // Neighbours, or entries in equal steps, are one slice.
    private static bool IsSlice(int[] entries, out int start, out int step)
    {
        int first = entries.Length > 0 ? entries[0] : 0;
        int between = entries.Length > 1 ? entries[1] - first : 1;
        (start, step) = (first, between);
        return between != 0 && !entries.Where((e, i) => e != first + (i * between)).Any();
    }

    private static ScatterReduction Reduction(NodeContext n, ImportedTensor data)
    {
        string name = n.Node.Text("reduction", "none");
        var reduction = name switch
        {
            "none" => ScatterReduction.None,
            "add" => ScatterReduction.Add,
            "mul" => ScatterReduction.Multiply,
            "min" => ScatterReduction.Minimum,
            "max" => ScatterReduction.Maximum,
            _ => throw n.Node.Bad($"'{name}' is no reduction", "reduction"),
        };
        return reduction == ScatterReduction.None || data.Element != ElementType.UInt8
            ? reduction
            : throw NodeContext.Unsupported($"no kernel does '{name}' on bytes");
    }
}
