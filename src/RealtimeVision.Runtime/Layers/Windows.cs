using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>What layers with sliding windows have in common.</summary>
internal static class Windows
{
    /// <summary>
    /// The padding at which a window of stride 1 keeps a picture's size; the odd row or column of an
    /// even window is at the end.
    /// </summary>
    public static Padding2 Same(Size2 kernel, Size2 dilation)
    {
        int rows = (kernel.Height - 1) * dilation.Height;
        int columns = (kernel.Width - 1) * dilation.Width;
        return new(rows / 2, columns / 2, rows - (rows / 2), columns - (columns / 2));
    }

    /// <summary>
    /// What a transposed convolution cuts off so that its output is the stride times its input.
    /// </summary>
    public static Padding2 Cut(Size2 kernel, Size2 stride)
    {
        int rows = Math.Max(kernel.Height - stride.Height, 0);
        int columns = Math.Max(kernel.Width - stride.Width, 0);
        return new(rows / 2, columns / 2, rows - (rows / 2), columns - (columns / 2));
    }

    /// <summary>What it adds where its kernel is less than its stride.</summary>
    public static Size2 Missing(Size2 kernel, Size2 stride) => new(
        Math.Max(stride.Height - kernel.Height, 0), Math.Max(stride.Width - kernel.Width, 0));
}
