using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// Strides, dilations and padding of convolutions and pooling, as options have them.
/// </summary>
internal static class Windows
{
    private const byte Same = 0;

    /// <summary>Strides; the options have the width first.</summary>
    public static Size2 Stride(TfLiteNode node) =>
        Positive(node, node.Int(2, "stride_h"), node.Int(1, "stride_w"), "stride_w");

    /// <summary>Whether zeros are put around so that no pixel is lost.</summary>
    public static bool IsSame(TfLiteNode node) => node.Enumeration(0, "padding") switch
    {
        Same => true,
        1 => false,
        var other => throw node.Bad($"there is no padding {other}", "padding"),
    };

    /// <summary>A pair of options that have to be at least 1.</summary>
    public static Size2 Positive(TfLiteNode node, int height, int width, string field) =>
        height > 0 && width > 0 ? new Size2(height, width)
            : throw node.Bad($"{height}x{width} has to be at least 1x1", field);

    /// <summary>
    /// Zeros so that the output has a pixel for every stride of the input's, the odd one below and
    /// after.
    /// </summary>
    public static Padding2 SamePadding(int height, int width, Size2 span, Size2 stride)
    {
        var (top, bottom) = Around(height, span.Height, stride.Height);
        var (left, right) = Around(width, span.Width, stride.Width);
        return new Padding2(top, left, bottom, right);
    }

    /// <summary>A whole window over a picture.</summary>
    public static Window2 Of(TfLiteNode node, int height, int width, Size2 kernel, Size2 dilation)
    {
        var stride = Stride(node);
        var window = new Window2(kernel, stride, Padding2.None, dilation);
        return IsSame(node)
            ? window with { Padding = SamePadding(height, width, window.Span, stride) }
            : window;
    }

    private static (int Before, int After) Around(int size, int span, int stride)
    {
        int outputs = (size + stride - 1) / stride;
        int total = Math.Max(((outputs - 1) * stride) + span - size, 0);
        return (total / 2, total - (total / 2));
    }
}
