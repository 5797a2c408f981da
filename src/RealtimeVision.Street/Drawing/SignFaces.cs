using static RealtimeVision.Street.Drawing.Texture;

namespace RealtimeVision.Street.Drawing;

/// <summary>Faces of traffic signs, each in the square around it.</summary>
internal static class SignFaces
{
    public static readonly Texture Stop = new((u, v) =>
    {
        float x = MathF.Abs(u - 0.5f), y = MathF.Abs(v - 0.5f);
        bool rim = MathF.Max(MathF.Max(x, y), (x + y) * 0.7071f) > 0.45f;
        bool word = y < 0.11f && x < 0.36f && ((u - 0.14f) / 0.18f % 1) is > 0.22f;
        return rim || word ? Grey(1) : Rgb(0.78f, 0.05f, 0.07f);
    });

    public static readonly Texture Limit = new((u, v) =>
    {
        float r = Radius(u, v);
        float x = MathF.Abs(MathF.Abs(u - 0.5f) - 0.12f), y = MathF.Abs(v - 0.5f);
        bool digit = x < 0.08f && y < 0.17f && (x > 0.035f || y > 0.12f);
        return r > 0.37f ? Rgb(0.82f, 0.06f, 0.08f) : digit ? Grey(0.05f) : Grey(1);
    });

    public static readonly Texture Warning = new((u, v) =>
    {
        float edge = MathF.Min(v, (1 - v - (2 * MathF.Abs(u - 0.5f))) * 0.447f);
        bool mark = MathF.Abs(u - 0.5f) < 0.05f
            && (v is > 0.32f and < 0.62f or > 0.18f and < 0.26f);
        return edge < 0.09f ? Rgb(0.85f, 0.07f, 0.07f) : mark ? Grey(0.05f) : Rgb(1, 0.95f, 0.6f);
    });

    public static readonly Texture Parking = new((u, v) =>
    {
        bool rim = MathF.Max(MathF.Abs(u - 0.5f), MathF.Abs(v - 0.5f)) > 0.45f;
        bool stem = u is > 0.32f and < 0.42f && v is > 0.2f and < 0.8f;
        float x = (u - 0.45f) / 0.22f, y = (v - 0.62f) / 0.18f;
        float r = (x * x) + (y * y);
        bool bow = u > 0.4f && r is > 0.3f and < 1;
        return rim || stem || bow ? Grey(1) : Rgb(0.06f, 0.22f, 0.68f);
    });

    public static readonly Texture NoEntry = new((u, v) =>
    {
        bool bar = MathF.Abs(v - 0.5f) < 0.09f && MathF.Abs(u - 0.5f) < 0.34f;
        return bar || Radius(u, v) > 0.46f ? Grey(1) : Rgb(0.8f, 0.04f, 0.06f);
    });

    private static float Radius(float u, float v) =>
        MathF.Sqrt(((u - 0.5f) * (u - 0.5f)) + ((v - 0.5f) * (v - 0.5f)));
}
