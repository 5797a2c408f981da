using System.Numerics;
using RealtimeVision.Street.City;
using RealtimeVision.Street.Drawing;

namespace RealtimeVision.Street.Models;

/// <summary>A tree: a trunk and balls of leaves.</summary>
internal static class TreeModel
{
    public static void Draw(Painter painter, Vector3 foot, Vector3 leaves, Draws look)
    {
        if (painter.Distance(foot) > Plan.SeeTrees || !painter.Camera.MaySee(foot, 8))
        {
            return;
        }

        float size = look.Next(0.85f, 1.3f);
        float trunk = 2.3f * size;
        leaves *= look.Next(0.85f, 1.15f);
        var bark = new Paint(
            Textures.Bark, new(0.40f, 0.30f, 0.22f), default, StreetClasses.Vegetation);
        painter.Post(foot, trunk + 0.8f, 0.34f * size, bark);
        painter.SoftShadow(foot, Vector3.UnitX * 0.8f, Vector3.UnitZ * 0.8f, 70);
        Vector3 crown = foot + new Vector3(0, trunk + (1.2f * size), 0);
        if (painter.Air.SunLight != default)
        {
            Shadow(painter, crown, 1.9f * size);
        }

        int balls = painter.Distance(foot) < 45 ? 8 : 4;
        for (int i = 0; i < balls; i++)
        {
            float turn = (i * 2.4f) + (look.Next() * 0.8f);
            float out0 = i == 0 ? 0 : size * look.Next(0.6f, 1.2f);
            float up = i == 0 ? 0.9f : look.Next(-0.5f, 1.5f);
            float radius = size * look.Next(0.8f, 1.25f) * (i == 0 ? 1.25f : 1);
            var (sin, cos) = MathF.SinCos(turn);
            var paint = new Paint(
                Textures.Leaves, leaves * look.Next(0.85f, 1.12f) * (0.9f + (0.12f * up)),
                default, StreetClasses.Vegetation);
            painter.Canvas.Blob(
                crown + new Vector3(sin * out0, up * size, cos * out0), radius, radius * 0.86f,
                0.5f, look.NextUInt32(), paint, painter.Air.OnRound);
        }
    }

    /// <summary>Where the crown's outline meets the ground along the sun's rays.</summary>
    private static void Shadow(Painter painter, Vector3 crown, float radius)
    {
        Vector3 sun = painter.Air.Sun;
        Vector3 middle = crown - (sun * (crown.Y / sun.Y));
        Vector3 along = Space.Unit(new Vector3(sun.X, 0, sun.Z));
        var across = new Vector3(along.Z, 0, -along.X);
        painter.Canvas.Shade(
            middle - (across * radius) - (along * (radius / sun.Y)), across * (2 * radius),
            along * (2 * radius / sun.Y), Painter.Disc, 60, isSoft: false);
    }
}
