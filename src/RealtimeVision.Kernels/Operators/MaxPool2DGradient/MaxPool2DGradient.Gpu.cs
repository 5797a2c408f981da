using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MaxPool2DGradient : IGpuOperator
{
    private const int ThreadGroup = 128;

    private delegate void WindowsLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> x, ArrayView<float> y,
        ArrayView<float> dy, ArrayView<float> dx, PoolGeometry geometry);

    /// <summary>One thread a pixel of the picture, which looks at all windows that reach it.</summary>
    internal static void WindowsKernel(
        ArrayView<float> x, ArrayView<float> y, ArrayView<float> dy, ArrayView<float> dx,
        PoolGeometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.Rows.Size * g.Columns.Size * g.C)
        {
            return;
        }

        int c = index % g.C;
        int pixel = index / g.C;
        int column = pixel % g.Columns.Size;
        int row = pixel / g.Columns.Size % g.Rows.Size;
        int n = pixel / (g.Columns.Size * g.Rows.Size);
        int endY = Math.Min(g.Rows.LastWindow(row) + 1, g.OH);
        int endX = Math.Min(g.Columns.LastWindow(column) + 1, g.OW);
        float value = x[index];
        float sum = 0f;
        for (int oy = g.Rows.FirstWindow(row); oy < endY; oy++)
        {
            int top = g.Rows.Start(oy);
            for (int ox = g.Columns.FirstWindow(column); ox < endX; ox++)
            {
                int left = g.Columns.Start(ox);
                bool isTap = (row - top) % g.Rows.Dilation == 0
                    && (column - left) % g.Columns.Dilation == 0;
                int window = (((((n * g.OH) + oy) * g.OW) + ox) * g.C) + c;
                if (isTap && !(y[window] > value) && IsFirst(x, y[window], g, n, c, top, left, row, column))
                {
                    sum += dy[window];
                }
            }
        }

        dx[index] = sum;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var geometry = PoolGeometry.Of(Window, b.InputShape(X), b.InputShape(Y));
        var (x, y, dy, dx) = (b.Input(X), b.Input(Y), b.Input(Gradient), b.Output());
        if (dx.Type.Shape.Count == 0)
        {
            return;
        }

        var launch = b.Load<WindowsLauncher>(WindowsKernel, ThreadGroup);
        var config = GpuBindings.Cover(dx.Type.Shape.Count, ThreadGroup);
        b.Add(Name, stream => launch(
            stream, config, x.Floats, y.Floats, dy.Floats, dx.Floats, geometry));
    }

    /// <summary>True where no tap of a window before a pixel is as large.</summary>
    private static bool IsFirst(
        ArrayView<float> x, float largest, PoolGeometry g, int n, int c, int top, int left, int row,
        int column)
    {
        bool isFirst = true;
        int endX = g.Columns.EndTap(left, g.Columns.Size);
        for (int ky = g.Rows.FirstTap(top, 0); top + (ky * g.Rows.Dilation) <= row; ky++)
        {
            int iy = top + (ky * g.Rows.Dilation);
            int line = ((n * g.Rows.Size) + iy) * g.Columns.Size;
            for (int kx = g.Columns.FirstTap(left, 0); kx < endX; kx++)
            {
                int ix = left + (kx * g.Columns.Dilation);
                bool isBefore = iy < row || ix < column;
                isFirst &= !isBefore || largest > x[((line + ix) * g.C) + c];
            }
        }

        return isFirst;
    }
}
