using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MaxPoolWithIndices2D : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void IndexedLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> y,
        ArrayView<int> indices,
        PoolGeometry geometry,
        int columnMajor);

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void IndexedKernel(
        ArrayView<float> x, ArrayView<float> y, ArrayView<int> indices, PoolGeometry g,
        int columnMajor)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.OH * g.OW * g.C)
        {
            return;
        }

        int c = index % g.C;
        int pixel = index / g.C;
        int left = g.Columns.Start(pixel % g.OW);
        int top = g.Rows.Start(pixel / g.OW % g.OH);
        int n = pixel / (g.OW * g.OH);
        int endY = g.Rows.EndTap(top, g.Rows.Size);
        int endX = g.Columns.EndTap(left, g.Columns.Size);
        float largest = float.NegativeInfinity;
        int found = -1;
        for (int ky = g.Rows.FirstTap(top, 0); ky < endY; ky++)
        {
            int iy = top + (ky * g.Rows.Dilation);
            for (int kx = g.Columns.FirstTap(left, 0); kx < endX; kx++)
            {
                int ix = left + (kx * g.Columns.Dilation);
                float value = x[(((((n * g.Rows.Size) + iy) * g.Columns.Size) + ix) * g.C) + c];
                if (Wins(value, largest, found))
                {
                    largest = value;
                    found = IndexOf(g, columnMajor != 0, (n * g.C) + c, iy, ix);
                }
            }
        }

        y[index] = largest;
        indices[index] = found;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var geometry = PoolGeometry.Of(Window, b.InputShape(0), b.OutputShape());
        var launch = b.Load<IndexedLauncher>(IndexedKernel, GroupSize);
        var (x, y, indices) = (b.Input(0), b.Output(), b.Output(1));
        var config = GpuBindings.Cover(y.Type.Shape.Count, GroupSize);
        int columnMajor = ColumnMajor ? 1 : 0;
        b.Add(Name, stream => launch(
            stream, config, x.Floats, y.Floats, indices.Ints, geometry, columnMajor));
    }
}
