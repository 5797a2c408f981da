using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GridSamplePlaceGradient : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void SlopeLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> grid,
        ArrayView<float> dy,
        ArrayView<float> dGrid,
        SampleAxis rows,
        SampleAxis columns,
        int pixels,
        int pixelsPerPicture,
        int channels);

    /// <summary>One thread a place.</summary>
    internal static void SlopeKernel(
        ArrayView<float> x,
        ArrayView<float> grid,
        ArrayView<float> dy,
        ArrayView<float> dGrid,
        SampleAxis rows,
        SampleAxis columns,
        int pixels,
        int pixelsPerPicture,
        int channels)
    {
        int pixel = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (pixel >= pixels)
        {
            return;
        }

        float coordinateX = grid[2 * pixel];
        float coordinateY = grid[(2 * pixel) + 1];
        float placeX = columns.Place(coordinateX);
        float placeY = rows.Place(coordinateY);
        int left = columns.First(placeX);
        int top = rows.First(placeY);
        int picture = pixel / pixelsPerPicture * rows.Size;
        float alongX = 0f;
        float alongY = 0f;
        for (int i = 0; i < rows.Taps; i++)
        {
            int row = rows.Pixel(top + i);
            for (int j = 0; j < columns.Taps; j++)
            {
                int column = columns.Pixel(left + j);
                if (row >= 0 && column >= 0)
                {
                    int at = (((picture + row) * columns.Size) + column) * channels;
                    float product = 0f;
                    for (int c = 0; c < channels; c++)
                    {
                        product += x[at + c] * dy[(pixel * channels) + c];
                    }

                    alongX += product * rows.Weight(placeY, top + i)
                        * columns.WeightSlope(placeX, left + j);
                    alongY += product * rows.WeightSlope(placeY, top + i)
                        * columns.Weight(placeX, left + j);
                }
            }
        }

        dGrid[2 * pixel] = alongX * columns.PlaceSlope(coordinateX);
        dGrid[(2 * pixel) + 1] = alongY * rows.PlaceSlope(coordinateY);
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var x = b.Input(GridSample.Picture);
        var (grid, dy, dGrid) = (b.Input(GridSample.Places), b.Input(Gradient), b.Output());
        var (size, samples) = (x.Type.Shape, dy.Type.Shape);
        int pixels = checked(samples.N * samples.H * samples.W);
        if (pixels == 0)
        {
            return;
        }

        var (rows, columns) = (Forward.AxisOf(size.H), Forward.AxisOf(size.W));
        var launch = b.Load<SlopeLauncher>(SlopeKernel, GroupSize);
        var config = GpuBindings.Cover(pixels, GroupSize);
        b.Add("GridSamplePlaceGradient", stream => launch(
            stream, config, x.Floats, grid.Floats, dy.Floats, dGrid.Floats, rows, columns, pixels,
            samples.H * samples.W, size.C));
    }
}
