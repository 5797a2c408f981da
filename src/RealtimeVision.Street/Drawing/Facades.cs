using static RealtimeVision.Street.Drawing.Texture;

namespace RealtimeVision.Street.Drawing;

/// <summary>
/// Textures of houses: one window and the wall around it, a storey high, and shop fronts.
/// </summary>
internal static class Facades
{
    /// <summary>The storeys' textures, by the style of a house.</summary>
    public static readonly Texture[] Storeys =
        [new(Brick), new(Plaster), new(Office), new(Balcony), new(Arched)];

    /// <summary>Ground floors, by the style of a house.</summary>
    public static readonly Texture[] Ground =
        [new(Shop), new(Door), new(Office), new(Door), new(Shop)];

    /// <summary>A wall without windows.</summary>
    public static readonly Texture Wall = new((u, v) => Grey(Bricks(u, v)));

    private static float Bricks(float u, float v)
    {
        const int Rows = 24, Across = 8;
        int row = (int)(v * Rows);
        float x = (u * Across) + (row % 2 * 0.5f), y = (v * Rows) % 1;
        bool joint = x % 1 < 0.07f || y < 0.16f;
        return joint ? 0.98f : 0.72f + (0.22f * Noise.Lattice((int)x % Across, row, 21));
    }

    private static float Stucco(float u, float v) =>
        0.9f + (0.1f * Noise.Fractal(u, v, 8, 4, 22)) - (v < 0.03f ? 0.18f : 0);

    private static uint Brick(float u, float v)
    {
        if (Inside(u, v, 0.28f, 0.26f, 0.72f, 0.84f))
        {
            return Pane(u, v, 0.28f, 0.26f, 0.72f, 0.84f, 2, 2);
        }

        bool stone = Inside(u, v, 0.22f, 0.2f, 0.78f, 0.26f)
            || Inside(u, v, 0.24f, 0.84f, 0.76f, 0.92f);
        return stone ? Rgb(1, 1, 0.98f) : Grey(Bricks(u, v));
    }

    private static uint Plaster(float u, float v)
    {
        if (Inside(u, v, 0.34f, 0.18f, 0.66f, 0.86f))
        {
            return Pane(u, v, 0.34f, 0.18f, 0.66f, 0.86f, 2, 3);
        }

        bool shutter = Inside(u, v, 0.18f, 0.18f, 0.32f, 0.86f)
            || Inside(u, v, 0.68f, 0.18f, 0.82f, 0.86f);
        float slat = (v * 26) % 1 < 0.3f ? 0.34f : 0.5f;
        return shutter ? Grey(slat) : Grey(Stucco(u, v));
    }

    private static uint Office(float u, float v)
    {
        bool frame = u is < 0.04f or > 0.96f || MathF.Abs(u - 0.5f) < 0.015f;
        return v < 0.22f ? Grey(0.8f + (0.1f * Noise.At(u, v, 32, 23)))
            : frame ? Grey(0.55f)
            : Pane(u, v, 0.04f, 0.22f, 0.96f, 1, 1, 1);
    }

    private static uint Balcony(float u, float v)
    {
        bool rail = v is > 0.08f and < 0.34f && u is > 0.1f and < 0.9f;
        if (rail)
        {
            bool bar = v > 0.31f || (u * 20) % 1 < 0.35f;
            return Grey(bar ? 0.3f : 0.16f);
        }

        return v < 0.08f ? Grey(0.6f)
            : Inside(u, v, 0.16f, 0.1f, 0.84f, 0.86f) ? Pane(u, v, 0.16f, 0.1f, 0.84f, 0.86f, 3, 1)
            : Grey(Stucco(u, v));
    }

    private static uint Arched(float u, float v)
    {
        float x = (u - 0.5f) / 0.2f, y = (v - 0.66f) / 0.2f;
        bool arch = MathF.Abs(x) < 1 && v > 0.2f && (v < 0.66f || (x * x) + (y * y) < 1);
        float wide = MathF.Abs(u - 0.5f) / 0.26f, tall = (v - 0.66f) / 0.26f;
        bool trim = MathF.Abs(wide) < 1 && v > 0.16f
            && (v < 0.66f || (wide * wide) + (tall * tall) < 1);
        return arch ? Pane(u, v, 0.3f, 0.2f, 0.7f, 0.86f, 2, 2)
            : trim ? Grey(1) : v < 0.06f ? Grey(0.6f) : Grey(Stucco(u, v) * 0.92f);
    }

    private static uint Shop(float u, float v)
    {
        if (v > 0.78f)
        {
            float stripe = (u * 8) % 1 < 0.5f ? 0.9f : 0.55f;
            return v > 0.94f ? Grey(0.7f) : Rgb(stripe, stripe * 0.5f, stripe * 0.42f);
        }

        return Inside(u, v, 0.06f, 0.16f, 0.94f, 0.76f)
            ? Pane(u, v, 0.06f, 0.16f, 0.94f, 0.76f, 2, 1)
            : Grey(0.42f);
    }

    private static uint Door(float u, float v)
    {
        if (Inside(u, v, 0.34f, 0, 0.66f, 0.72f))
        {
            bool panel = Inside(u, v, 0.39f, 0.08f, 0.61f, 0.32f)
                || Inside(u, v, 0.39f, 0.38f, 0.61f, 0.64f);
            return Rgb(panel ? 0.24f : 0.32f, 0.18f, 0.13f);
        }

        bool frame = Inside(u, v, 0.3f, 0, 0.7f, 0.77f);
        return frame ? Grey(1) : v < 0.12f ? Grey(0.6f) : Grey(Stucco(u, v) * 0.9f);
    }

    /// <summary>Glass with glazing bars, darker above where it reflects the street.</summary>
    private static uint Pane(
        float u, float v, float left, float low, float right, float high, int across, int down)
    {
        float x = (u - left) / (right - left), y = (v - low) / (high - low);
        float bar = 0.045f;
        bool frame = (x * across % 1) < bar * across || (1 - (x * across % 1)) < bar * across
            || (y * down % 1) < bar * down * 0.7f || (1 - (y * down % 1)) < bar * down * 0.7f;
        float glass = 0.34f + (0.3f * y) + (0.12f * (x - y > 0.1f && x - y < 0.4f ? 1 : 0));
        return frame && across + down > 2 ? Grey(0.95f) : Grey(glass, painted: false);
    }

    private static bool Inside(float u, float v, float left, float low, float right, float high) =>
        u > left && u < right && v > low && v < high;
}
