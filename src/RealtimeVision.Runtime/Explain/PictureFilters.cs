namespace RealtimeVision.Runtime.Explain;

/// <summary>Filters of pictures on the host: [rows, columns, channels].</summary>
internal static class PictureFilters
{
    /// <summary>
    /// Each number becomes the mean of those within the radius, rows first; beyond the edge the
    /// edge counts.
    /// </summary>
    public static void BoxBlur(
        Span<float> pixels, int width, int height, int channels, int radius)
    {
        var line = new float[Math.Max(width, height)];
        for (int y = 0; y < height; y++)
        {
            for (int c = 0; c < channels; c++)
            {
                Blur(pixels, (y * width * channels) + c, channels, line.AsSpan(0, width), radius);
            }
        }

        for (int i = 0; i < width * channels; i++)
        {
            Blur(pixels, i, width * channels, line.AsSpan(0, height), radius);
        }
    }

    /// <summary>Moves a picture around, what leaves it at one side enters at the other.</summary>
    public static void Roll(
        ReadOnlySpan<float> from, Span<float> to, int width, int height, int channels, int right,
        int down)
    {
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> row = from.Slice(y * width * channels, width * channels);
            int target = (((y + down) % height) + height) % height;
            Span<float> moved = to.Slice(target * width * channels, width * channels);
            int split = ((((-right) % width) + width) % width) * channels;
            row[split..].CopyTo(moved);
            row[..split].CopyTo(moved[(row.Length - split)..]);
        }
    }

    private static void Blur(
        Span<float> pixels, int first, int step, Span<float> line, int radius)
    {
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = pixels[first + (i * step)];
        }

        double sum = 0;
        for (int i = -radius; i <= radius; i++)
        {
            sum += line[Math.Clamp(i, 0, line.Length - 1)];
        }

        for (int i = 0; i < line.Length; i++)
        {
            pixels[first + (i * step)] = (float)(sum / ((2 * radius) + 1));
            sum += line[Math.Min(i + radius + 1, line.Length - 1)] - line[Math.Max(i - radius, 0)];
        }
    }
}
