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
}
