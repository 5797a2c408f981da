using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RealtimeVision.Street.Drawing;

/// <summary>Colours the sky: a gradient, and clouds on a plane high above.</summary>
internal static unsafe class SkyShader
{
    private const float CloudRepeat = 0.22f;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Shade(
        in Camera camera, Atmosphere air, double time, uint* row, int y, int from, int to)
    {
        float up = Math.Max(camera.HorizonY - y - 0.5f, 0.5f) / camera.FocalLength;
        float height = up / MathF.Sqrt(1 + (up * up));
        float t = 1 - MathF.Exp(-height * 4.2f);
        var sky = (Space.Mix(air.Air, air.Zenith, t) * 255).AsVector128();
        float amount = air.CloudAmount * Math.Clamp((up - 0.02f) * 6, 0, 1) / 255;
        var cloud = ((air.Cloud * 255).AsVector128() - sky) * amount;
        if (amount <= 0)
        {
            new Span<uint>(row + from, to - from).Fill(SurfaceShader.Pack(sky));
            return;
        }

        float scale = CloudRepeat / (up + 0.08f);
        float drift = (float)(time * 0.004 % 1);
        float side = (from + 0.5f - camera.CentreX) / camera.FocalLength;
        Vector3 ray = (camera.Forward + (camera.Right * side)) * scale;
        float step = scale / camera.FocalLength;
        int level = SurfaceShader.LevelOf(step * Texture.Size);
        int shift = 8 + level, mask = (Texture.Size >> level) - 1;
        int rowShift = Texture.Log2Size - level;
        int u = (int)((ray.X + drift) * 65536), v = (int)((ray.Z + drift) * 65536);
        int uStep = (int)(camera.Right.X * step * 65536);
        int vStep = (int)(camera.Right.Z * step * 65536);
        fixed (uint* texels = Textures.Clouds.Level(level))
        {
            for (int x = from; x < to; x++, u += uStep, v += vStep)
            {
                uint texel = texels[(((v >> shift) & mask) << rowShift) + ((u >> shift) & mask)];
                row[x] = SurfaceShader.Pack(sky + (cloud * (texel & 255)));
            }
        }
    }
}
