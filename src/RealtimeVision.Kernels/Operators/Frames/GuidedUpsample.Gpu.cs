using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GuidedUpsample : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void UpsampleLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<byte> source,
        ArrayView<int> geometry,
        ArrayView<float> lines,
        ArrayView<int> mode,
        ArrayView<byte> mask,
        Layout layout);

    /// <summary>One thread a pixel of the largest frame: those beyond the frame end.</summary>
    internal static void UpsampleKernel(
        ArrayView<byte> source, ArrayView<int> g, ArrayView<float> lines, ArrayView<int> mode,
        ArrayView<byte> mask, Layout layout)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        if (mode[0] == (int)MaskUpsampling.None || !frame.IsValid(source.IntLength)
            || index >= frame.Width * frame.Height)
        {
            return;
        }

        var place = layout.Place(frame);
        int row = index / frame.Width;
        int column = index % frame.Width;
        float y = place.Row(row);
        float x = place.Column(column);
        int top = (int)y;
        int left = (int)x;
        int bottom = top + 1 < place.Bottom ? top + 1 : top;
        int right = left + 1 < place.Right ? left + 1 : left;
        y -= top;
        x -= left;
        top *= layout.Width;
        bottom *= layout.Width;
        int plane = layout.Height * layout.Width;
        float value = Between(lines, plane + top, plane + bottom, left, right, x, y);
        if (mode[0] == (int)MaskUpsampling.Guided)
        {
            int at = (row * frame.RowBytes) + (column * frame.BytesPerPixel);
            float luma = (source[at + frame.Red] * FrameOperators.Red)
                + (source[at + frame.Green] * FrameOperators.Green)
                + (source[at + frame.Blue] * FrameOperators.Blue);
            value += Between(lines, top, bottom, left, right, x, y) * luma * (1f / 255f);
        }

        // NaN is asked for by name: ILGPU may turn a comparison round, and NaN compares false both
        // ways.
        value = (value * layout.Scale) + layout.Shift;
        value = float.IsNaN(value) || value < 0f ? 0f : value;
        value = value > 255f ? 255f : value;
        mask[index] = (byte)(int)(value + 0.5f);
    }

    private static float Between(
        ArrayView<float> lines, int top, int bottom, int left, int right, float x, float y)
    {
        float upper = lines[top + left] + ((lines[top + right] - lines[top + left]) * x);
        float lower = lines[bottom + left] + ((lines[bottom + right] - lines[bottom + left]) * x);
        return upper + ((lower - upper) * y);
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var layout = LayoutFor(b.InputShape(Lines));
        var launch = b.Load<UpsampleLauncher>(UpsampleKernel, GroupSize);
        var (source, geometry, lines) =
            (b.Input(Pixels), b.Input(FrameGeometryInput), b.Input(Lines));
        var (mode, mask) = (b.Input(Mode), b.Output());
        var config = GpuBindings.Cover(b.InputShape(Pixels)[0], GroupSize);
        b.Add(Name, stream => launch(
            stream, config, source.Bytes, geometry.Ints, lines.Floats, mode.Ints, mask.Bytes,
            layout));
    }
}
