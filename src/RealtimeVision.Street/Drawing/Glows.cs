using System.Numerics;
using System.Runtime.Intrinsics;

namespace RealtimeVision.Street.Drawing;

/// <summary>Light around lamps, added to the picture where they can be seen.</summary>
internal sealed unsafe class Glows
{
    private (Vector3 Place, float Radius, Vector3 Colour)[] _glows =
        new (Vector3, float, Vector3)[256];
    private int _count;

    public void Clear() => _count = 0;

    /// <summary>Adds a glow.</summary>
    /// <param name="place">In the world.</param>
    /// <param name="radius">In metres.</param>
    /// <param name="colour">In its middle, 0 to 1.</param>
    public void Add(Vector3 place, float radius, Vector3 colour)
    {
        if (_count == _glows.Length)
        {
            Array.Resize(ref _glows, 2 * _count);
        }

        _glows[_count++] = (place, radius, colour);
    }

    public void Draw(Canvas canvas, uint* pixels)
    {
        for (int i = 0; i < _count; i++)
        {
            var (place, radius, colour) = _glows[i];
            Vector3 seen = canvas.Camera.Seen(place);
            if (seen.Z < 1)
            {
                continue;
            }

            Vector2 middle = canvas.Camera.Project(seen);
            if (canvas.IsVisible(middle, seen.Z))
            {
                Disc(
                    canvas, pixels, middle, canvas.Camera.FocalLength * radius / seen.Z,
                    (colour * 255).AsVector128());
            }
        }
    }

    private static void Disc(
        Canvas canvas, uint* pixels, Vector2 middle, float radius, Vector128<float> colour)
    {
        int top = Math.Max((int)(middle.Y - radius), 0);
        int bottom = Math.Min((int)(middle.Y + radius) + 1, canvas.Height);
        int left = Math.Max((int)(middle.X - radius), 0);
        int right = Math.Min((int)(middle.X + radius) + 1, canvas.Width);
        float scale = 1 / (radius * radius);
        for (int y = top; y < bottom; y++)
        {
            float dy = y + 0.5f - middle.Y;
            for (int x = left; x < right; x++)
            {
                float dx = x + 0.5f - middle.X;
                float fall = 1 - (((dx * dx) + (dy * dy)) * scale);
                if (fall > 0)
                {
                    uint* pixel = pixels + ((nint)y * canvas.Width) + x;
                    *pixel = SurfaceShader.Pack(
                        SurfaceShader.Unpack(*pixel) + (colour * (fall * fall * fall)));
                }
            }
        }
    }
}
