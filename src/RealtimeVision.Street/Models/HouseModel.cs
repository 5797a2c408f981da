using System.Numerics;
using RealtimeVision.Street.City;
using RealtimeVision.Street.Drawing;

namespace RealtimeVision.Street.Models;

/// <summary>A house in a row: storeys of windows over a ground floor, under a roof.</summary>
internal static class HouseModel
{
    private const float Storey = 3.2f;
    private const float GroundFloor = 3.6f;

    private static readonly Vector3 Glass = new(0.62f, 0.76f, 0.90f);

    /// <summary>Draws a house.</summary>
    /// <param name="painter">Where to.</param>
    /// <param name="corner">Its front's left corner, as seen from the street.</param>
    /// <param name="along">To the front's right corner.</param>
    /// <param name="deep">To the back.</param>
    /// <param name="style">The city's style.</param>
    /// <param name="look">What it looks like.</param>
    /// <param name="ends">Which of its sides faces a street.</param>
    public static void Draw(
        Painter painter, Vector3 corner, Vector3 along, Vector3 deep, CityStyle style, Draws look,
        (bool Left, bool Right) ends)
    {
        Vector3 middle = corner + ((along + deep) / 2);
        if (painter.Distance(middle) > painter.Air.Sight
            || !painter.Camera.MaySee(middle, (Space.Length(along) + Space.Length(deep)) / 2))
        {
            return;
        }

        int kind = look.Next(Facades.Storeys.Length);
        int floors = 1 + look.Next(style.MostFloors) + (kind == 2 ? 2 : 0);
        float height = GroundFloor + (floors * Storey);
        Vector3 wall = style.Wall(ref look);
        if (kind == 2)
        {
            wall = Space.Mix(wall, new(0.55f, 0.60f, 0.66f), 0.6f);
        }

        uint salt = look.NextUInt32() | 1;
        float width = Space.Length(along);
        float windows = MathF.Round(width / look.Next(2.4f, 3.4f));
        var storeys = new Paint(
            Facades.Storeys[kind], wall, Glass, StreetClasses.Building, salt);
        Paint ground = storeys with { Texture = Facades.Ground[kind], Salt = salt ^ 0x5555 };
        var rise = new Vector3(0, GroundFloor, 0);
        float sides = MathF.Round(Space.Length(deep) / 3);
        painter.Wall(
            corner, corner + along, GroundFloor, ground,
            new(MathF.Max(1, MathF.Round(windows / 1.6f)), 1));
        painter.Wall(
            corner + rise, corner + along + rise, floors * Storey, storeys, new(windows, floors));
        painter.Wall(
            corner + along + deep, corner + deep, height, storeys, new(windows, floors + 1));
        Cornice(painter, corner, corner + along, height, wall);
        Gable(corner + along, corner + along + deep, ends.Right);
        Gable(corner + deep, corner, ends.Left);
        if (look.Chance(0.55f) && kind != 2)
        {
            Roof(painter, corner + new Vector3(0, height, 0), along, deep, wall, ref look);
        }

        if (painter.Air.SunLight != default && painter.Distance(middle) < 90)
        {
            Shadow(painter, corner, along, deep, height);
        }

        // At a corner of streets the side has windows too.
        void Gable(Vector3 left, Vector3 right, bool hasWindows)
        {
            if (!hasWindows)
            {
                painter.Wall(
                    left, right, height, storeys with { Texture = Facades.Wall },
                    new(sides, height / 3));
                return;
            }

            painter.Wall(left, right, GroundFloor, ground, new(MathF.Max(1, sides - 2), 1));
            painter.Wall(
                left + rise, right + rise, floors * Storey, storeys, new(sides, floors));
            Cornice(painter, left, right, height, wall);
        }
    }

    private static void Cornice(
        Painter painter, Vector3 left, Vector3 right, float height, Vector3 wall)
    {
        var paint = new Paint(
            Textures.Plain, Space.Mix(wall, new(0.9f), 0.5f), default, StreetClasses.Building);
        Vector3 along = Space.Unit(right - left);
        Vector3 forward = new Vector3(along.Z, 0, -along.X) * 0.22f;
        var low = new Vector3(0, height - 0.42f, 0);
        painter.Wall(left + forward + low, right + forward + low, 0.42f, paint, Vector2.One);
        low = new Vector3(0, GroundFloor - 0.15f, 0) - (forward / 2);
        painter.Wall(left + forward + low, right + forward + low, 0.22f, paint, Vector2.One);
    }

    private static void Roof(
        Painter painter, Vector3 corner, Vector3 along, Vector3 deep, Vector3 wall,
        ref Draws look)
    {
        Vector3 colour = look.Next(3) switch
        {
            0 => new(0.60f, 0.26f, 0.18f),
            1 => new(0.32f, 0.33f, 0.37f),
            _ => new Vector3(0.45f, 0.32f, 0.24f),
        } * look.Next(0.85f, 1.1f);
        var tiles = new Paint(Facades.Wall, colour, colour, StreetClasses.Building);
        var gable = new Paint(Facades.Wall, wall, wall, StreetClasses.Building);
        Vector3 ridge = (deep / 2) + new Vector3(0, look.Next(2f, 4.5f), 0);
        var repeats = new Vector2(Space.Length(along) / 2, 3);
        painter.Canvas.Polygon(
            corner, along, ridge, Painter.Square, tiles,
            painter.Air.On(Space.Unit(Space.Cross(ridge, along))), repeats: repeats);
        Vector3 peak = ridge - (deep / 2);
        painter.Face(corner + deep, -deep, Up(peak), Painter.Triangle, gable);
        painter.Face(corner + along, deep, Up(peak), Painter.Triangle, gable);

        static Vector3 Up(Vector3 up) => new(0, up.Y, 0);
    }

    /// <summary>The shadow of the house's block on the ground.</summary>
    private static void Shadow(
        Painter painter, Vector3 corner, Vector3 along, Vector3 deep, float height)
    {
        Vector3 sun = painter.Air.Sun;
        Vector3 shift = new Vector3(sun.X, 0, sun.Z) * (-height / sun.Y);
        const byte Level = 60;
        painter.Canvas.Shade(corner, along, shift, Painter.Square, Level, isSoft: false);
        painter.Canvas.Shade(corner, deep, shift, Painter.Square, Level, isSoft: false);
        painter.Canvas.Shade(corner + along, deep, shift, Painter.Square, Level, isSoft: false);
        painter.Canvas.Shade(corner + deep, along, shift, Painter.Square, Level, isSoft: false);
        painter.Canvas.Shade(corner + shift, along, deep, Painter.Square, Level, isSoft: false);
    }
}
