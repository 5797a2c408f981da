using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GridSample : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void SampleLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> grid,
        ArrayView<float> y,
        Geometry geometry);

    internal struct Geometry
    {
        public SampleAxis Rows, Columns;
        public int N, OH, OW, C;
    }

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void SampleKernel(
        ArrayView<float> x, ArrayView<float> grid, ArrayView<float> y, Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.OH * g.OW * g.C)
        {
            return;
        }

        int c = index % g.C;
        int pixel = index / g.C;
        int picture = pixel / (g.OW * g.OH) * g.Rows.Size;
        float placeX = g.Columns.Place(grid[2 * pixel]);
        float placeY = g.Rows.Place(grid[(2 * pixel) + 1]);
        int top = g.Rows.First(placeY);
        int left = g.Columns.First(placeX);
        float sum = 0f;
        for (int i = 0; i < g.Rows.Taps; i++)
        {
            int row = g.Rows.Pixel(top + i);
            float rowWeight = g.Rows.Weight(placeY, top + i);
            for (int j = 0; j < g.Columns.Taps; j++)
            {
                int column = g.Columns.Pixel(left + j);
                if (row >= 0 && column >= 0)
                {
                    int at = ((((picture + row) * g.Columns.Size) + column) * g.C) + c;
                    sum += x[at] * rowWeight * g.Columns.Weight(placeX, left + j);
                }
            }
        }

        y[index] = sum;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var shape = b.InputShape(Picture);
        var (x, grid, y) = (b.Input(Picture), b.Input(Places), b.Output());
        var size = y.Type.Shape;
        if (size.Count == 0)
        {
            return;
        }

        var geometry = new Geometry
        {
            Rows = AxisOf(shape.H), Columns = AxisOf(shape.W),
            N = size.N, OH = size.H, OW = size.W, C = size.C,
        };
        var launch = b.Load<SampleLauncher>(SampleKernel, GroupSize);
        var config = GpuBindings.Cover(size.Count, GroupSize);
        b.Add("GridSample", stream => launch(
            stream, config, x.Floats, grid.Floats, y.Floats, geometry));
    }
}
