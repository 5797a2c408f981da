using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Conv and ConvTranspose, of pictures and sequences, and of volumes.</summary>
internal static class Convolutions
{
    /// <summary>
    /// [O, C / groups, KH, KW] to [KH, KW, C / groups, O], and [C, O / groups, KH, KW] to
    /// [KH, KW, O / groups, C].
    /// </summary>
    public static readonly IntList WeightOrder = [2, 3, 1, 0];

    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("Conv", Convolve, WindowAttributes.Refusal),
        OperatorMapper.Of(
            "ConvTranspose",
            n => n.Input(0).Rank == Volumes.Rank ? Volumes.ConvTranspose(n) : ConvTranspose(n),
            WindowAttributes.Refusal),
    ];

    /// <summary>What Conv gives for the inputs X, W and perhaps B.</summary>
    public static GraphTensor Convolve(NodeContext n) =>
        n.Input(0).Rank == Volumes.Rank ? Volumes.Conv(n) : Conv(n);

    private static GraphTensor Conv(NodeContext n)
    {
        var picture = n.Picture(0);
        int rank = n.Input(0).Rank;
        var weights = Weights(n, rank);
        var window = WindowAttributes.Of(n.Node, rank, KernelOf(n, weights), picture);
        var conv = new Conv2D(
            window.Stride, window.Padding, window.Dilation, n.Node.Int("group", 1));
        return n.Result(Convolve(n, conv, picture, weights), rank);
    }

    private static GraphTensor ConvTranspose(NodeContext n)
    {
        var picture = n.Picture(0);
        int rank = n.Input(0).Rank;
        var weights = Weights(n, rank);
        var kernel = KernelOf(n, weights);
        var stride = WindowAttributes.Pair(n.Node, "strides", rank, 1);
        var dilation = WindowAttributes.Pair(n.Node, "dilations", rank, 1);
        var extra = WindowAttributes.Pair(n.Node, "output_padding", rank, 0);
        var window = new Window2(kernel, stride, Padding2.None, dilation);
        if (rank == 3)
        {
            // The one row of a sequence stays one row.
            (stride, extra) = (stride with { Height = 1 }, extra with { Height = 0 });
        }

        // What the output is without padding, and how much of it is cut off. One that is wanted
        // larger gets more at its end.
        int height = ((picture.Shape[2] - 1) * stride.Height) + window.Span.Height + extra.Height;
        int width = ((picture.Shape[3] - 1) * stride.Width) + window.Span.Width + extra.Width;
        if (n.Node.Has("output_shape"))
        {
            var wanted = OutputShape(n.Node, rank);
            var missing = new Size2(
                Math.Max(wanted.Height - height, 0), Math.Max(wanted.Width - width, 0));
            extra = new Size2(extra.Height + missing.Height, extra.Width + missing.Width);
            (height, width) = (height + missing.Height, width + missing.Width);
        }

        var padding = TransposePadding(n.Node, rank, picture, stride, new Size2(height, width));
        var conv = new ConvTranspose2D(stride, padding, extra, dilation, n.Node.Int("group", 1));
        return n.Result(Convolve(n, conv, picture, weights), rank);
    }

    private static Value Convolve(
        NodeContext n, Operator conv, GraphTensor picture, ImportedTensor weights)
    {
        var x = n.Graph.InOrder(picture, Axes.ChannelsLast(4));
        var w = n.Graph.InOrder(weights, WeightOrder);
        return n.Optional(2) is { } bias
            ? n.Graph.Add(conv, x, w, n.Graph.InOrder(bias))
            : n.Graph.Add(conv, x, w);
    }

    private static ImportedTensor Weights(NodeContext n, int rank)
    {
        var weights = n.Input(1);
        if (weights.Rank != rank)
        {
            throw new ShapeException(
                $"weights {weights.Shape} do not fit input {n.Input(0).Shape}");
        }

        var shape = rank == 4 ? weights.Shape
            : new Shape(weights.Shape[0], weights.Shape[1], 1, weights.Shape[2]);
        return weights is HostTensor host
            ? host.Reshape(shape)
            : n.Graph.Reshape(n.Floats(weights), shape);
    }

    private static Size2 KernelOf(NodeContext n, ImportedTensor weights)
    {
        var kernel = new Size2(weights.Shape[2], weights.Shape[3]);
        return n.Node.Ints("kernel_shape") is { } declared
            && (declared[^1] != kernel.Width
            || (declared.Length == 2 && declared[0] != kernel.Height))
            ? throw n.Node.Bad(
                $"{string.Join('x', declared)} is not the size of weights {weights.Shape}",
                    "kernel_shape")
            : kernel;
    }

    private static Padding2 TransposePadding(
        OnnxNode node, int rank, GraphTensor picture, Size2 stride, Size2 full)
    {
        string mode = node.Text("auto_pad", "NOTSET");
        Size2 wanted;
        if (node.Has("output_shape"))
        {
            wanted = OutputShape(node, rank);
        }
        else if (mode is "SAME_UPPER" or "SAME_LOWER")
        {
            wanted = new Size2(picture.Shape[2] * stride.Height, picture.Shape[3] * stride.Width);
        }
        else
        {
            return mode == "VALID" ? Padding2.None : WindowAttributes.Pads(node, rank);
        }

        var (top, bottom) = Cut(full.Height, wanted.Height);
        var (left, right) = Cut(full.Width, wanted.Width);
        return new Padding2(top, left, bottom, right);

        (int Before, int After) Cut(int size, int target)
        {
            int total = size - target;
            if (total < 0)
            {
                throw NodeContext.Unsupported(
                    $"its output of {wanted} is larger than the {full} that its kernel reaches");
            }

            return mode == "SAME_UPPER"
                ? (total / 2, total - (total / 2))
                : (total - (total / 2), total / 2);
        }
    }

    // Some files give all sizes, some only those of the picture.
    private static Size2 OutputShape(OnnxNode node, int rank)
    {
        long[] sizes = node.Ints("output_shape")!;
        return sizes.Length >= rank - 2
            ? new Size2(rank == 4 ? checked((int)sizes[^2]) : 1, checked((int)sizes[^1]))
            : throw node.Bad($"{sizes.Length} sizes where {rank - 2} belong", "output_shape");
    }
}
