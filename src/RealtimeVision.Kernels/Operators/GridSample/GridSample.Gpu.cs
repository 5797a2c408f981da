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
        SampleAxis rows,
        SampleAxis columns,
        Geometry geometry);

    // The axes are not in here: ILGPU takes two structs for one type where they have the same
    // numbers in the same order, and Conv2D has twelve that it groups otherwise.
    internal struct Geometry
    {
        public int N, OH, OW, C;
    }

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void SampleKernel(
        ArrayView<float> x,
        ArrayView<float> grid,
        ArrayView<float> y,
        SampleAxis rows,
        SampleAxis columns,
        Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.OH * g.OW * g.C)
        {
            return;
        }

        int c = index % g.C;
        int pixel = index / g.C;
        int picture = pixel / (g.OW * g.OH) * rows.Size;
        float placeX = columns.Place(grid[2 * pixel]);
        float placeY = rows.Place(grid[(2 * pixel) + 1]);
        int top = rows.First(placeY);
        int left = columns.First(placeX);
        float sum = 0f;
        for (int i = 0; i < rows.Taps; i++)
        {
            int row = rows.Pixel(top + i);
            float rowWeight = rows.Weight(placeY, top + i);
            for (int j = 0; j < columns.Taps; j++)
            {
                int column = columns.Pixel(left + j);
                if (row >= 0 && column >= 0)
                {
                    int at = ((((picture + row) * columns.Size) + column) * g.C) + c;
                    sum += x[at] * rowWeight * columns.Weight(placeX, left + j);
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

        var (rows, columns) = (AxisOf(shape.H), AxisOf(shape.W));
        var geometry = new Geometry { N = size.N, OH = size.H, OW = size.W, C = size.C };
        var launch = b.Load<SampleLauncher>(SampleKernel, GroupSize);
        var config = GpuBindings.Cover(size.Count, GroupSize);
        b.Add("GridSample", stream => launch(
            stream, config, x.Floats, grid.Floats, y.Floats, rows, columns, geometry));
    }
}
