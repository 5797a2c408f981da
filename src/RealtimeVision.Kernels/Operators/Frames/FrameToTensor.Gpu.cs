using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record FrameToTensor : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void ResampleLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<byte> source,
        ArrayView<int> geometry,
        ArrayView<float> y,
        Layout layout);

    /// <summary>One thread a pixel of the tensor.</summary>
    internal static void ResampleKernel(
        ArrayView<byte> source, ArrayView<int> g, ArrayView<float> y, Layout layout)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= layout.Height * layout.Width)
        {
            return;
        }

        var frame = layout.HasRegion != 0
            ? new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[8], g[9], g[10], g[11])
            : new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        float value0 = layout.Padding0;
        float value1 = layout.Padding1;
        float value2 = layout.Padding2;
        if (frame.IsValid(source.IntLength))
        {
            var box = frame.In(layout.Width, layout.Height, (FrameFit)layout.Fit);
            int row = (index / layout.Width) - box.TargetY;
            int column = (index % layout.Width) - box.TargetX;
            if (row >= 0 && row < box.TargetHeight && column >= 0 && column < box.TargetWidth)
            {
                var rows = new ResampleAxis(box.SourceHeight, box.TargetHeight);
                var columns = new ResampleAxis(box.SourceWidth, box.TargetWidth);
                int firstRow = rows.First(row);
                int lastRow = rows.Last(row);
                int firstColumn = columns.First(column);
                int lastColumn = columns.Last(column);
                float red = 0f;
                float green = 0f;
                float blue = 0f;
                for (int sy = firstRow; sy <= lastRow; sy++)
                {
                    float rowWeight = sy == firstRow ? rows.FirstWeight(row)
                        : sy == lastRow ? rows.LastWeight(row) : rows.Inner;
                    for (int sx = firstColumn; sx <= lastColumn; sx++)
                    {
                        float weight = sx == firstColumn ? columns.FirstWeight(column)
                            : sx == lastColumn ? columns.LastWeight(column) : columns.Inner;
                        weight *= rowWeight;
                        int at = ((box.SourceY + sy) * frame.RowBytes)
                            + ((box.SourceX + sx) * frame.BytesPerPixel);
                        red += weight * source[at + frame.Red];
                        green += weight * source[at + frame.Green];
                        blue += weight * source[at + frame.Blue];
                    }
                }

                float first = layout.Order == (int)ColourOrder.Bgr ? blue : red;
                float third = layout.Order == (int)ColourOrder.Bgr ? red : blue;
                if (layout.Channels == 1)
                {
                    first = (0.299f * red) + (0.587f * green) + (0.114f * blue);
                }

                value0 = (first * layout.Scale0) + layout.Shift0;
                value1 = (green * layout.Scale1) + layout.Shift1;
                value2 = (third * layout.Scale2) + layout.Shift2;
            }
        }

        if (layout.Channels == 1)
        {
            y[index] = value0;
            return;
        }

        y[3 * index] = value0;
        y[(3 * index) + 1] = value1;
        y[(3 * index) + 2] = value2;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var layout = LayoutFor(b.InputType(FrameGeometryInput));
        var launch = b.Load<ResampleLauncher>(ResampleKernel, GroupSize);
        var (source, geometry, y) = (b.Input(Pixels), b.Input(FrameGeometryInput), b.Output());
        var config = GpuBindings.Cover((long)Height * Width, GroupSize);
        b.Add(
            Name, stream => launch(stream, config, source.Bytes, geometry.Ints, y.Floats, layout));
    }
}
