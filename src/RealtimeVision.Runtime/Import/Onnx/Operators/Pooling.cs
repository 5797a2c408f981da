using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Pooling over windows and over whole pictures.</summary>
internal static class Pooling
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("MaxPool", MaxPool, MaxPoolRefusal),
        OperatorMapper.Of("AveragePool", AveragePool, WindowAttributes.Refusal),
        OperatorMapper.Of("GlobalAveragePool", GlobalAveragePool),
        OperatorMapper.Of(
            "GlobalMaxPool", n =>
                Reductions.Reduce(n, n.Floats(0), ReduceKind.Max, Places(n), keep: true)),
    ];

    private static string? MaxPoolRefusal(OnnxNode node) =>
        node.HasOutput(1) ? "the indices of the maxima (its second output) are not computed"
        : WindowAttributes.Refusal(node);

    private static GraphTensor MaxPool(NodeContext n) =>
        Pool(n, window => new MaxPool2D(window, n.Node.Flag("ceil_mode")));

    private static GraphTensor AveragePool(NodeContext n) => Pool(
        n, window =>
            new AvgPool2D(window, n.Node.Flag("ceil_mode"), n.Node.Flag("count_include_pad")));

    private static GraphTensor Pool(NodeContext n, Func<Window2, Pool2D> pool)
    {
        if (!n.Node.Has("kernel_shape"))
        {
            throw n.Node.Bad("the attribute is missing", "kernel_shape");
        }

        int rank = n.Input(0).Rank;
        if (rank == Volumes.Rank)
        {
            return Volumes.Pool(n, pool);
        }

        var picture = n.Picture(0);

        var kernel = WindowAttributes.Pair(n.Node, "kernel_shape", rank, 1);
        var window = WindowAttributes.Of(n.Node, rank, kernel, picture);
        return n.Result(
            n.Graph.Add(pool(window), n.Graph.InOrder(picture, Axes.ChannelsLast(4))), rank);
    }

    private static GraphTensor GlobalAveragePool(NodeContext n)
    {
        var x = n.Floats(0);
        return x.Rank == 4
            ? n.Result(
                n.Graph.Add(new GlobalAvgPool2D(), n.Graph.InOrder(x, Axes.ChannelsLast(4))), 4)
            : Reductions.Reduce(n, x, ReduceKind.Mean, Places(n), keep: true);
    }

    private static int[] Places(NodeContext n) =>
        [.. Enumerable.Range(2, Math.Max(n.Input(0).Rank - 2, 0))];
}
