using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RealtimeVision.Street.Drawing;

/// <summary>Colours the pixels of a surface, a run of a row at a time.</summary>
internal static unsafe class SurfaceShader
{
    // Depth is divided by at the ends of so many pixels; texture, haze and light go straight
    // between.
    private const int Step = 8;

    private const float Fixed = 65536;

    /// <summary>Red, green, blue and what is in the highest byte of a texel, as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Unpack(uint texel) => Vector128.ConvertToSingle(
        Vector128.WidenLower(
            Vector128.WidenLower(Vector128.CreateScalar(texel).AsByte())).AsInt32());

    /// <summary>A pixel of a colour from 0 to 255 and above; the highest byte is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Pack(Vector128<float> colour)
    {
        var whole = Vector128.ConvertToInt32(
            Vector128.Min(colour, Vector128.Create(255f)));
        var half = Vector128.Narrow(whole, whole);
        return Vector128.Narrow(half, half).AsUInt32().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Shade(
        in Surface surface, Atmosphere air, uint* row, int y, int from, int to)
    {
        float footprint = Texture.Size * 0.7f;
        var airColour = (air.Air * 255).AsVector128();
        bool isNight = air.IsNight;
        while (from < to)
        {
            int count = Math.Min(to - from, Step);
            float z = 1 / surface.W.At(from, y);
            float u = surface.U.At(from, y) * z, v = surface.V.At(from, y) * z;
            float down = Math.Max(
                MathF.Abs((surface.U.Y - (u * surface.W.Y)) * z),
                MathF.Abs((surface.V.Y - (v * surface.W.Y)) * z));
            float across = Math.Max(
                MathF.Abs((surface.U.X - (u * surface.W.X)) * z),
                MathF.Abs((surface.V.X - (v * surface.W.X)) * z));
            int level = LevelOf(Math.Max(down, across) * footprint);
            int uAt = (int)(u * Fixed), vAt = (int)(v * Fixed), uStep = 0, vStep = 0;
            if (count > 1)
            {
                float zEnd = 1 / surface.W.At(from + count - 1, y);
                float part = Fixed / (count - 1);
                uStep = (int)(((surface.U.At(from + count - 1, y) * zEnd) - u) * part);
                vStep = (int)(((surface.V.At(from + count - 1, y) * zEnd) - v) * part);
            }

            int depth = Atmosphere.StepOf(z);
            float haze = surface.IsLit ? air.Haze[depth] * 0.3f : air.Haze[depth];
            var keep = Vector128.Create(1 - haze);
            if (isNight && !surface.IsLit)
            {
                keep *= Vector128<float>.One
                    + (air.Beam * (air.BeamByDepth[depth] * air.BeamAcross[from]));
            }

            var tint = surface.Tint * keep;
            var second = surface.Second * keep;
            var add = airColour * haze;
            int shift = 8 + level, mask = (Texture.Size >> level) - 1;
            int rowShift = Texture.Log2Size - level;
            fixed (uint* texels = surface.Texture.Level(level))
            {
                for (int i = 0; i < count; i++, uAt += uStep, vAt += vStep)
                {
                    uint texel = texels[
                        (((vAt >> shift) & mask) << rowShift) + ((uAt >> shift) & mask)];
                    var factor = tint;
                    if ((int)texel >= 0)
                    {
                        factor = second;
                        if (isNight && surface.Salt != 0
                            && IsLit(uAt >> 16, vAt >> 16, surface.Salt))
                        {
                            row[from + i] = Pack((Unpack(texel) * Window) + add);
                            continue;
                        }
                    }

                    row[from + i] = Pack((Unpack(texel) * factor) + add);
                }
            }

            from += count;
        }
    }

    // Warm light behind the panes.
    private static Vector128<float> Window => Vector128.Create(2.1f, 1.65f, 0.9f, 0);

    private static bool IsLit(int column, int storey, uint salt)
    {
        uint h = ((uint)column * 0x9E3779B1) ^ ((uint)storey * 0x85EBCA77) ^ salt;
        h = (h ^ (h >> 15)) * 0x2C1B3C6D;
        return (h >> 24) < 92;
    }

    /// <summary>The level of a texture whose texels are as large as a pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LevelOf(float texels) => Math.Clamp(
        (BitConverter.SingleToInt32Bits(texels * 1.41f) >> 23) - 127, 0, Texture.Log2Size);
}
