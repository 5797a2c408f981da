namespace RealtimeVision.Street.Drawing;

/// <summary>Value noise that repeats after 1 along both axes.</summary>
internal static class Noise
{
    /// <summary>From 0 to 1, with so many cells along an axis.</summary>
    public static float At(float x, float y, int cells, uint salt) =>
        At(x, y, cells, cells, salt);

    /// <summary>From 0 to 1, with so many cells along each axis.</summary>
    public static float At(float x, float y, int across, int down, uint salt)
    {
        float u = x * across, v = y * down;
        int i = (int)MathF.Floor(u), j = (int)MathF.Floor(v);
        float s = Smooth(u - i), t = Smooth(v - j);
        float top = Mix(Cell(i, j), Cell(i + 1, j), s);
        return Mix(top, Mix(Cell(i, j + 1), Cell(i + 1, j + 1), s), t);

        float Cell(int a, int b) => Lattice(Wrap(a, across), Wrap(b, down), salt);
    }

    /// <summary>The sum of octaves, from 0 to 1.</summary>
    public static float Fractal(float x, float y, int cells, int octaves, uint salt)
    {
        float sum = 0, weight = 0.5f, total = 0;
        for (int i = 0; i < octaves; i++)
        {
            sum += weight * At(x, y, cells << i, salt + (uint)i);
            total += weight;
            weight /= 2;
        }

        return sum / total;
    }

    public static float Lattice(int x, int y, uint salt)
    {
        uint h = ((uint)x * 0x85EBCA6B) ^ ((uint)y * 0xC2B2AE35) ^ (salt * 0x27D4EB2F);
        h = (h ^ (h >> 15)) * 0x2C1B3C6D;
        h = (h ^ (h >> 12)) * 0x297A2D39;
        return ((h ^ (h >> 15)) >> 8) * (1f / (1 << 24));
    }

    public static float Mix(float a, float b, float t) => a + ((b - a) * t);

    /// <summary>0 below <paramref name="from"/>, 1 above <paramref name="to"/>.</summary>
    public static float Step(float from, float to, float x) =>
        Smooth(Math.Clamp((x - from) / (to - from), 0, 1));

    private static float Smooth(float t) => t * t * (3 - (2 * t));

    private static int Wrap(int a, int cells) => ((a % cells) + cells) % cells;
}
