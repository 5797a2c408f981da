using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Data;

/// <summary>Resamples pictures and masks by a map.</summary>
/// <remarks>
/// A position further than half a pixel outside the picture is outside; others use the pixels of
/// the edge. Picture and mask agree on this.
/// </remarks>
internal static class PictureWarp
{
    private const int MaxSamples = 8;

    /// <summary>
    /// Between pixels bilinear; the mean of several positions where the picture becomes smaller.
    /// </summary>
    public static void Picture(
        ReadOnlySpan<float> source, Size2 from, Span<float> target, Size2 to, PixelMap map,
        ReadOnlySpan<float> fill)
    {
        int channels = fill.Length;
        if (map.IsExact)
        {
            CopyPixels(source, from, target, to, map, fill);
            return;
        }

        int samplesX = Samples(Math.Sqrt((map.Xx * map.Xx) + (map.Yx * map.Yx)));
        int samplesY = Samples(Math.Sqrt((map.Xy * map.Xy) + (map.Yy * map.Yy)));
        float share = 1f / (samplesX * samplesY);
        for (int y = 0, at = 0; y < to.Height; y++)
        {
            for (int x = 0; x < to.Width; x++, at += channels)
            {
                Span<float> pixel = target.Slice(at, channels);
                pixel.Clear();
                for (int j = 0; j < samplesY; j++)
                {
                    double py = y + ((j + 0.5) / samplesY) - 0.5;
                    for (int i = 0; i < samplesX; i++)
                    {
                        double px = x + ((i + 0.5) / samplesX) - 0.5;
                        AddSample(
                            source, from, pixel, fill, share,
                            (map.Xx * px) + (map.Xy * py) + map.X0,
                            (map.Yx * px) + (map.Yy * py) + map.Y0);
                    }
                }
            }
        }
    }

    /// <summary>The nearest class index; <paramref name="outside"/> where there is none.</summary>
    public static void Mask(
        ReadOnlySpan<int> source, Size2 from, Span<int> target, Size2 to, PixelMap map, int outside)
    {
        for (int y = 0, at = 0; y < to.Height; y++)
        {
            for (int x = 0; x < to.Width; x++, at++)
            {
                int sx = (int)Math.Floor((map.Xx * x) + (map.Xy * y) + map.X0 + 0.5);
                int sy = (int)Math.Floor((map.Yx * x) + (map.Yy * y) + map.Y0 + 0.5);
                target[at] = (uint)sx < (uint)from.Width && (uint)sy < (uint)from.Height
                    ? source[(sy * from.Width) + sx]
                    : outside;
            }
        }
    }

    private static int Samples(double scale) =>
        Math.Clamp((int)Math.Ceiling(scale - 0.25), 1, MaxSamples);

    private static void CopyPixels(
        ReadOnlySpan<float> source, Size2 from, Span<float> target, Size2 to, PixelMap map,
        ReadOnlySpan<float> fill)
    {
        int channels = fill.Length;
        int stepX = (int)map.Xx, stepY = (int)map.Yx;
        for (int y = 0, at = 0; y < to.Height; y++)
        {
            int sx = (int)((map.Xy * y) + map.X0), sy = (int)((map.Yy * y) + map.Y0);
            for (int x = 0; x < to.Width; x++, at += channels, sx += stepX, sy += stepY)
            {
                ReadOnlySpan<float> pixel =
                    (uint)sx < (uint)from.Width && (uint)sy < (uint)from.Height
                        ? source.Slice(((sy * from.Width) + sx) * channels, channels)
                        : fill;
                for (int c = 0; c < channels; c++)
                {
                    target[at + c] = pixel[c];
                }
            }
        }
    }

    private static void AddSample(
        ReadOnlySpan<float> source, Size2 from, Span<float> pixel, ReadOnlySpan<float> fill,
        float share, double x, double y)
    {
        // Written so that NaN is outside too.
        if (!(x >= -0.5 && y >= -0.5 && x < from.Width - 0.5 && y < from.Height - 0.5))
        {
            for (int c = 0; c < pixel.Length; c++)
            {
                pixel[c] += share * fill[c];
            }

            return;
        }

        double left = Math.Floor(x), top = Math.Floor(y);
        float wx = (float)(x - left), wy = (float)(y - top);
        int channels = pixel.Length;
        int x0 = Math.Max((int)left, 0) * channels;
        int x1 = Math.Min((int)left + 1, from.Width - 1) * channels;
        int row = from.Width * channels;
        ReadOnlySpan<float> upper = source.Slice(Math.Max((int)top, 0) * row, row);
        ReadOnlySpan<float> lower =
            source.Slice(Math.Min((int)top + 1, from.Height - 1) * row, row);
        for (int c = 0; c < channels; c++)
        {
            float a = upper[x0 + c] + (wx * (upper[x1 + c] - upper[x0 + c]));
            float b = lower[x0 + c] + (wx * (lower[x1 + c] - lower[x0 + c]));
            pixel[c] += share * (a + (wy * (b - a)));
        }
    }
}
