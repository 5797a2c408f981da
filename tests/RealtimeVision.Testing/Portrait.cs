namespace RealtimeVision.Testing;

/// <summary>
/// A drawn person for networks that look for people: head, hair, eyes, mouth and shoulders before a
/// wall.
/// </summary>
public static class Portrait
{
    /// <summary>The picture as [1, rows, columns, 3], red first, 0 to 1.</summary>
    public static ReferenceTensor Create(int height, int width)
    {
        var pixels = new float[height * width * 3];
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                double y = (row + 0.5) / height;
                double x = (((column + 0.5) / width) - 0.5) * width / height;
                double shade = 0.9 - (0.4 * Math.Abs(x)) + (0.05 * Math.Sin(40 * y));
                var (r, g, b) =
                    Inside(x, y, -0.08, 0.38, 0.025, 0.012) || Inside(x, y, 0.08, 0.38, 0.025, 0.012)
                        ? (0.1, 0.08, 0.08)
                    : Inside(x, y, 0, 0.53, 0.06, 0.015) ? (0.7, 0.3, 0.3)
                    : Inside(x, y, 0, 0.43, 0.15, 0.2) ? (0.87 * shade, 0.65 * shade, 0.53 * shade)
                    : Inside(x, y, 0, 0.36, 0.19, 0.23) ? (0.2, 0.13, 0.08)
                    : Inside(x, y, 0, 0.65, 0.07, 0.15) ? (0.8 * shade, 0.6 * shade, 0.5 * shade)
                    : Inside(x, y, 0, 1.05, 0.4, 0.35) ? (0.15 * shade, 0.25 * shade, 0.5 * shade)
                    : (0.75 - (0.2 * y), 0.78 - (0.2 * y), 0.74 - (0.1 * y));
                int at = ((row * width) + column) * 3;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = ((float)r, (float)g, (float)b);
            }
        }

        return new ReferenceTensor([1, height, width, 3], pixels);
    }

    private static bool Inside(
        double x, double y, double centreX, double centreY, double halfWidth, double halfHeight) =>
        Math.Pow((x - centreX) / halfWidth, 2) + Math.Pow((y - centreY) / halfHeight, 2) < 1;
}
