using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RealtimeVision.Street.Drawing;

/// <summary>
/// Finds which surface each pixel shows. Surfaces are convex polygons or blobs in planes; what is
/// kept of each pixel is its depth and the surface's number, so that shading is done once a pixel,
/// afterwards.
/// </summary>
internal sealed unsafe class Canvas
{
    /// <summary>Pixels above the horizon that no surface covers.</summary>
    public const int SkyId = -2;

    /// <summary>Pixels below the horizon that no surface covers.</summary>
    public const int GroundId = -1;

    private const int MostCorners = 16;

    private readonly float[] _left;
    private readonly float[] _right;
    private Surface[] _surfaces = new Surface[4096];
    private int _count;

    public Canvas(int width, int height)
    {
        Width = width;
        Height = height;
        Depths = new float[width * height];
        Ids = new int[width * height];
        Shades = new byte[width * height];
        _left = new float[height];
        _right = new float[height];
    }

    public int Width { get; }

    public int Height { get; }

    public Camera Camera { get; private set; }

    /// <summary>1 / depth of each pixel.</summary>
    public float[] Depths { get; }

    /// <summary>Number of the surface that each pixel shows.</summary>
    public int[] Ids { get; }

    /// <summary>Light on the ground: 128 is the light there is without shadow or lamp.</summary>
    public byte[] Shades { get; }

    public ReadOnlySpan<Surface> Surfaces => _surfaces.AsSpan(0, _count);

    /// <summary>Begins a picture: sky, and the ground with its depth.</summary>
    public void Clear(in Camera camera)
    {
        Camera = camera;
        _count = 0;
        for (int y = 0; y < Height; y++)
        {
            float w = GroundDepth(y);
            Depths.AsSpan(y * Width, Width).Fill(Math.Max(w, 0));
            Ids.AsSpan(y * Width, Width).Fill(w > 0 ? GroundId : SkyId);
        }

        Shades.AsSpan().Fill(128);
    }

    /// <summary>1 / depth of the ground on a row; not above 0 from the horizon upwards.</summary>
    public float GroundDepth(int y) =>
        (y + 0.5f - Camera.HorizonY) / (Camera.FocalLength * Camera.Position.Y);

    /// <summary>
    /// Draws a convex polygon. Its plane is spanned by two axes, in the world, in which its corners
    /// are given; seen from the front, v is to the left of u.
    /// </summary>
    public void Polygon(
        Vector3 origin,
        Vector3 axisU,
        Vector3 axisV,
        ReadOnlySpan<Vector2> corners,
        in Paint paint,
        Vector3 light,
        bool hasBack = false,
        Vector2? repeats = null)
    {
        Vector3 o = Camera.Seen(origin), a = Camera.Turned(axisU), b = Camera.Turned(axisV);
        Vector3 normal = Space.Cross(a, b);
        float distance = Space.Dot(normal, o);
        if (MathF.Abs(distance) < 1e-7f || (distance < 0 && !hasBack)
            || !FindEdges(o, a, b, corners, out int top, out int bottom))
        {
            return;
        }

        ref Surface surface = ref Add(paint, light);
        Map(ref surface, o, a, b, normal, distance);
        if (repeats is { } times)
        {
            surface.U = surface.U.Times(times.X);
            surface.V = surface.V.Times(times.Y);
        }

        Fill(_count - 1, surface.W, top, bottom);
    }

    /// <summary>
    /// Draws an upright ellipse with a lumpy outline that faces the camera; u and v run from 0 to 1
    /// over its square.
    /// </summary>
    public void Blob(
        Vector3 middle, float across, float up, float lumps, uint salt, in Paint paint,
        Vector3 light)
    {
        Vector3 o = Camera.Seen(middle);
        if (o.Z < Camera.Near)
        {
            return;
        }

        Vector2 centre = Camera.Project(o);
        float scale = Camera.FocalLength / o.Z;
        float tall = up * scale, wide = across * scale;
        int top = Math.Max((int)MathF.Ceiling(centre.Y - tall - 0.5f), 0);
        int bottom = Math.Min((int)MathF.Ceiling(centre.Y + tall - 0.5f), Height);
        if (top >= bottom || centre.X + (wide * 1.3f) < 0 || centre.X - (wide * 1.3f) > Width)
        {
            return;
        }

        for (int y = top; y < bottom; y++)
        {
            float v = (y + 0.5f - centre.Y) / tall;
            float half = MathF.Sqrt(Math.Max(0, 1 - (v * v))) * wide;
            float at = (v + 1) * 5;
            _left[y] = centre.X - (half * (1 + (lumps * Lump(at, salt))));
            _right[y] = centre.X + (half * (1 + (lumps * Lump(at, salt + 77))));
        }

        ref Surface surface = ref Add(paint, light);
        Vector3 corner = o - new Vector3(across, up, 0);
        Map(
            ref surface, corner, new(2 * across, 0, 0), new(0, 2 * up, 0),
            new(0, 0, 4 * across * up), 4 * across * up * o.Z);
        Fill(_count - 1, surface.W, top, bottom);
    }

    /// <summary>
    /// Changes the light on a polygon of the ground that is not covered. From -1 to 1 along both
    /// axes, it takes full effect at 0 and none at 1 where it is soft, and full effect everywhere
    /// else.
    /// </summary>
    public void Shade(
        Vector3 origin, Vector3 axisU, Vector3 axisV, ReadOnlySpan<Vector2> corners, byte level,
        bool isSoft)
    {
        Vector3 o = Camera.Seen(origin), a = Camera.Turned(axisU), b = Camera.Turned(axisV);
        Vector3 normal = Space.Cross(a, b);
        float distance = Space.Dot(normal, o);
        if (MathF.Abs(distance) < 1e-7f
            || !FindEdges(o, a, b, corners, out int top, out int bottom))
        {
            return;
        }

        Surface map = default;
        Map(ref map, o, a, b, normal, distance);
        for (int y = top; y < bottom; y++)
        {
            var (from, to) = Span(y);
            if (from >= to)
            {
                continue;
            }

            Span<byte> shades = Shades.AsSpan(y * Width, Width)[from..to];
            ReadOnlySpan<int> ids = Ids.AsSpan(y * Width, Width)[from..to];
            float z = 1 / map.W.At(from, y);
            float u = map.U.At(from, y) * z, v = map.V.At(from, y) * z;
            float du = map.U.X * z, dv = map.V.X * z;
            for (int x = 0; x < shades.Length; x++, u += du, v += dv)
            {
                if (ids[x] != GroundId)
                {
                    continue;
                }

                int value = level;
                if (isSoft)
                {
                    float t = Math.Clamp(1 - (u * u), 0, 1) * Math.Clamp(1 - (v * v), 0, 1);
                    value = 128 + (int)((level - 128) * t);
                }

                shades[x] = (byte)(level < 128
                    ? Math.Min(shades[x], value)
                    : Math.Max(shades[x], value));
            }
        }
    }

    /// <summary>Number of the surface at a place of the picture, if it is in it.</summary>
    public bool IsVisible(Vector2 at, float depth)
    {
        int x = (int)at.X, y = (int)at.Y;
        return (uint)x < (uint)Width && (uint)y < (uint)Height
            && Depths[(y * Width) + x] < 1.03f / depth;
    }

    private static float Lump(float at, uint salt)
    {
        int i = (int)at;
        float t = at - i;
        float a = Noise.Lattice(i, 0, salt), b = Noise.Lattice(i + 1, 0, salt);
        return (a + ((b - a) * t)) - 0.5f;
    }

    private void Map(
        ref Surface surface, Vector3 o, Vector3 a, Vector3 b, Vector3 normal, float distance)
    {
        float square = Space.Dot(normal, normal);
        Vector3 alongU = Space.Cross(b, normal) / square;
        Vector3 alongV = Space.Cross(normal, a) / square;
        surface.W = Camera.AlongRays(normal / distance);
        surface.U = Camera.AlongRays(alongU).Plus(surface.W, -Space.Dot(alongU, o));
        surface.V = Camera.AlongRays(alongV).Plus(surface.W, -Space.Dot(alongV, o));
    }

    private ref Surface Add(in Paint paint, Vector3 light)
    {
        if (_count == _surfaces.Length)
        {
            Array.Resize(ref _surfaces, 2 * _count);
        }

        ref Surface surface = ref _surfaces[_count++];
        surface.Texture = paint.Texture;
        surface.Tint = (paint.Colour * light).AsVector128();
        surface.Second = (paint.Second * light).AsVector128();
        surface.Class = paint.Class;
        surface.Salt = paint.Salt;
        surface.IsLit = paint.IsLit;
        return ref surface;
    }

    /// <summary>Cuts a polygon off near the camera and finds its ends on each row.</summary>
    private bool FindEdges(
        Vector3 o, Vector3 a, Vector3 b, ReadOnlySpan<Vector2> corners, out int top,
        out int bottom)
    {
        Span<Vector2> points = stackalloc Vector2[MostCorners + 1];
        int count = 0;
        Vector3 last = o + (a * corners[^1].X) + (b * corners[^1].Y);
        foreach (Vector2 corner in corners)
        {
            Vector3 next = o + (a * corner.X) + (b * corner.Y);
            if ((last.Z < Camera.Near) != (next.Z < Camera.Near))
            {
                float t = (Camera.Near - last.Z) / (next.Z - last.Z);
                Vector3 cut = Space.Mix(last, next, t);
                cut.Z = Camera.Near;
                points[count++] = Camera.Project(cut);
            }

            if (next.Z >= Camera.Near)
            {
                points[count++] = Camera.Project(next);
            }

            last = next;
        }

        (top, bottom) = (0, 0);
        if (count < 3)
        {
            return false;
        }

        Vector2 low = points[0], high = points[0];
        for (int i = 1; i < count; i++)
        {
            low = Vector2.Min(low, points[i]);
            high = Vector2.Max(high, points[i]);
        }

        top = FirstFrom(low.Y, Height);
        bottom = FirstFrom(high.Y, Height);
        if (top >= bottom || FirstFrom(low.X, Width) >= FirstFrom(high.X, Width))
        {
            return false;
        }

        _left.AsSpan(top, bottom - top).Fill(float.PositiveInfinity);
        _right.AsSpan(top, bottom - top).Fill(float.NegativeInfinity);
        Vector2 from = points[count - 1];
        for (int i = 0; i < count; i++)
        {
            Edge(from, points[i]);
            from = points[i];
        }

        return true;
    }

    private void Edge(Vector2 from, Vector2 to)
    {
        if (from.Y > to.Y)
        {
            (from, to) = (to, from);
        }

        int first = FirstFrom(from.Y, Height), end = FirstFrom(to.Y, Height);
        float slope = (to.X - from.X) / Math.Max(to.Y - from.Y, 1e-9f);
        for (int y = first; y < end; y++)
        {
            float x = from.X + ((y + 0.5f - from.Y) * slope);
            _left[y] = Math.Min(_left[y], x);
            _right[y] = Math.Max(_right[y], x);
        }
    }

    /// <summary>The first pixel whose middle is not before a place.</summary>
    private static int FirstFrom(float place, int limit) =>
        (int)MathF.Ceiling(Math.Clamp(place, 0, limit) - 0.5f);

    private (int From, int To) Span(int y) =>
        (FirstFrom(_left[y], Width), FirstFrom(_right[y], Width));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(int id, Affine w, int top, int bottom)
    {
        var lanes = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);
        var slope = Vector256.Create(w.X);
        var number = Vector256.Create(id);
        fixed (float* depths = Depths)
        fixed (int* ids = Ids)
        {
            for (int y = top; y < bottom; y++)
            {
                var (x, to) = Span(y);
                float* depth = depths + ((nint)y * Width);
                int* seen = ids + ((nint)y * Width);
                float start = (w.Y * y) + w.Constant;
                var row = Vector256.Create(start);
                for (; x + 8 <= to; x += 8)
                {
                    var near = ((Vector256.Create((float)x) + lanes) * slope) + row;
                    var before = Vector256.Load(depth + x);
                    var shows = Vector256.GreaterThan(near, before);
                    if (shows == Vector256<float>.Zero)
                    {
                        continue;
                    }

                    Vector256.ConditionalSelect(shows, near, before).Store(depth + x);
                    Vector256.ConditionalSelect(shows.AsInt32(), number, Vector256.Load(seen + x))
                        .Store(seen + x);
                }

                for (; x < to; x++)
                {
                    float near = (x * w.X) + start;
                    if (near > depth[x])
                    {
                        depth[x] = near;
                        seen[x] = id;
                    }
                }
            }
        }
    }
}
