using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GridSampleInputGradient : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void SpreadLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> dy,
        ArrayView<float> grid,
        ArrayView<float> dx,
        SampleAxis rows,
        SampleAxis columns,
        Geometry geometry);

    internal struct Geometry
    {
        public int N, Samples, C, Bands, RowsPerBand;
    }

    /// <summary>
    /// One thread a channel of a band, which goes through all samples for those that belong there:
    /// nobody else writes to it. Neighbouring threads have neighbouring channels.
    /// </summary>
    internal static void SpreadKernel(
        ArrayView<float> dy,
        ArrayView<float> grid,
        ArrayView<float> dx,
        SampleAxis rows,
        SampleAxis columns,
        Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.Bands * g.C)
        {
            return;
        }

        int c = index % g.C;
        int n = index / (g.C * g.Bands);
        int from = index / g.C % g.Bands * g.RowsPerBand;
        int to = from + g.RowsPerBand;
        to = to < rows.Size ? to : rows.Size;
        int picture = (n * rows.Size * columns.Size * g.C) + c;
        for (int pixel = from * columns.Size; pixel < to * columns.Size; pixel++)
        {
            dx[picture + (pixel * g.C)] = 0f;
        }

        for (int i = n * g.Samples; i < (n + 1) * g.Samples; i++)
        {
            float placeX = columns.Place(grid[2 * i]);
            float placeY = rows.Place(grid[(2 * i) + 1]);
            float gradient = dy[(i * g.C) + c];
            int top = rows.First(placeY);
            int left = columns.First(placeX);
            for (int k = 0; k < rows.Taps; k++)
            {
                int row = rows.Pixel(top + k);
                float rowWeight = rows.Weight(placeY, top + k);
                for (int j = 0; j < columns.Taps; j++)
                {
                    int column = columns.Pixel(left + j);
                    if (row >= from && row < to && column >= 0)
                    {
                        int at = picture + (((row * columns.Size) + column) * g.C);
                        dx[at] += gradient * (rowWeight * columns.Weight(placeX, left + j));
                    }
                }
            }
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (dy, grid, dx) = (b.Input(Gradient), b.Input(Places), b.Output());
        var (y, x) = (dy.Type.Shape, dx.Type.Shape);
        if (x.Count == 0)
        {
            return;
        }

        var bands = PictureBands.ForGpu(x.N, H, x.C);
        var (rows, columns) = (Forward.AxisOf(H), Forward.AxisOf(W));
        var geometry = new Geometry
        {
            N = x.N, Samples = y.H * y.W, C = x.C, Bands = bands.Bands,
            RowsPerBand = bands.RowsPerBand,
        };
        var launch = b.Load<SpreadLauncher>(SpreadKernel, GroupSize);
        var config = GpuBindings.Cover((long)bands.Count * x.C, GroupSize);
        b.Add("GridSampleInputGradient", stream => launch(
            stream, config, dy.Floats, grid.Floats, dx.Floats, rows, columns, geometry));
    }
}
