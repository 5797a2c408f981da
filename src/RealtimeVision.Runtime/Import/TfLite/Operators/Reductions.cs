using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>One number of many along some axes, and probabilities along one.</summary>
internal static class Reductions
{
    public static IEnumerable<TfLiteMapper> All =>
    [
        Of("MEAN", ReduceKind.Mean),
        Of("SUM", ReduceKind.Sum),
        Of("REDUCE_MAX", ReduceKind.Max),
        Of("REDUCE_MIN", ReduceKind.Min),
        TfLiteMapper.Of("ARG_MAX", ArgMax),
        TfLiteMapper.Of("SOFTMAX", n => Softmax(n, n.Node.Float(0, "beta"))),
        TfLiteMapper.Of("LOG_SOFTMAX", n => Softmax(n, 1, isLog: true)),
    ];

    private static TfLiteMapper Of(string name, ReduceKind kind) => TfLiteMapper.Of(name, n =>
    {
        var x = n.Floats(0);
        int[] axes = [.. n.Ints(1, "its axes").Select(a => n.Axis(a, x.Rank)).Distinct().Order()];
        bool isPicture = kind == ReduceKind.Mean && x.Rank == 4 && axes is [1, 2];
        var y = axes.Length == 0 ? x
            : isPicture ? new GraphTensor(n.Graph.Add(new GlobalAvgPool2D(), n.Graph.InOrder(x)))
            : new GraphTensor(
                n.Graph.Add(new Reduce(kind, [.. axes.Select(x.DimensionOf).Order()]), x.Value),
                x.Order);
        return n.Node.Flag(0, "keep_dims") ? y : n.Graph.Reshape(y, Without(y.Shape, axes));
    });

    private static GraphTensor ArgMax(TfLiteContext n)
    {
        var x = n.Floats(0);
        int axis = n.Axis(n.Int(1, "its axis"), x.Rank);
        var argMax = new ArgMax(x.DimensionOf(axis), KeepDims: true, SelectLast: false);
        var y = new GraphTensor(n.Graph.Add(argMax, x.Value), x.Order);
        return n.Graph.Reshape(y, Without(y.Shape, [axis]));
    }

    private static GraphTensor Softmax(TfLiteContext n, float beta, bool isLog = false)
    {
        var x = n.Floats(0);
        x = beta == 1 ? x : n.Graph.Pointwise(x, Unary.Affine, beta);
        return new GraphTensor(
            n.Graph.Add(new Softmax(x.DimensionOf(x.Rank - 1), isLog), x.Value), x.Order);
    }

    private static Shape Without(Shape shape, int[] axes) =>
        new([.. Enumerable.Range(0, shape.Rank).Except(axes).Select(axis => shape[axis])]);
}
