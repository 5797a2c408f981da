using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record BackgroundComposite : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void CompositeLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<byte> source,
        ArrayView<int> geometry,
        ArrayView<byte> mask,
        ArrayView<float> blurred,
        ArrayView<byte> picture,
        ArrayView<int> settings,
        ArrayView<byte> y);

    /// <summary>One thread a byte of the largest frame: those beyond the frame end.</summary>
    internal static void CompositeKernel(
        ArrayView<byte> source, ArrayView<int> g, ArrayView<byte> mask, ArrayView<float> blurred,
        ArrayView<byte> picture, ArrayView<int> settings, ArrayView<byte> output)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        int bytes = frame.BytesPerPixel;
        int rowBytes = frame.Width * bytes;
        int kind = settings[0];
        if (kind == (int)BackgroundKind.None || !frame.IsValid(source.IntLength)
            || index >= rowBytes * frame.Height)
        {
            return;
        }

        int row = index / rowBytes;
        int column = index % rowBytes / bytes;
        int channel = index % bytes;
        int at = (row * frame.RowBytes) + (index % rowBytes);
        float behind = (settings[1] >> (8 * channel)) & 255;
        if (kind == (int)BackgroundKind.Picture)
        {
            behind = picture[at];
        }
        else if (kind == (int)BackgroundKind.Blur)
        {
            int width = BackgroundBlur.Small(frame.Width);
            int height = BackgroundBlur.Small(frame.Height);
            float y = Place(row, height);
            float x = Place(column, width);
            int top = (int)y;
            int left = (int)x;
            y -= top;
            x -= left;
            int bottom = (top + 1 < height ? top + 1 : top) * width;
            int right = ((left + 1 < width ? left + 1 : left) * bytes) + channel;
            top *= width;
            left = (left * bytes) + channel;
            float upper = blurred[(top * bytes) + left];
            upper += (blurred[(top * bytes) + right] - upper) * x;
            float lower = blurred[(bottom * bytes) + left];
            lower += (blurred[(bottom * bytes) + right] - lower) * x;
            behind = upper + ((lower - upper) * y);
        }

        float opacity = mask[(row * frame.Width) + column] * (1f / 255f);
        output[at] = (byte)(int)(behind + ((source[at] - behind) * opacity) + 0.5f);
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var launch = b.Load<CompositeLauncher>(CompositeKernel, GroupSize);
        var (source, geometry, mask) =
            (b.Input(Pixels), b.Input(FrameGeometryInput), b.Input(Mask));
        var (blurred, picture, settings) = (b.Input(Blurred), b.Input(Picture), b.Input(Settings));
        var y = b.Output();
        var config = GpuBindings.Cover(b.InputShape(Pixels)[0], GroupSize);
        b.Add(Name, stream => launch(
            stream, config, source.Bytes, geometry.Ints, mask.Bytes, blurred.Floats,
            picture.Bytes, settings.Ints, y.Bytes));
    }
}
