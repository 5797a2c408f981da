using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Pooling over windows and over whole pictures.</summary>
internal static class Pooling
{
    public static IEnumerable<OperatorMapper> All =>
    [
        new("MaxPool", MaxPoolOfAny, WindowAttributes.Refusal),
        OperatorMapper.Of("AveragePool", AveragePool, WindowAttributes.Refusal),
        OperatorMapper.Of("LpPool", LpPool, WindowAttributes.Refusal),
        OperatorMapper.Of("MaxUnpool", MaxUnpool, WindowAttributes.Refusal),
        OperatorMapper.Of("GlobalAveragePool", GlobalAveragePool),
        OperatorMapper.Of(
            "GlobalMaxPool", n =>
                Reductions.Reduce(n, n.Floats(0), ReduceKind.Max, Places(n), keep: true)),
        OperatorMapper.Of("GlobalLpPool", n => Root(n, Reductions.Reduce(
            n, Powers(n, n.Floats(0)), ReduceKind.Sum, Places(n), keep: true))),
    ];

    // Bytes are exact as floats.
    private static ImportedTensor?[] MaxPoolOfAny(NodeContext n)
    {
        var x = n.Input(0);
        if (x.Element != ElementType.UInt8)
        {
            return MaxPool(n);
        }

        var outputs = MaxPool(n.With([n.Graph.Cast(x, ElementType.Float32)]));
        return [n.Graph.Cast(outputs[0]!, ElementType.UInt8), .. outputs[1..]];
    }

    private static GraphTensor?[] MaxPool(NodeContext n)
    {
        bool ceilMode = n.Node.Flag("ceil_mode");
        if (!n.Node.HasOutput(1))
        {
            // Every byte is a float, and so is the largest of them.
            var x = n.Input(0);
            var input = x.Element == ElementType.UInt8 ? n.Graph.Cast(x, ElementType.Float32) : x;
            var pooled = Pool(n, n.Floats(input), window => new MaxPool2D(window, ceilMode));
            return [(GraphTensor)n.Graph.Cast(pooled, x.Element)];
        }

        int rank = n.Input(0).Rank;
        if (rank == Volumes.Rank)
        {
            throw NodeContext.Unsupported(
                "the indices of the maxima (its second output) are computed of pictures only");
        }

        var (picture, window) = WindowOf(n, n.Floats(0));
        var y = n.Graph.AddAll(
            new MaxPoolWithIndices2D(window, ceilMode, n.Node.Int("storage_order", 0) == 1),
            n.Graph.InOrder(picture, Axes.ChannelsLast(4)));
        return [n.Result(y[0], rank), n.Result(y[1], rank)];
    }

    // The indices count in a picture of the size that the window makes of this one; the output may
    // be declared larger.
    private static GraphTensor MaxUnpool(NodeContext n)
    {
        var picture = n.Picture(0);
        int rank = n.Input(0).Rank;
        var kernel = WindowAttributes.Pair(n.Node, "kernel_shape", rank, 1);
        var stride = WindowAttributes.Pair(n.Node, "strides", rank, 1);
        var pads = WindowAttributes.Pads(n.Node, rank);
        int height = ((picture.Shape[2] - 1) * stride.Height) + kernel.Height - pads.Vertical;
        int width = ((picture.Shape[3] - 1) * stride.Width) + kernel.Width - pads.Horizontal;
        var indices = n.Graph.Reshape(n.Graph.ToGraph(n.Input(1)), picture.Shape);
        var y = n.Graph.Add(
            new MaxUnpool2D(height, width),
            n.Graph.InOrder(picture, Axes.ChannelsLast(4)),
            n.Graph.InOrder(indices, Axes.ChannelsLast(4)));
        if (n.Optional(2) is not null)
        {
            long[] sizes = n.ConstantInts(2, "its output's shape");
            int below = rank == 4 ? checked((int)sizes[^2]) - height : 0;
            int after = checked((int)sizes[^1]) - width;
            y = below == 0 && after == 0 ? y
                : n.Graph.Add(new Pad([0, 0, 0, 0], [0, below, after, 0]), y);
        }

        return n.Result(y, rank);
    }

    private static GraphTensor LpPool(NodeContext n)
    {
        bool ceilMode = n.Node.Flag("ceil_mode");
        return Root(n, Pool(n, Powers(n, n.Floats(0)), w => new SumPool2D(w, ceilMode)));
    }

    // |x| to the power of p, whose sums are taken, and the root of these.
    private static GraphTensor Powers(NodeContext n, GraphTensor x) => Exponent(n) switch
    {
        1 => n.Graph.Pointwise(x, Unary.Abs),
        2 => n.Graph.Pointwise(x, Unary.Square),
        var p => n.Graph.Pointwise(
            x, new(new ChainLink(Unary.Abs), new ChainLink(Binary.Power)), Scalar(n, p)),
    };

    private static GraphTensor Root(NodeContext n, GraphTensor sums) => Exponent(n) switch
    {
        1 => sums,
        2 => n.Graph.Pointwise(sums, Unary.Sqrt),
        var p => n.Graph.Pointwise(sums, PointwiseChain.Of(Binary.Power), Scalar(n, 1 / p)),
    };

    private static HostTensor Scalar(NodeContext n, float value) => n.Host(new Shape(), [value]);

    private static float Exponent(NodeContext n) => n.Node.Int("p", 2);

    private static GraphTensor AveragePool(NodeContext n) => Pool(
        n, window =>
            new AvgPool2D(window, n.Node.Flag("ceil_mode"), n.Node.Flag("count_include_pad")));

    private static GraphTensor Pool(NodeContext n, Func<Window2, Pool2D> pool) =>
        Pool(n, n.Floats(0), pool);

    private static GraphTensor Pool(NodeContext n, GraphTensor x, Func<Window2, Pool2D> pool)
    {
        if (!n.Node.Has("kernel_shape"))
        {
            throw n.Node.Bad("the attribute is missing", "kernel_shape");
        }

        if (x.Rank == Volumes.Rank)
        {
            return Volumes.Pool(n, x, pool);
        }

        var (picture, window) = WindowOf(n, x);
        return n.Result(
            n.Graph.Add(pool(window), n.Graph.InOrder(picture, Axes.ChannelsLast(4))), x.Rank);
    }

    private static (GraphTensor Picture, Window2 Window) WindowOf(NodeContext n, GraphTensor x)
    {
        var picture = n.Picture(x);
        var kernel = WindowAttributes.Pair(n.Node, "kernel_shape", x.Rank, 1);
        return (picture, WindowAttributes.Of(n.Node, x.Rank, kernel, picture));
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
