using System.Numerics;
using RealtimeVision.Street.City;
using RealtimeVision.Street.Drawing;

namespace RealtimeVision.Street.Models;

/// <summary>A person of flat parts that face the camera, walking.</summary>
internal static class PersonModel
{
    private static readonly Vector3[] Shirts =
    [
        new(0.95f, 0.30f, 0.55f), new(0.98f, 0.55f, 0.12f), new(0.62f, 0.20f, 0.72f),
        new(0.95f, 0.82f, 0.25f), new(0.15f, 0.75f, 0.70f), new(0.90f, 0.18f, 0.20f),
    ];

    private static readonly Vector3[] Trousers =
        [new(0.16f, 0.20f, 0.42f), new(0.15f, 0.14f, 0.16f), new(0.40f, 0.30f, 0.22f)];

    private static readonly Vector3[] Skins =
        [new(0.96f, 0.76f, 0.62f), new(0.78f, 0.54f, 0.38f), new(0.48f, 0.31f, 0.21f)];

    private static readonly Vector2[] Trunk =
    [
        new(0.14f, 0), new(0.86f, 0), new(0.94f, 0.6f), new(1, 0.9f), new(0.8f, 1),
        new(0.2f, 1), new(0, 0.9f), new(0.06f, 0.6f),
    ];

    /// <summary>Draws a person.</summary>
    /// <param name="painter">Where to.</param>
    /// <param name="place">On the ground.</param>
    /// <param name="direction">In which they walk, of length 1; zero where they stand.</param>
    /// <param name="stride">Angle of the walk, radians.</param>
    /// <param name="look">What they look like.</param>
    public static void Draw(
        Painter painter, Vector3 place, Vector3 direction, float stride, Draws look)
    {
        if (painter.Distance(place) > Plan.SeePeople || !painter.Camera.MaySee(place, 2))
        {
            return;
        }

        float size = look.Next(0.94f, 1.08f);
        Vector3 right = painter.Camera.Right * size, up = Vector3.UnitY * size;
        Vector3 nearer = painter.Camera.Forward * -0.02f;
        var shirt = new Paint(
            Textures.Cloth, Shirts[look.Next(Shirts.Length)], default, StreetClasses.Pedestrian);
        Paint trousers = shirt with { Colour = Trousers[look.Next(Trousers.Length)] };
        Paint skin = shirt with { Colour = Skins[look.Next(Skins.Length)] };
        Paint hair = shirt with { Colour = new Vector3(0.25f, 0.16f, 0.10f) * look.Next(0.4f, 2) };

        // What of the swing is seen from the side; from the front the feet go up and down.
        float side = Space.Dot(direction, painter.Camera.Right);
        float swing = MathF.Sin(stride) * Space.Length(direction);
        painter.SoftShadow(place, Vector3.UnitX * 0.5f, Vector3.UnitZ * 0.5f, 60);
        Limb(-0.1f, 0, 0.88f, 0.21f, swing * side * 0.34f, Math.Max(0, swing) * 0.1f, trousers, 0);
        Limb(0.1f, 0, 0.88f, 0.21f, -swing * side * 0.34f, Math.Max(0, -swing) * 0.1f, trousers, 1);
        Limb(-0.27f, 0.82f, 0.58f, 0.14f, -swing * side * 0.26f, 0, shirt, 2);
        painter.Upright(
            place + (up * 0.8f) - (right * 0.27f) + (nearer * 3), right * 0.54f, up * 0.66f, Trunk,
            shirt);
        Limb(0.27f, 0.82f, 0.58f, 0.14f, swing * side * 0.26f, 0, shirt, 4);
        painter.Upright(
            place + (up * 1.45f) - (right * 0.135f) + (nearer * 3), right * 0.27f, up * 0.34f,
            Painter.Disc, hair);
        painter.Upright(
            place + (up * 1.43f) - (right * (0.115f - (side * 0.03f))) + (nearer * 4),
            right * 0.23f, up * 0.27f, Painter.Disc, skin);

        void Limb(
            float at, float low, float length, float width, float forward, float lift,
            in Paint paint, int layer)
        {
            Vector3 foot = place + (right * (at + forward - (width / 2)))
                + (up * (low + lift)) + (nearer * layer);
            painter.Upright(
                foot, right * width, (up * (length - lift)) - (right * forward), Painter.Square,
                paint);
        }
    }
}
