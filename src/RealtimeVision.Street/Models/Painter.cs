using System.Numerics;
using RealtimeVision.Street.Drawing;

namespace RealtimeVision.Street.Models;

/// <summary>Draws parts of models: walls, posts, discs, lamps.</summary>
internal sealed class Painter(Canvas canvas, Atmosphere air, Glows glows)
{
    /// <summary>The corners of the unit square.</summary>
    public static ReadOnlySpan<Vector2> Square => Corners;

    /// <summary>A decagon in the unit square.</summary>
    public static ReadOnlySpan<Vector2> Disc => DiscCorners;

    /// <summary>An octagon with a flat top, in the unit square.</summary>
    public static ReadOnlySpan<Vector2> Octagon => OctagonCorners;

    /// <summary>A triangle in the unit square.</summary>
    public static ReadOnlySpan<Vector2> Triangle => TriangleCorners;

    /// <summary>From -1 to 1 along both axes.</summary>
    public static ReadOnlySpan<Vector2> Area => AreaCorners;

    private static readonly Vector2[] Corners = [new(0, 0), new(1, 0), new(1, 1), new(0, 1)];
    private static readonly Vector2[] DiscCorners = Round(12, 0);
    private static readonly Vector2[] OctagonCorners = Round(8, MathF.PI / 8);
    private static readonly Vector2[] TriangleCorners = [new(0, 0), new(1, 0), new(0.5f, 1)];
    private static readonly Vector2[] AreaCorners =
        [new(-1, -1), new(1, -1), new(1, 1), new(-1, 1)];

    public Canvas Canvas => canvas;

    public Atmosphere Air => air;

    public Glows Glows => glows;

    public Camera Camera => canvas.Camera;

    /// <summary>Distance on the ground from the camera.</summary>
    public float Distance(Vector3 place) => Space.Length(
        new(place.X - Camera.Position.X, 0, place.Z - Camera.Position.Z));

    /// <summary>
    /// A rectangle that stands on an edge, seen from where the edge goes to the right.
    /// </summary>
    public void Wall(
        Vector3 left, Vector3 right, float height, in Paint paint, Vector2 repeats)
    {
        Vector3 along = right - left;
        var normal = Space.Unit(new Vector3(along.Z, 0, -along.X));
        canvas.Polygon(
            left, along, new(0, height, 0), Square, paint, air.On(normal), repeats: repeats);
    }

    /// <summary>A post seen from any side: it faces the camera.</summary>
    public void Post(Vector3 foot, float height, float width, in Paint paint) => Upright(
        foot - (Camera.Right * (width / 2)), Camera.Right * width, new(0, height, 0), Square,
        paint);

    /// <summary>A flat shape that faces the camera.</summary>
    public void Upright(
        Vector3 origin, Vector3 axisU, Vector3 axisV, ReadOnlySpan<Vector2> corners,
        in Paint paint) =>
        canvas.Polygon(
            origin, axisU, axisV, corners, paint, paint.IsLit ? Vector3.One : air.OnRound,
            hasBack: true);

    /// <summary>A shape with a front alone, lit by where it faces.</summary>
    public void Face(
        Vector3 origin, Vector3 axisU, Vector3 axisV, ReadOnlySpan<Vector2> corners,
        in Paint paint)
    {
        var normal = Space.Unit(Space.Cross(axisV, axisU));
        canvas.Polygon(
            origin, axisU, axisV, corners, paint, paint.IsLit ? Vector3.One : air.On(normal));
    }

    /// <summary>A soft shadow under something.</summary>
    public void SoftShadow(Vector3 middle, Vector3 halfU, Vector3 halfV, byte level) =>
        canvas.Shade(middle, halfU, halfV, Area, level, isSoft: true);

    private static Vector2[] Round(int corners, float start)
    {
        var points = new Vector2[corners];
        for (int i = 0; i < corners; i++)
        {
            var (sin, cos) = MathF.SinCos(start + (i * 2 * MathF.PI / corners));
            points[i] = new(0.5f + (0.5f * cos), 0.5f + (0.5f * sin));
        }

        return points;
    }
}
