using System.Numerics;
using RealtimeVision.Street.City;
using RealtimeVision.Street.Drawing;

namespace RealtimeVision.Street.Models;

/// <summary>Traffic signs, traffic lights and street lamps.</summary>
internal static class SignModel
{
    private static readonly Vector3 Metal = new(0.62f, 0.64f, 0.66f);

    private static readonly Paint Post =
        new(Textures.Round, Metal, default, StreetClasses.Sign);

    /// <summary>A sign that faces away from a direction of length 1.</summary>
    public static void DrawSign(Painter painter, Vector3 foot, Vector3 forward, Draws look)
    {
        if (painter.Distance(foot) > Plan.SeeSigns || !painter.Camera.MaySee(foot, 4))
        {
            return;
        }

        painter.Post(foot, 2.6f, 0.16f, Post);
        int kind = look.Next(5);
        float size = 1.05f;
        Texture face = kind switch
        {
            0 => SignFaces.Stop,
            1 => SignFaces.Limit,
            2 => SignFaces.Warning,
            3 => SignFaces.Parking,
            _ => SignFaces.NoEntry,
        };
        ReadOnlySpan<Vector2> outline = kind switch
        {
            0 => Painter.Octagon,
            2 => Painter.Triangle,
            3 => Painter.Square,
            _ => Painter.Disc,
        };
        Board(painter, foot + new Vector3(0, 2.0f, 0), forward, size, outline, face);
        if (look.Chance(0.35f))
        {
            Board(
                painter, foot + new Vector3(0, 1.3f, 0), forward, 0.62f, Painter.Square,
                SignFaces.Parking);
        }
    }

    /// <summary>A traffic light for traffic in a direction.</summary>
    public static void DrawLight(Painter painter, Vector3 foot, Vector3 forward, bool isRed)
    {
        if (painter.Distance(foot) > Plan.SeeSigns || !painter.Camera.MaySee(foot, 5))
        {
            return;
        }

        painter.Post(foot, 2.6f, 0.2f, Post);
        var right = new Vector3(forward.Z, 0, -forward.X);
        var box = new Paint(
            Textures.Plain, new(0.16f, 0.16f, 0.15f), default, StreetClasses.Sign);
        Vector3 low = foot + new Vector3(0, 2.4f, 0);
        Vector3 across = right * 0.5f, deep = forward * 0.3f, tall = new(0, 1.35f, 0);
        Vector3 corner = low - (across / 2) - (deep / 2);
        painter.Face(corner, across, tall, Painter.Square, box);
        painter.Face(corner + across + deep, -across, tall, Painter.Square, box);
        painter.Face(corner + across, deep, tall, Painter.Square, box);
        painter.Face(corner + deep, -deep, tall, Painter.Square, box);
        for (int i = 0; i < 3; i++)
        {
            bool isOn = i == (isRed ? 2 : 0);
            Vector3 colour = i switch
            {
                0 => new(0.15f, 1, 0.45f),
                1 => new(1, 0.75f, 0.1f),
                _ => new Vector3(1, 0.12f, 0.08f),
            };
            Vector3 at = corner + (across * 0.16f) + new Vector3(0, 0.06f + (i * 0.43f), 0)
                - (forward * 0.02f);
            painter.Face(
                at, across * 0.68f, new(0, 0.36f, 0), Painter.Disc,
                box with { Colour = colour * (isOn ? 1.2f : 0.2f), IsLit = isOn });
            if (isOn && painter.Air.IsNight
                && Space.Dot(forward, painter.Camera.Forward) > 0.3f)
            {
                painter.Glows.Add(
                    at + (across * 0.34f) + new Vector3(0, 0.18f, 0) - (forward * 0.1f), 0.6f,
                    colour * 0.6f);
            }
        }
    }

    /// <summary>A street lamp whose arm reaches in a direction.</summary>
    public static void DrawLamp(Painter painter, Vector3 foot, Vector3 reach)
    {
        if (!painter.Camera.MaySee(foot, 14))
        {
            return;
        }

        float distance = painter.Distance(foot);
        Vector3 head = foot + (reach * 1.7f) + new Vector3(0, 5.3f, 0);
        if (painter.Air.IsNight && distance < 70)
        {
            painter.Canvas.Shade(
                new(head.X, 0, head.Z), Vector3.UnitX * 8, Vector3.UnitZ * 8, Painter.Area, 255,
                isSoft: true);
            painter.Glows.Add(head, 1.4f, new(0.8f, 0.62f, 0.32f));
        }

        if (distance > Plan.SeeSigns)
        {
            return;
        }

        painter.Post(foot, 5.4f, 0.22f, Post);
        painter.Upright(
            foot + new Vector3(0, 5.22f, 0), reach * 1.7f, new(0, 0.16f, 0), Painter.Square, Post);
        var lamp = new Paint(
            Textures.Plain, painter.Air.IsNight ? new(1, 0.9f, 0.6f) : new Vector3(0.85f), default,
            StreetClasses.Sign, IsLit: painter.Air.IsNight);
        painter.Upright(
            head - (painter.Camera.Right * 0.35f), painter.Camera.Right * 0.7f, new(0, 0.2f, 0),
            Painter.Square, lamp);
    }

    private static void Board(
        Painter painter, Vector3 low, Vector3 forward, float size, ReadOnlySpan<Vector2> outline,
        Texture face)
    {
        var right = new Vector3(forward.Z, 0, -forward.X);
        Vector3 corner = low - (right * (size / 2)) - (forward * 0.1f);
        var paint = new Paint(face, Vector3.One, Vector3.One, StreetClasses.Sign);
        var up = new Vector3(0, size, 0);
        painter.Face(corner, right * size, up, outline, paint);
        painter.Face(
            corner + (right * size) + (forward * 0.03f), right * -size, up, outline,
            paint with { Texture = Textures.Plain, Colour = Metal * 0.75f });
    }
}
