using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

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
        Of("ReduceProd", ReduceKind.Product),
        Of("ReduceL1", ReduceKind.SumOfMagnitudes),
        Of("ReduceL2", ReduceKind.SumOfSquares, after: Unary.Sqrt),
        Of("ReduceSumSquare", ReduceKind.SumOfSquares),
        Of("ReduceLogSum", ReduceKind.Sum, after: Unary.Log),
        OperatorMapper.Of("ReduceLogSumExp", LogSumExp),
        OperatorMapper.Of("ArgMax", n => ArgMax(n, isSmallest: false)),
        OperatorMapper.Of("ArgMin", n => ArgMax(n, isSmallest: true)),
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
        string name, ReduceKind kind, UnaryFunction? after = null) =>
        OperatorMapper.Of(name, n =>
        {
            if (kind == ReduceKind.Product && n.Input(0) is HostTensor sizes
                && AxesOf(n, sizes.Rank).Length == sizes.Rank)
            {
                return ProductOfAll(n, sizes);
            }

            bool takesIntegers = kind is ReduceKind.Sum or ReduceKind.Product or ReduceKind.Max
                or ReduceKind.Min;
            var x = takesIntegers && n.Input(0).Element == ElementType.Int32
                ? n.Graph.ToGraph(n.Input(0))
                : n.Floats(0);
            int[] axes = AxesOf(n, x.Rank);
            x = axes.Length == 0 && kind == ReduceKind.SumOfMagnitudes
                ? n.Graph.Pointwise(x, Unary.Abs)
                : axes.Length == 0 && kind == ReduceKind.SumOfSquares
                ? n.Graph.Pointwise(x, Unary.Square)
                : Reduce(n, x, kind, axes, n.Node.Flag("keepdims", true));
            return after is null ? x : n.Graph.Pointwise(x, after);
        });

    // With the largest taken off first, nothing overflows; it is cut to finite numbers, since
    // infinity less itself is none.
    private static GraphTensor LogSumExp(NodeContext n)
    {
        var x = n.Floats(0);
        int[] axes = AxesOf(n, x.Rank);
        var largest = n.Graph.Pointwise(
            Reduce(n, x, ReduceKind.Max, axes, keep: true),
            Unary.Clip, float.MinValue, float.MaxValue);
        var powers = n.Graph.Pointwise(
            x, new(new ChainLink(Binary.Subtract), new ChainLink(Unary.Exp)), largest);
        var y = n.Graph.Pointwise(
            Reduce(n, powers, ReduceKind.Sum, axes, keep: true),
            new(new ChainLink(Unary.Log), new ChainLink(Binary.Add)), largest);
        return n.Node.Flag("keepdims", true) ? y : n.Graph.Reshape(y, Without(y.Shape, axes));
    }

    private static int[] AxesOf(NodeContext n, int rank)
    {
        long[] axes = n.Ints("axes", 1) ?? [];
        return axes.Length > 0 ? n.AxesOf(axes, rank)
            : n.Node.Flag("noop_with_empty_axes") ? [] : [.. Enumerable.Range(0, rank)];
    }

    // Networks count elements with it.
    private static HostTensor ProductOfAll(NodeContext n, HostTensor x)
    {
        var shape = n.Node.Flag("keepdims", true)
            ? new Shape([.. Enumerable.Repeat(1, x.Rank)])
            : new Shape();
        return x.IsFloat ? n.Host(shape, [x.Floats.Aggregate(1f, (p, f) => p * f)])
            : n.Host(shape, [x.Integers.Aggregate(1L, (p, i) => p * i)], x.Type);
    }

    private static GraphTensor ArgMax(NodeContext n, bool isSmallest)
    {
        var x = n.Floats(0);
        int axis = n.Axis(n.Node.Int("axis", 0), x.Rank);
        var argMax = new ArgMax(
            x.DimensionOf(axis), KeepDims: true, n.Node.Flag("select_last_index"), isSmallest);
        var y = new GraphTensor(n.Graph.Add(argMax, x.Value), x.Order);
        return n.Node.Flag("keepdims", true) ? y : n.Graph.Reshape(y, Without(y.Shape, [axis]));
    }

    private static Shape Without(Shape shape, int[] axes) =>
        new([.. Enumerable.Range(0, shape.Rank).Except(axes).Select(axis => shape[axis])]);
}
