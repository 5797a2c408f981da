using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record BackgroundBlur : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void ReduceLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<byte> source,
        ArrayView<int> geometry,
        ArrayView<byte> mask,
        ArrayView<float> sigma,
        ArrayView<float> products,
        ArrayView<float> weights);

    private delegate void BlurLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<byte> source,
        ArrayView<int> geometry,
        ArrayView<float> sigma,
        ArrayView<float> products,
        ArrayView<float> weights,
        ArrayView<float> blurredProducts,
        ArrayView<float> blurredWeights);

    /// <summary>Sums over squares of pixels: one thread a byte of a small pixel.</summary>
    internal static void ReduceKernel(
        ArrayView<byte> source, ArrayView<int> g, ArrayView<byte> mask, ArrayView<float> sigma,
        ArrayView<float> products, ArrayView<float> weights)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        int width = Small(frame.Width);
        int row = width * frame.BytesPerPixel;
        if (!(sigma[0] > 0f) || !frame.IsValid(source.IntLength)
            || index >= row * Small(frame.Height))
        {
            return;
        }

        int channel = index % frame.BytesPerPixel;
        int left = index % row / frame.BytesPerPixel * Factor;
        int top = index / row * Factor;
        int right = left + Factor < frame.Width ? left + Factor : frame.Width;
        int bottom = top + Factor < frame.Height ? top + Factor : frame.Height;
        float product = 0f;
        float sum = 0f;
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                float weight = 256 - mask[(y * frame.Width) + x];
                int at = (y * frame.RowBytes) + (x * frame.BytesPerPixel) + channel;
                product += weight * source[at];
                sum += weight;
            }
        }

        products[index] = product;
        if (channel == 0)
        {
            weights[index / frame.BytesPerPixel] = sum;
        }
    }

    /// <summary>Blurs along rows: one thread a byte of a small pixel.</summary>
    internal static void RowBlurKernel(
        ArrayView<byte> source, ArrayView<int> g, ArrayView<float> sigmas,
        ArrayView<float> products, ArrayView<float> weights,
        ArrayView<float> blurredProducts, ArrayView<float> blurredWeights)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        int width = Small(frame.Width);
        int row = width * frame.BytesPerPixel;
        float sigma = sigmas[0] < MaxSigma ? sigmas[0] : MaxSigma;
        if (!(sigma > 0f) || !frame.IsValid(source.IntLength)
            || index >= row * Small(frame.Height))
        {
            return;
        }

        int pixel = index / frame.BytesPerPixel;
        int column = pixel % width;
        int radius = Radius(sigma);
        int first = column > radius ? -radius : -column;
        int last = width - 1 - column < radius ? width - 1 - column : radius;
        float product = 0f;
        float weight = 0f;
        for (int i = first; i <= last; i++)
        {
            float share = Share(i, sigma);
            product += products[index + (i * frame.BytesPerPixel)] * share;
            weight += weights[pixel + i] * share;
        }

        blurredProducts[index] = product;
        if (index % frame.BytesPerPixel == 0)
        {
            blurredWeights[pixel] = weight;
        }
    }

    /// <summary>Blurs down columns and divides: one thread a byte of a small pixel.</summary>
    internal static void ColumnBlurKernel(
        ArrayView<byte> source, ArrayView<int> g, ArrayView<float> sigmas,
        ArrayView<float> products, ArrayView<float> weights, ArrayView<float> y,
        ArrayView<float> unused)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        int width = Small(frame.Width);
        int height = Small(frame.Height);
        int row = width * frame.BytesPerPixel;
        float sigma = sigmas[0] < MaxSigma ? sigmas[0] : MaxSigma;
        if (!(sigma > 0f) || !frame.IsValid(source.IntLength) || index >= row * height)
        {
            return;
        }

        int pixel = index / frame.BytesPerPixel;
        int at = index / row;
        int radius = Radius(sigma);
        int first = at > radius ? -radius : -at;
        int last = height - 1 - at < radius ? height - 1 - at : radius;
        float product = 0f;
        float weight = 0f;
        for (int i = first; i <= last; i++)
        {
            float share = Share(i, sigma);
            product += products[index + (i * row)] * share;
            weight += weights[pixel + (i * width)] * share;
        }

        y[index] = product / weight;
    }

    // Not divided by their sum: what is divided in the end has the same factor.
    private static float Share(int distance, float sigma) =>
        MathF.Exp(-(distance * distance) / (2f * sigma * sigma));

    void IGpuOperator.Prepare(GpuBindings b)
    {
        int capacity = b.InputShape(Pixels)[0];
        var small = TensorType.Float(Count(capacity));
        var config = GpuBindings.Cover(Count(capacity), GroupSize);
        var (products, weights) = (b.Scratch(small), b.Scratch(small));
        var (rowProducts, rowWeights) = (b.Scratch(small), b.Scratch(small));
        var (source, geometry, mask) =
            (b.Input(Pixels), b.Input(FrameGeometryInput), b.Input(Mask));
        var (sigma, y) = (b.Input(Sigma), b.Output());
        var reduce = b.Load<ReduceLauncher>(ReduceKernel, GroupSize);
        b.Add("BackgroundBlur reduce", stream => reduce(
            stream, config, source.Bytes, geometry.Ints, mask.Bytes, sigma.Floats,
            products.Floats, weights.Floats));
        var rows = b.Load<BlurLauncher>(RowBlurKernel, GroupSize);
        b.Add("BackgroundBlur rows", stream => rows(
            stream, config, source.Bytes, geometry.Ints, sigma.Floats, products.Floats,
            weights.Floats, rowProducts.Floats, rowWeights.Floats));
        var columns = b.Load<BlurLauncher>(ColumnBlurKernel, GroupSize);
        b.Add("BackgroundBlur columns", stream => columns(
            stream, config, source.Bytes, geometry.Ints, sigma.Floats, rowProducts.Floats,
            rowWeights.Floats, y.Floats, weights.Floats));
    }
}
