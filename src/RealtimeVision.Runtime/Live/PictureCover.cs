namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Scales a picture so that it covers a frame: once for each size, so that it may take its time.
/// </summary>
internal static class PictureCover
{
    /// <summary>Fills <paramref name="target"/>, whose size and format are set.</summary>
    /// <remarks>
    /// A triangle as wide as a target pixel, two source pixels at least, along both axes: linear
    /// interpolation where the picture grows, an average where it shrinks.
    /// </remarks>
    public static void Fill(Frame source, Frame target)
    {
        double scale = Math.Min(
            (double)source.Width / target.Width, (double)source.Height / target.Height);
        Tap[] columns = Taps(source.Width, target.Width, scale);
        Tap[] rows = Taps(source.Height, target.Height, scale);
        int[] channels = Channels(source.Format, target.Format);
        float[] stretched = new float[source.Height * target.Width * channels.Length];
        for (int y = 0; y < source.Height; y++)
        {
            ReadOnlySpan<byte> row = source.Pixels.Slice(
                y * source.Width * source.Channels, source.Width * source.Channels);
            for (int i = 0; i < target.Width * channels.Length; i++)
            {
                Tap tap = columns[i / channels.Length];
                int channel = channels[i % channels.Length];
                float sum = 0;
                for (int t = 0; channel >= 0 && t < tap.Weights.Length; t++)
                {
                    sum += row[((tap.First + t) * source.Channels) + channel] * tap.Weights[t];
                }

                stretched[(y * target.Width * channels.Length) + i] = channel < 0 ? 255 : sum;
            }
        }

        int width = target.Width * channels.Length;
        for (int y = 0; y < target.Height; y++)
        {
            Span<byte> row = target.Pixels.Slice(y * width, width);
            for (int i = 0; i < width; i++)
            {
                float sum = 0.5f;
                for (int t = 0; t < rows[y].Weights.Length; t++)
                {
                    sum += stretched[((rows[y].First + t) * width) + i] * rows[y].Weights[t];
                }

                row[i] = (byte)Math.Clamp(sum, 0, 255);
            }
        }
    }

    private static Tap[] Taps(int source, int target, double scale)
    {
        double margin = (source - (target * scale)) / 2;
        double reach = Math.Max(scale, 1);
        var taps = new Tap[target];
        for (int i = 0; i < target; i++)
        {
            double centre = margin + ((i + 0.5) * scale) - 0.5;
            int first = Math.Clamp((int)Math.Ceiling(centre - reach), 0, source - 1);
            int last = Math.Clamp((int)Math.Floor(centre + reach), first, source - 1);
            double[] weights = [.. Enumerable.Range(first, last - first + 1)
                .Select(at => Math.Max(1 - (Math.Abs(at - centre) / reach), 1e-6))];
            double sum = weights.Sum();
            taps[i] = new Tap(first, Array.ConvertAll(weights, w => (float)(w / sum)));
        }

        return taps;
    }

    /// <summary>
    /// For each byte of a target pixel the byte of a source pixel; -1 where it is opaque alpha.
    /// </summary>
    private static int[] Channels(PixelFormat source, PixelFormat target)
    {
        var (red, green, blue) = Frame.OffsetsOf(source);
        return target switch
        {
            PixelFormat.Gray8 => [green],
            PixelFormat.Rgb24 => [red, green, blue],
            PixelFormat.Bgr24 => [blue, green, red],
            PixelFormat.Rgba32 => [red, green, blue, -1],
            _ => [blue, green, red, -1],
        };
    }

    private readonly record struct Tap(int First, float[] Weights);
}
