using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record RoiAlignGradient : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void SpreadLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> dy,
        ArrayView<float> boxes,
        ArrayView<int> pictures,
        ArrayView<float> dx,
        RoiGeometry geometry,
        int bands,
        int rowsPerBand);

    /// <summary>
    /// One thread a channel of a band, which goes through all boxes of its picture: nobody else
    /// writes to it. Neighbouring threads have neighbouring channels.
    /// </summary>
    internal static void SpreadKernel(
        ArrayView<float> dy,
        ArrayView<float> boxes,
        ArrayView<int> pictures,
        ArrayView<float> dx,
        RoiGeometry g,
        int bands,
        int rowsPerBand)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * bands * g.C)
        {
            return;
        }

        int c = index % g.C;
        int n = index / (g.C * bands);
        int width = g.Columns.Pixels.Size;
        int from = index / g.C % bands * rowsPerBand;
        int to = from + rowsPerBand;
        to = to < g.Rows.Pixels.Size ? to : g.Rows.Pixels.Size;
        int picture = (n * g.Rows.Pixels.Size * width * g.C) + c;
        for (int pixel = from * width; pixel < to * width; pixel++)
        {
            dx[picture + (pixel * g.C)] = 0f;
        }

        int cells = g.Rows.Cells * g.Columns.Cells;
        for (int r = 0; r < g.R; r++)
        {
            int ofPicture = g.Picture(pictures[r]) == n ? cells : 0;
            for (int cell = 0; cell < ofPicture; cell++)
            {
                var across = g.Columns.Cell(
                    boxes[4 * r], boxes[(4 * r) + 2], cell % g.Columns.Cells);
                var down = g.Rows.Cell(
                    boxes[(4 * r) + 1], boxes[(4 * r) + 3], cell / g.Columns.Cells);
                float gradient = dy[(((r * cells) + cell) * g.C) + c];
                int samples = down.Samples * across.Samples;
                for (int i = 0; i < samples; i++)
                {
                    float placeY = down.Place(i / across.Samples);
                    float placeX = across.Place(i % across.Samples);
                    float share = 0f;
                    if (g.Rows.Contains(placeY) && g.Columns.Contains(placeX))
                    {
                        share = 1f / samples;
                    }

                    placeY = g.Rows.Held(placeY);
                    placeX = g.Columns.Held(placeX);
                    int top = g.Rows.Pixels.First(placeY);
                    int left = g.Columns.Pixels.First(placeX);
                    for (int tap = 0; tap < 4 && share > 0f; tap++)
                    {
                        int y = top + (tap / 2);
                        int x = left + (tap % 2);
                        int row = g.Rows.Pixels.Pixel(y);
                        if (row >= from && row < to)
                        {
                            float weight = g.Rows.Pixels.Weight(placeY, y)
                                * g.Columns.Pixels.Weight(placeX, x) * share;
                            int pixel = (row * width) + g.Columns.Pixels.Pixel(x);
                            dx[picture + (pixel * g.C)] += gradient * weight;
                        }
                    }
                }
            }
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (dy, boxes, pictures) = (b.Input(Gradient), b.Input(Boxes), b.Input(BoxPictures));
        var dx = b.Output();
        var x = dx.Type.Shape;
        if (x.Count == 0)
        {
            return;
        }

        var bands = PictureBands.ForGpu(N, H, x.C);
        var geometry = Forward.GeometryOf(x, dy.Type.Shape);
        var launch = b.Load<SpreadLauncher>(SpreadKernel, GroupSize);
        var config = GpuBindings.Cover((long)bands.Count * x.C, GroupSize);
        b.Add("RoiAlignGradient", stream => launch(
            stream, config, dy.Floats, boxes.Floats, pictures.Ints, dx.Floats, geometry,
            bands.Bands, bands.RowsPerBand));
    }
}
