using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Convolution and pooling of volumes [N, C, D, H, W], made of those of pictures: pooling is done
/// within slices and then across them, a convolution is a sum of one a slice of its kernel. Values
/// here lie as [N, D, H, W, C].
/// </summary>
internal static class Volumes
{
    /// <summary>Axes of a volume, batch and channels too.</summary>
    public const int Rank = 5;

    private const int Depth = 1;

    private static readonly IntList Order = Axes.ChannelsLast(Rank);

    /// <summary>Pooling by a maximum or mean.</summary>
    public static GraphTensor Pool(
        NodeContext n, GraphTensor volume, Func<Window2, Pool2D> pool)
    {
        var x = n.Graph.InOrder(volume, Order);
        var (slices, depth) = Windows(n.Node, n.Node.Ints("kernel_shape", 3, 1), x.Shape);
        var pooled = n.Graph.Add(pool(slices), Pictures(n.Graph, x));

        // Across slices, the depth is the height of a picture whose columns are all places.
        var (h, w, c) = (pooled.Shape[1], pooled.Shape[2], x.Shape[-1]);
        var columns = Reshape(n.Graph, pooled, new(x.Shape[0], x.Shape[Depth], h * w, c));
        var window = new Window2(
            new Size2(depth.Kernel, 1), new Size2(depth.Stride, 1),
            new Padding2(depth.Before, 0, depth.After, 0), new Size2(depth.Dilation, 1));
        var y = n.Graph.Add(pool(window), columns);
        return new GraphTensor(
            Reshape(n.Graph, y, new(x.Shape[0], y.Shape[Depth], h, w, c)), Order);
    }

    /// <summary>Convolution with weights [O, C / groups, KD, KH, KW].</summary>
    public static GraphTensor Conv(NodeContext n)
    {
        var x = Input(n);
        var (slices, depth) = Windows(n.Node, KernelOf(n), x.Shape);
        var conv = new Conv2D(
            slices.Stride, slices.Padding, slices.Dilation, n.Node.Int("group", 1));
        int room = x.Shape[Depth] + depth.Before + depth.After - depth.Reach - 1;
        if (room < 0)
        {
            throw new ShapeException(
                $"a kernel {depth.Reach + 1} deep does not fit {n.Input(0).Shape} and its padding");
        }

        var padded = Pad(n.Graph, x, Depth, depth.Before, depth.After);
        int size = (room / depth.Stride) + 1;
        Value? sum = null;
        for (int k = 0; k < depth.Kernel; k++)
        {
            var part = Slice(n.Graph, padded, k * depth.Dilation, size, depth.Stride);
            Value?[] inputs = [Pictures(n.Graph, part), Tap(n, k)];
            if (k == 0 && n.Optional(2) is { } bias)
            {
                inputs = [.. inputs, n.Graph.InOrder(bias)];
            }

            sum = Sum(n.Graph, sum, n.Graph.Add(conv, inputs));
        }

        return new GraphTensor(Volume(n.Graph, sum!, x.Shape[0]), Order);
    }

    /// <summary>Transposed convolution with weights [C, O / groups, KD, KH, KW].</summary>
    public static GraphTensor ConvTranspose(NodeContext n)
    {
        if (n.Node.Has("output_shape") || n.Node.Text("auto_pad", "NOTSET") != "NOTSET")
        {
            throw NodeContext.Unsupported("volumes with a given output shape are not supported");
        }

        var x = Input(n);
        var (slices, depth) = Windows(n.Node, KernelOf(n), x.Shape);
        int[] extra = n.Node.Ints("output_padding", 3, 0);
        var conv = new ConvTranspose2D(
            slices.Stride, slices.Padding, new Size2(extra[1], extra[2]), slices.Dilation,
            n.Node.Int("group", 1));
        int size = ((x.Shape[Depth] - 1) * depth.Stride) + depth.Reach + 1 + extra[0]
            - depth.Before - depth.After;
        Value? sum = null;
        for (int k = 0; k < depth.Kernel; k++)
        {
            // A slice lands where its stride and the tap put it, with zeros between slices.
            var y = n.Graph.Add(conv, Pictures(n.Graph, x), Tap(n, k));
            var (h, w, c) = (y.Shape[1], y.Shape[2], y.Shape[3]);
            var apart = Pad(
                n.Graph,
                Reshape(n.Graph, y, new(x.Shape[0], x.Shape[Depth], 1, h * w, c)),
                Depth + 1, 0, depth.Stride - 1);
            var joined = Reshape(
                n.Graph, apart, new(x.Shape[0], x.Shape[Depth] * depth.Stride, h, w, c));
            int before = k * depth.Dilation;
            sum = Sum(
                n.Graph, sum,
                Pad(n.Graph, joined, Depth, before, depth.Reach - before + extra[0]));
        }

        var result = new GraphTensor(Slice(n.Graph, sum!, depth.Before, size, 1), Order);
        return n.Optional(2) is not { } bias ? result
            : n.Graph.Pointwise(
                result, PointwiseChain.Of(Binary.Add),
                n.Graph.Reshape(n.Graph.ToGraph(bias), new(bias.Shape[0], 1, 1, 1)));
    }

    private static Value Input(NodeContext n) => n.Graph.InOrder(n.Floats(0), Order);

    private static int[] KernelOf(NodeContext n)
    {
        var weights = n.Input(1).Shape;
        return weights.Rank == Rank ? [.. weights.Sizes[2..]]
            : throw new ShapeException($"weights {weights} do not fit input {n.Input(0).Shape}");
    }

    // The weights of one slice of the kernel, as those of pictures.
    private static Value Tap(NodeContext n, int k)
    {
        var weights = n.Input(1);
        var s = weights.Shape;
        var shape = new Shape(s[0], s[1], s[3], s[4]);
        ImportedTensor tap = weights is HostTensor host
            ? host.Derive($"tap {k}", w => w.Take(shape, IndexWalk.Gather(w.Shape, 2, [k])))
            : n.Graph.Reshape(n.Graph.Slice(n.Floats(weights), 2, k, 1), shape);
        return n.Graph.InOrder(tap, Convolutions.WeightOrder);
    }

    private static (Window2 Slices, Line Depth) Windows(OnnxNode node, int[] kernel, Shape volume)
    {
        int[] stride = node.Ints("strides", 3, 1);
        int[] dilation = node.Ints("dilations", 3, 1);
        int[] pads = node.Ints("pads", 6, 0);
        string mode = node.Text("auto_pad", "NOTSET");
        for (int i = 0; mode != "NOTSET" && i < 3; i++)
        {
            int span = ((kernel[i] - 1) * dilation[i]) + 1;
            (pads[i], pads[i + 3]) = mode == "VALID" ? (0, 0)
                : WindowAttributes.Same(volume[i + 1], span, stride[i], mode);
        }

        var slices = new Window2(
            new Size2(kernel[1], kernel[2]), new Size2(stride[1], stride[2]),
            new Padding2(pads[1], pads[2], pads[4], pads[5]), new Size2(dilation[1], dilation[2]));
        return (slices, new Line(kernel[0], stride[0], dilation[0], pads[0], pads[3]));
    }

    private static Value Pictures(GraphWriter graph, Value x)
    {
        var s = x.Shape;
        return Reshape(graph, x, new(s[0] * s[1], s[2], s[3], s[4]));
    }

    private static Value Volume(GraphWriter graph, Value pictures, int batch)
    {
        var s = pictures.Shape;
        return Reshape(graph, pictures, new(batch, s[0] / batch, s[1], s[2], s[3]));
    }

    private static Value Reshape(GraphWriter graph, Value x, Shape shape) =>
        graph.Reshape(new GraphTensor(x), shape).Value;

    private static Value Slice(GraphWriter graph, Value x, int start, int size, int step) =>
        graph.Slice(new GraphTensor(x), Depth, start, size, step).Value;

    private static Value Pad(GraphWriter graph, Value x, int axis, int before, int after)
    {
        if (before == 0 && after == 0)
        {
            return x;
        }

        var (first, last) = (new int[x.Shape.Rank], new int[x.Shape.Rank]);
        (first[axis], last[axis]) = (before, after);
        return graph.Add(new Pad([.. first], [.. last], 0), x);
    }

    private static Value Sum(GraphWriter graph, Value? sum, Value y) =>
        sum is null ? y : graph.Add(new Pointwise(PointwiseChain.Of(Binary.Add)), y, sum);

    /// <summary>A window along one axis.</summary>
    private readonly record struct Line(
        int Kernel, int Stride, int Dilation, int Before, int After)
    {
        /// <summary>From the first tap to the last.</summary>
        public int Reach => (Kernel - 1) * Dilation;
    }
}
