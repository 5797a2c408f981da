using System.Numerics;
using RealtimeVision.Street.City;

namespace RealtimeVision.Street.Drawing;

/// <summary>
/// A camera that looks along its heading. It is never pitched or rolled (its horizon is moved
/// instead, as with a shifted lens): every row of the ground has one depth.
/// </summary>
internal readonly struct Camera
{
    /// <summary>Nearer things are cut off.</summary>
    public const float Near = 0.3f;

    // Focal length by the picture's width: about 68 degrees across.
    private const float Focal = 0.74f;
    private const float Horizon = 0.46f;

    private readonly float _sin;
    private readonly float _cos;

    public Camera(in Pose pose, int width, int height, float height0, float shift)
    {
        Width = width;
        Height = height;
        (_sin, _cos) = MathF.SinCos(pose.Heading);
        Position = new Vector3(pose.X, height0, pose.Z);
        FocalLength = Focal * width;
        CentreX = width / 2f;
        HorizonY = (Horizon * height) + (shift * width);
        Right = new Vector3(_cos, 0, -_sin);
        Forward = new Vector3(_sin, 0, _cos);
    }

    public int Width { get; }

    public int Height { get; }

    public Vector3 Position { get; }

    /// <summary>In pixels.</summary>
    public float FocalLength { get; }

    public float CentreX { get; }

    /// <summary>Row of the horizon, in pixels.</summary>
    public float HorizonY { get; }

    /// <summary>To the right, in the world.</summary>
    public Vector3 Right { get; }

    /// <summary>Ahead, in the world.</summary>
    public Vector3 Forward { get; }

    /// <summary>A direction seen from the camera: right, up, ahead.</summary>
    public Vector3 Turned(Vector3 v) =>
        new((v.X * _cos) - (v.Z * _sin), v.Y, (v.X * _sin) + (v.Z * _cos));

    /// <summary>A place seen from the camera.</summary>
    public Vector3 Seen(Vector3 place) => Turned(place - Position);

    /// <summary>A place seen from the camera, in pixels; it has to be ahead.</summary>
    public Vector2 Project(Vector3 seen)
    {
        float scale = FocalLength / seen.Z;
        return new(CentreX + (seen.X * scale), HorizonY - (seen.Y * scale));
    }

    /// <summary>A scalar product with the ray through each pixel.</summary>
    public Affine AlongRays(Vector3 v)
    {
        float x = v.X / FocalLength, y = -v.Y / FocalLength;

        // Pixels are asked for by their integers, and seen through their middles.
        return new Affine(
            x, y, v.Z + (x * (0.5f - CentreX)) + (y * (0.5f - HorizonY)));
    }

    /// <summary>Whether a ball may be in the picture.</summary>
    public bool MaySee(Vector3 place, float radius)
    {
        Vector3 seen = Seen(place);
        float side = (MathF.Abs(seen.X) * 2 * Focal) - seen.Z;
        return seen.Z > Near - radius && side < radius * MathF.Sqrt((4 * Focal * Focal) + 1);
    }
}
