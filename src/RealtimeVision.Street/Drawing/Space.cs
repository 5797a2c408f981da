using System.Numerics;

namespace RealtimeVision.Street.Drawing;

/// <summary>
/// Geometry whose every operation is rounded in the order written, so that a frame is the same bits
/// on every processor. The operators of <see cref="Vector3"/> are; its products and mixtures fuse
/// multiplications and additions where a processor can.
/// </summary>
internal static class Space
{
    public static float Dot(Vector3 a, Vector3 b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    public static Vector3 Cross(Vector3 a, Vector3 b) => new(
        (a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));

    public static float Length(Vector3 v) => MathF.Sqrt(Dot(v, v));

    /// <summary>The direction of a vector, of length 1.</summary>
    public static Vector3 Unit(Vector3 v)
    {
        float length = Length(v);
        return new(v.X / length, v.Y / length, v.Z / length);
    }

    public static Vector3 Mix(Vector3 a, Vector3 b, float t) => a + ((b - a) * t);
}
