using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ColourOverlay : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void BlendLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<byte> source,
        ArrayView<byte> mask,
        ArrayView<byte> palette,
        ArrayView<float> opacity,
        ArrayView<int> rows,
        ArrayView<int> columns,
        ArrayView<byte> y,
        Geometry geometry);

    internal struct Geometry
    {
        public int Height, Width, MaskWidth, IsBilinear;
    }

    /// <summary>One thread a pixel.</summary>
    internal static void BlendKernel(
        ArrayView<byte> source,
        ArrayView<byte> mask,
        ArrayView<byte> palette,
        ArrayView<float> opacity,
        ArrayView<int> rows,
        ArrayView<int> columns,
        ArrayView<byte> y,
        Geometry g)
    {
        int pixel = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (pixel >= g.Height * g.Width)
        {
            return;
        }

        int row = 3 * (pixel / g.Width);
        int column = 3 * (pixel % g.Width);
        int upper = rows[row] * g.MaskWidth;
        int value = mask[upper + columns[column]];
        if (g.IsBilinear != 0)
        {
            int lower = rows[row + 1] * g.MaskWidth;
            int weight = columns[column + 2];
            int rowWeight = rows[row + 2];
            int above = (value * (256 - weight)) + (mask[upper + columns[column + 1]] * weight);
            int below = (mask[lower + columns[column]] * (256 - weight))
                + (mask[lower + columns[column + 1]] * weight);
            value = ((above * (256 - rowWeight)) + (below * rowWeight) + 32768) >> 16;
        }

        float opaque = opacity[0];
        opaque = opaque > 0f ? opaque : 0f;
        opaque = opaque < 1f ? opaque : 1f;
        int alpha = (int)((opaque * palette[(4 * value) + 3] * (256f / 255f)) + 0.5f);
        for (int i = 0; i < 3; i++)
        {
            int sum = (source[(3 * pixel) + i] * (256 - alpha)) + (palette[(4 * value) + i] * alpha)
                + 128;
            y[(3 * pixel) + i] = (byte)(sum >> 8);
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var frame = b.InputShape(Frame);
        var geometry = new Geometry
        {
            Height = frame[0], Width = frame[1], MaskWidth = b.InputShape(Mask)[1],
            IsBilinear = Sampling == MaskSampling.Bilinear ? 1 : 0,
        };
        var launch = b.Load<BlendLauncher>(BlendKernel, GroupSize);
        var (source, mask, palette, opacity) =
            (b.Input(Frame), b.Input(Mask), b.Input(Palette), b.Input(Opacity));
        var y = b.Output();
        var (rows, columns) = Samples(b);
        var (rowSamples, columnSamples) = (rows.Ints, columns.Ints);
        var config = GpuBindings.Cover((long)frame[0] * frame[1], GroupSize);
        b.Add(Name, stream => launch(
            stream, config, source.Bytes, mask.Bytes, palette.Bytes, opacity.Floats, rowSamples,
            columnSamples, y.Bytes, geometry));
    }
}
