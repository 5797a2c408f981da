using static RealtimeVision.Street.Drawing.Texture;

namespace RealtimeVision.Street.Drawing;

/// <summary>The textures of the city, made once; v runs upwards.</summary>
internal static class Textures
{
    public static readonly Texture Plain = new((u, v) =>
        Grey(0.94f + (0.06f * Noise.At(u, v, 64, 1))));

    /// <summary>A round post seen from the side, lit from the left.</summary>
    public static readonly Texture Round = new((u, v) => Grey(Roundness(u)));

    public static readonly Texture Cloth = new((u, v) =>
        Grey(Roundness(u) * (0.88f + (0.12f * Noise.Fractal(u, v, 6, 3, 2)))));

    public static readonly Texture Bark = new((u, v) =>
        Grey(Roundness(u) * (0.6f + (0.4f * Noise.At(u, v, 24, 6, 3)))));

    /// <summary>A ball of leaves, lit from above left.</summary>
    public static readonly Texture Leaves = new((u, v) =>
    {
        float x = (2 * u) - 1, y = (2 * v) - 1;
        float light = 0.62f + (0.26f * y) - (0.14f * x);
        float clumps = Noise.Fractal(u, v, 9, 4, 4);
        float gaps = Noise.Step(0.3f, 0.55f, clumps);
        float value = light * (0.55f + (0.45f * gaps)) * (0.7f + (0.6f * clumps));
        return Rgb(value * 1.02f, value, value * 0.9f);
    });

    public static readonly Texture Asphalt = new((u, v) =>
    {
        float grain = Noise.At(u, v, 128, 5);
        float patches = Noise.Fractal(u, v, 4, 4, 6);
        float crack = MathF.Abs(Noise.Fractal(u, v, 3, 4, 7) - 0.5f) < 0.004f
            && Noise.At(u, v, 5, 13) > 0.5f ? 0.84f : 1;
        return Grey((0.66f + (0.18f * grain) + (0.22f * patches)) * crack);
    });

    public static readonly Texture Slabs = new((u, v) =>
    {
        const int Across = 8;
        int row = (int)(v * Across);
        float x = ((u * Across) + (row % 2 * 0.5f)) % 1, y = (v * Across) % 1;
        bool joint = x < 0.05f || y < 0.05f;
        int column = (int)((u * Across) + (row % 2 * 0.5f)) % Across;
        float stone = 0.8f + (0.14f * Noise.Lattice(column, row, 8));
        return Grey((joint ? 0.62f : stone) + (0.1f * (Noise.At(u, v, 64, 9) - 0.5f)));
    });

    public static readonly Texture Grass = new((u, v) =>
    {
        float value = 0.45f + (0.35f * Noise.At(u, v, 96, 10))
            + (0.3f * Noise.Fractal(u, v, 6, 3, 11));
        return Rgb(value, value, value * 0.85f);
    });

    /// <summary>How much cloud there is, as grey.</summary>
    public static readonly Texture Clouds = new((u, v) =>
        Grey(Noise.Step(0.38f, 0.75f, Noise.Fractal(u, v, 4, 5, 12))));

    public static readonly Texture Tyre = new((u, v) =>
    {
        float x = (2 * u) - 1, y = (2 * v) - 1;
        float r = MathF.Sqrt((x * x) + (y * y));
        bool spoke = MathF.Cos(MathF.Atan2(y, x) * 5) > -0.35f || r < 0.2f;
        return Grey(r > 0.64f ? 0.1f : r > 0.57f ? 0.62f : spoke ? 0.66f : 0.16f);
    });

    /// <summary>Glass of a car: sky above, dark below, the frame around it.</summary>
    public static readonly Texture CarGlass = new((u, v) =>
    {
        bool frame = u < 0.04f || u > 0.96f || v > 0.94f || v < 0.03f;
        float streak = Noise.Step(0.1f, 0, MathF.Abs(u - 0.35f - (0.25f * v))) * 0.18f;
        return frame ? Grey(0.8f) : Grey(0.25f + (0.4f * v * v) + streak, painted: false);
    });

    /// <summary>Windows along the side of a car.</summary>
    public static readonly Texture CarWindows = new((u, v) =>
    {
        bool pillar = u < 0.03f || u > 0.97f || MathF.Abs(u - 0.52f) < 0.022f || v > 0.88f
            || v < 0.02f;
        return pillar ? Grey(0.85f) : Grey(0.22f + (0.36f * v), painted: false);
    });

    /// <summary>The painted side of a car: doors, sill, wheel arches.</summary>
    public static readonly Texture CarSide = new((u, v) =>
    {
        bool seam = MathF.Abs(u - 0.33f) < 0.006f || MathF.Abs(u - 0.53f) < 0.006f
            || MathF.Abs(u - 0.73f) < 0.006f;
        bool handle = MathF.Abs(v - 0.72f) < 0.025f
            && (MathF.Abs(u - 0.5f) < 0.02f || MathF.Abs(u - 0.7f) < 0.02f);
        bool arch = IsArch(0.19f) || IsArch(0.81f);
        float light = 0.72f + (0.3f * v) + (MathF.Abs(v - 0.6f) < 0.03f ? 0.1f : 0);
        return arch || v < 0.09f ? Grey(0.1f)
            : seam && v > 0.12f ? Grey(light * 0.55f)
            : Grey(handle ? light * 0.5f : light);

        bool IsArch(float middle)
        {
            float x = (u - middle) * 4.4f, y = (v * 0.68f) - 0.06f;
            return (x * x) + (y * y) < 0.4f * 0.4f;
        }
    });

    public static readonly Texture CarFront = new((u, v) =>
    {
        float side = MathF.Abs(u - 0.5f);
        bool lamp = side is > 0.3f and < 0.47f && v is > 0.55f and < 0.8f;
        bool grille = side < 0.26f && v is > 0.5f and < 0.78f;
        bool plate = side < 0.14f && v is > 0.22f and < 0.36f;
        return lamp ? Grey(1, painted: false)
            : plate ? Rgb(0.9f, 0.9f, 0.85f, painted: false)
            : grille ? Grey((int)(v * 40) % 2 == 0 ? 0.12f : 0.25f)
            : v < 0.14f ? Grey(0.12f) : Grey(0.7f + (0.3f * v));
    });

    public static readonly Texture CarBack = new((u, v) =>
    {
        float side = MathF.Abs(u - 0.5f);
        bool lamp = side is > 0.33f and < 0.48f && v is > 0.52f and < 0.84f;
        bool plate = side < 0.15f && v is > 0.42f and < 0.6f;
        return lamp ? Rgb(1, 0.1f, 0.08f, painted: false)
            : plate ? Rgb(0.9f, 0.9f, 0.85f, painted: false)
            : v < 0.16f ? Grey(0.12f)
            : MathF.Abs(v - 0.34f) < 0.012f ? Grey(0.4f) : Grey(0.66f + (0.3f * v));
    });

    private static float Roundness(float u)
    {
        float x = (2 * u) - 1;
        return 0.5f + (0.5f * MathF.Sqrt(Math.Max(0, 1 - (x * x)))) - (0.16f * x);
    }
}
