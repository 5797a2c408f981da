using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Kernel, stride, padding and dilation of a node whose window slides over a picture [N, C, H, W],
/// or over a sequence [N, C, L], which then is a picture of one row.
/// </summary>
internal static class WindowAttributes
{
    /// <summary>Why a node's window is impossible.</summary>
    public static string? Refusal(OnnxNode node) =>
        node.Ints("kernel_shape") is { Length: not (1 or 2 or 3) and var n }
            ? $"windows of {n} dimensions are not supported"
        : null;

    /// <summary>A tensor that a window slides over as a picture; a sequence gets one row.</summary>
    public static GraphTensor Picture(this NodeContext n, int input) => n.Picture(n.Floats(input));

    /// <inheritdoc cref="Picture(NodeContext, int)"/>
    public static GraphTensor Picture(this NodeContext n, GraphTensor x) => x.Rank switch
    {
        4 => x,
        3 => n.Graph.Reshape(x, new(x.Shape[0], x.Shape[1], 1, x.Shape[2])),
        _ => throw NodeContext.Unsupported(
            $"tensors {x.Shape} of {x.Rank} axes are not supported"),
    };

    /// <summary>
    /// The result for a picture, as the node gives it for its input of <paramref name="rank"/>
    /// axes.
    /// </summary>
    public static GraphTensor Result(this NodeContext n, Kernels.Graph.Value picture, int rank)
    {
        var y = new GraphTensor(picture, Axes.ChannelsLast(4));
        return rank == 4 ? y : n.Graph.Reshape(y, new(y.Shape[0], y.Shape[1], y.Shape[3]));
    }

    /// <summary>Two numbers of an attribute, down and across.</summary>
    public static Size2 Pair(OnnxNode node, string attribute, int rank, int missing)
    {
        int[] values = node.Ints(attribute, rank - 2, missing);
        return rank == 4 ? new Size2(values[0], values[1]) : new Size2(missing, values[0]);
    }

    /// <summary>Padding of a node without <c>auto_pad</c>.</summary>
    public static Padding2 Pads(OnnxNode node, int rank)
    {
        int[] p = node.Ints("pads", 2 * (rank - 2), 0);
        return rank == 4 ? new Padding2(p[0], p[1], p[2], p[3]) : new Padding2(0, p[0], 0, p[1]);
    }

    /// <summary>The window of a convolution or pooling over a picture.</summary>
    /// <param name="node">The node.</param>
    /// <param name="rank">Axes of its input.</param>
    /// <param name="kernel">Size of the kernel.</param>
    /// <param name="picture">The picture.</param>
    public static Window2 Of(OnnxNode node, int rank, Size2 kernel, GraphTensor picture)
    {
        var stride = Pair(node, "strides", rank, 1);
        var dilation = Pair(node, "dilations", rank, 1);
        var window = new Window2(kernel, stride, Padding2.None, dilation);
        string mode = node.Text("auto_pad", "NOTSET");
        switch (mode)
        {
            case "NOTSET":
                return window with { Padding = Pads(node, rank) };
            case "VALID":
                return window;
            case "SAME_UPPER" or "SAME_LOWER":
                var (top, bottom) = Same(picture.Shape[2], window.Span.Height, stride.Height, mode);
                var (left, right) = Same(picture.Shape[3], window.Span.Width, stride.Width, mode);
                return window with { Padding = new Padding2(top, left, bottom, right) };
            default:
                throw node.Bad($"'{mode}' is no mode of padding", "auto_pad");
        }
    }

    /// <summary>
    /// Padding along one axis for as many windows as there are strides in the picture; an odd pixel
    /// of padding goes to the named side.
    /// </summary>
    public static (int Before, int After) Same(int size, int span, int stride, string mode)
    {
        int windows = (size + stride - 1) / Math.Max(stride, 1);
        int total = Math.Max(((windows - 1) * stride) + span - size, 0);
        return mode == "SAME_UPPER"
            ? (total / 2, total - (total / 2))
            : (total - (total / 2), total / 2);
    }
}
