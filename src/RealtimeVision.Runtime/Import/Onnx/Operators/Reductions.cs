using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>One number of many along some axes.</summary>
internal static class Reductions
{
    public static IEnumerable<OperatorMapper> All =>
    [
        Of("ReduceMean", ReduceKind.Mean),
        Of("ReduceSum", ReduceKind.Sum),
        Of("ReduceMax", ReduceKind.Max),
        Of("ReduceMin", ReduceKind.Min),
        Of("ReduceL1", ReduceKind.Sum, before: Unary.Abs),
        Of("ReduceL2", ReduceKind.Sum, before: Unary.Square, after: Unary.Sqrt),
        Of("ReduceSumSquare", ReduceKind.Sum, before: Unary.Square),
        Of("ReduceLogSum", ReduceKind.Sum, after: Unary.Log),
        OperatorMapper.Of("ReduceProd", Product),
        OperatorMapper.Of("ArgMax", ArgMax),
    ];

    /// <summary>The reduction of a tensor along axes.</summary>
    public static GraphTensor Reduce(
        NodeContext n, GraphTensor x, ReduceKind kind, int[] axes, bool keep)
    {
        if (axes.Length == 0)
        {
            return x;
        }

        var reduce = new Reduce(kind, [.. axes.Select(x.DimensionOf).Order()], KeepDims: true);
        var y = new GraphTensor(n.Graph.Add(reduce, x.Value), x.Order);
        return keep ? y : n.Graph.Reshape(y, Without(y.Shape, axes));
    }

    private static OperatorMapper Of(
        string name, ReduceKind kind, UnaryFunction? before = null, UnaryFunction? after = null) =>
        OperatorMapper.Of(name, n =>
        {
            var x = n.Floats(0);
            x = before is null ? x : n.Graph.Pointwise(x, before);
            x = Reduce(n, x, kind, AxesOf(n, x.Rank), n.Node.Flag("keepdims", true));
            return after is null ? x : n.Graph.Pointwise(x, after);
        });

    private static int[] AxesOf(NodeContext n, int rank)
    {
        long[] axes = n.Ints("axes", 1) ?? [];
        return axes.Length > 0 ? n.AxesOf(axes, rank)
            : n.Node.Flag("noop_with_empty_axes") ? [] : [.. Enumerable.Range(0, rank)];
    }

    // Of sizes only: networks count elements with it.
    private static HostTensor Product(NodeContext n)
    {
        var x = n.Constant(0, "products of elements");
        if (AxesOf(n, x.Rank).Length != x.Rank)
        {
            throw NodeContext.Unsupported("products along some of the axes are not supported");
        }

        var shape = n.Node.Flag("keepdims", true)
            ? new Shape([.. Enumerable.Repeat(1, x.Rank)])
            : new Shape();
        return x.IsFloat ? n.Host(shape, [x.Floats.Aggregate(1f, (p, f) => p * f)])
            : n.Host(shape, [x.Integers.Aggregate(1L, (p, i) => p * i)], x.Type);
    }

    private static GraphTensor ArgMax(NodeContext n)
    {
        var x = n.Floats(0);
        int axis = n.Axis(n.Node.Int("axis", 0), x.Rank);
        var argMax = new ArgMax(
            x.DimensionOf(axis), KeepDims: true, n.Node.Flag("select_last_index"));
        var y = new GraphTensor(n.Graph.Add(argMax, x.Value), x.Order);
        return n.Node.Flag("keepdims", true) ? y : n.Graph.Reshape(y, Without(y.Shape, [axis]));
    }

    private static Shape Without(Shape shape, int[] axes) =>
        new([.. Enumerable.Range(0, shape.Rank).Except(axes).Select(axis => shape[axis])]);
}
