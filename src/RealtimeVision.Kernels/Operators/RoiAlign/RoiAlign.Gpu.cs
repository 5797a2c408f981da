using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record RoiAlign : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void CellsLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> boxes,
        ArrayView<int> pictures,
        ArrayView<float> y,
        RoiGeometry geometry);

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void CellsKernel<TReduction>(
        ArrayView<float> x,
        ArrayView<float> boxes,
        ArrayView<int> pictures,
        ArrayView<float> y,
        RoiGeometry g)
        where TReduction : struct, IPoolReduction
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.R * g.Rows.Cells * g.Columns.Cells * g.C)
        {
            return;
        }

        int c = index % g.C;
        int cell = index / g.C;
        int line = cell / g.Columns.Cells;
        int r = line / g.Rows.Cells;
        var across = g.Columns.Cell(boxes[4 * r], boxes[(4 * r) + 2], cell % g.Columns.Cells);
        var down = g.Rows.Cell(boxes[(4 * r) + 1], boxes[(4 * r) + 3], line % g.Rows.Cells);
        int picture = g.Picture(pictures[r]) * g.Rows.Pixels.Size;
        int samples = down.Samples * across.Samples;
        var value = new Lanes1(TReduction.Empty);
        for (int i = 0; i < samples; i++)
        {
            float placeY = down.Place(i / across.Samples);
            float placeX = across.Place(i % across.Samples);
            float scale = g.Rows.Contains(placeY) && g.Columns.Contains(placeX) ? 1f : 0f;
            placeY = g.Rows.Held(placeY);
            placeX = g.Columns.Held(placeX);
            int top = g.Rows.Pixels.First(placeY);
            int left = g.Columns.Pixels.First(placeX);
            for (int tap = 0; tap < 4; tap++)
            {
                int row = top + (tap / 2);
                int column = left + (tap % 2);
                int at = ((picture + g.Rows.Pixels.Pixel(row)) * g.Columns.Pixels.Size)
                    + g.Columns.Pixels.Pixel(column);
                float weight = scale * g.Rows.Pixels.Weight(placeY, row)
                    * g.Columns.Pixels.Weight(placeX, column);
                value = TReduction.Accumulate(value, new Lanes1(x[(at * g.C) + c] * weight));
            }
        }

        y[index] = samples > 0 ? TReduction.Finish(value, new Lanes1(1f / samples)).Value : 0f;
    }

    private void Prepare<TReduction>(GpuBindings b)
        where TReduction : struct, IPoolReduction
    {
        var (x, boxes, pictures) = (b.Input(Pictures), b.Input(Boxes), b.Input(BoxPictures));
        var y = b.Output();
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        var geometry = GeometryOf(x.Type.Shape, y.Type.Shape);
        var launch = b.Load<CellsLauncher>(CellsKernel<TReduction>, GroupSize);
        var config = GpuBindings.Cover(y.Type.Shape.Count, GroupSize);
        b.Add("RoiAlign", stream => launch(
            stream, config, x.Floats, boxes.Floats, pictures.Ints, y.Floats, geometry));
    }
}
