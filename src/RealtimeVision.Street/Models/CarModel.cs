using System.Numerics;
using RealtimeVision.Street.City;
using RealtimeVision.Street.Drawing;

namespace RealtimeVision.Street.Models;

/// <summary>A car or a van: a body, a cabin with glass, four wheels, lamps.</summary>
internal static class CarModel
{
    private static readonly Vector3[] Colours =
    [
        new(0.80f, 0.10f, 0.09f), new(0.10f, 0.22f, 0.60f), new(0.88f, 0.88f, 0.90f),
        new(0.12f, 0.12f, 0.14f), new(0.56f, 0.58f, 0.62f), new(0.92f, 0.72f, 0.10f),
        new(0.08f, 0.42f, 0.40f), new(0.86f, 0.40f, 0.08f),
    ];

    private static readonly Vector3 Glass = new(0.55f, 0.68f, 0.80f);

    /// <summary>Lengths along the car, from its back, and heights, in metres.</summary>
    private readonly record struct Build(
        float Length, float Width, float Belt, float Top, float Boot, float RearGlass,
        float Windscreen, float Bonnet)
    {
        public static readonly Build[] All =
        [
            new(4.5f, 1.82f, 0.92f, 1.46f, 0.75f, 1.35f, 2.75f, 3.45f),
            new(4.1f, 1.78f, 0.95f, 1.54f, 0.08f, 0.45f, 2.55f, 3.2f),
            new(4.7f, 1.9f, 1.02f, 1.72f, 0.05f, 0.3f, 2.9f, 3.6f),
            new(5.0f, 2.0f, 1.12f, 2.15f, 0.0f, 0.06f, 3.75f, 4.45f),
        ];
    }

    /// <summary>Places of a car by metres from its back, to its right and up.</summary>
    private readonly record struct Axes(Vector3 Back, Vector3 Forward, Vector3 Right)
    {
        public Vector3 At(float along, float side, float height) =>
            Back + (Forward * along) + (Right * side) + new Vector3(0, height, 0);
    }

    /// <summary>Draws a car.</summary>
    /// <param name="painter">Where to.</param>
    /// <param name="middle">On the ground.</param>
    /// <param name="forward">Where it faces: a direction of length 1 on the ground.</param>
    /// <param name="look">What it looks like.</param>
    /// <param name="isBraking">Its rear lamps are bright.</param>
    /// <param name="isDriving">Its lamps are on at night.</param>
    public static void Draw(
        Painter painter, Vector3 middle, Vector3 forward, Draws look, bool isBraking,
        bool isDriving)
    {
        if (painter.Distance(middle) > Plan.SeeCars || !painter.Camera.MaySee(middle, 3))
        {
            return;
        }

        Build b = Build.All[(int)(look.Next() * look.Next() * 3.99f)];
        Vector3 colour = Colours[look.Next(Colours.Length)] * look.Next(0.85f, 1.1f);
        var right = new Vector3(forward.Z, 0, -forward.X);
        Vector3 up = Vector3.UnitY;
        float half = b.Width / 2, inner = half - 0.2f, floor = 0.24f;
        Vector3 back = middle - (forward * (b.Length / 2));
        var paint = new Paint(Textures.Plain, colour, Glass, StreetClasses.Car);
        var at = new Axes(back, forward, right);

        painter.SoftShadow(middle, right * (half + 0.35f), forward * ((b.Length / 2) + 0.35f), 20);

        // Sides: the right one is seen with the front to the right.
        ReadOnlySpan<Vector2> body =
        [
            new(0, 0), new(1, 0), new(1, 0.82f), new(b.Bonnet / b.Length, 1), new(0, 1),
        ];
        var side = paint with { Texture = Textures.CarSide };
        painter.Face(
            at.At(0, half, floor), forward * b.Length, up * (b.Belt - floor), body, side);
        painter.Face(
            at.At(b.Length, -half, floor), -forward * b.Length, up * (b.Belt - floor),
            Mirrored(body, stackalloc Vector2[5]), side);
        Cabin(painter, b, paint, at, half, inner);

        // Front and back, bonnet and boot.
        bool shines = painter.Air.IsNight && isDriving;
        var lamps = shines ? new(1.9f, 1.8f, 1.5f) : new Vector3(0.95f);
        painter.Face(
            at.At(b.Length, half, floor), right * -b.Width, up * ((b.Belt - floor) * 0.82f),
            Painter.Square, paint with { Texture = Textures.CarFront, Second = lamps });
        var rear = new Vector3(isBraking ? 1.5f : 0.8f) * (shines ? 1.5f : 1);
        painter.Face(
            at.At(0, -half, floor), right * b.Width, up * (b.Belt - floor), Painter.Square,
            paint with { Texture = Textures.CarBack, Second = rear });
        float nose = b.Belt - ((b.Belt - floor) * 0.18f);
        painter.Face(
            at.At(b.Bonnet, -half, b.Belt), right * b.Width,
            at.At(b.Length, 0, nose) - at.At(b.Bonnet, 0, b.Belt), Painter.Square, paint);
        painter.Face(
            at.At(0, -half, b.Belt), right * b.Width, forward * b.Boot, Painter.Square, paint);
        Wheels(painter, b, at, half, forward);
        if (shines)
        {
            float lamp = floor + ((b.Belt - floor) * 0.55f);
            for (float s = -0.66f; s < 1; s += 1.32f)
            {
                if (Space.Dot(forward, painter.Camera.Forward) < 0)
                {
                    painter.Glows.Add(
                        at.At(b.Length + 0.1f, s, lamp), 0.75f, new(0.9f, 0.85f, 0.7f));
                }
                else
                {
                    painter.Glows.Add(
                        at.At(-0.1f, s, lamp), isBraking ? 0.55f : 0.35f, new(0.8f, 0.08f, 0.05f));
                }
            }
        }
    }

    private static void Cabin(
        Painter painter, Build b, Paint paint, Axes at, float half,
        float inner)
    {
        float from = b.Boot, to = b.Bonnet;
        float length = to - from;
        ReadOnlySpan<Vector2> windows =
        [
            new(0, 0), new(1, 0), new((b.Windscreen - from) / length, 1),
            new((b.RearGlass - from) / length, 1),
        ];
        var glass = paint with { Texture = Textures.CarWindows };
        Vector3 lean = at.At(0, inner, b.Top) - at.At(0, half, b.Belt);
        painter.Face(
            at.At(from, half, b.Belt), at.At(to, half, 0) - at.At(from, half, 0), lean, windows,
            glass);
        lean = at.At(0, -inner, b.Top) - at.At(0, -half, b.Belt);
        painter.Face(
            at.At(to, -half, b.Belt), at.At(from, half, 0) - at.At(to, half, 0), lean,
            Mirrored(windows, stackalloc Vector2[4]), glass);

        var screen = paint with { Texture = Textures.CarGlass };
        float narrow = (half - inner) / (2 * half);
        ReadOnlySpan<Vector2> pane = [new(0, 0), new(1, 0), new(1 - narrow, 1), new(narrow, 1)];
        Vector3 across = at.At(0, half, 0) - at.At(0, -half, 0);
        painter.Face(
            at.At(b.Bonnet, half, b.Belt), -across,
            at.At(b.Windscreen, 0, b.Top) - at.At(b.Bonnet, 0, b.Belt), pane, screen);
        painter.Face(
            at.At(b.Boot, -half, b.Belt), across,
            at.At(b.RearGlass, 0, b.Top) - at.At(b.Boot, 0, b.Belt), pane, screen);
        painter.Face(
            at.At(b.RearGlass, -inner, b.Top), at.At(0, inner, 0) - at.At(0, -inner, 0),
            at.At(b.Windscreen, 0, 0) - at.At(b.RearGlass, 0, 0), Painter.Square, paint);
    }

    private static void Wheels(
        Painter painter, Build b, Axes at, float half,
        Vector3 forward)
    {
        const float Radius = 0.33f;
        var tyre = new Paint(Textures.Tyre, Vector3.One, Vector3.One, StreetClasses.Car);
        Vector3 wide = forward * (2 * Radius), tall = new(0, 2 * Radius, 0);
        foreach (float along in (ReadOnlySpan<float>)[0.19f * b.Length, 0.81f * b.Length])
        {
            painter.Face(at.At(along - Radius, half + 0.01f, 0), wide, tall, Painter.Disc, tyre);
            painter.Face(at.At(along + Radius, -half - 0.01f, 0), -wide, tall, Painter.Disc, tyre);
        }
    }

    private static ReadOnlySpan<Vector2> Mirrored(
        ReadOnlySpan<Vector2> corners, Span<Vector2> result)
    {
        for (int i = 0; i < corners.Length; i++)
        {
            result[i] = new(1 - corners[i].X, corners[i].Y);
        }

        return result;
    }
}
