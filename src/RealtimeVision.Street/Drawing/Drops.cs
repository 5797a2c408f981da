using System.Runtime.Intrinsics;
using RealtimeVision.Street.City;

namespace RealtimeVision.Street.Drawing;

/// <summary>Falling drops: streaks over the picture, which nothing else depends on.</summary>
internal static unsafe class Drops
{
    private const int Count = 420;

    public static void Draw(int width, int height, double time, ulong seed, uint* pixels)
    {
        for (int i = 0; i < Count; i++)
        {
            var fixedDraws = new Draws(seed, Purpose.Rain, i);
            float near = fixedDraws.Next(0.4f, 1);
            double fall = (time * (1.4 + (2.2 * near))) + fixedDraws.Next();
            int times = (int)(long)Math.Floor(fall);
            var draws = new Draws(seed, Purpose.Rain, i, times);
            float length = height * 0.09f * near;
            float y = ((float)(fall - Math.Floor(fall)) * (height + (2 * length))) - length;
            float x = draws.Next(-0.05f, 1.05f) * width;
            float weight = 0.16f + (0.16f * near);
            Streak(width, height, x, y, length, weight, pixels);
        }
    }

    private static void Streak(
        int width, int height, float x, float y, float length, float weight, uint* pixels)
    {
        var light = Vector128.Create(205f, 212, 222, 0) * weight;
        var keep = Vector128.Create(1 - weight);
        int from = Math.Max((int)y, 0), to = Math.Min((int)(y + length), height);
        for (int row = from; row < to; row++)
        {
            int column = (int)(x + ((row - y) * 0.14f));
            if ((uint)column < (uint)width)
            {
                uint* pixel = pixels + ((nint)row * width) + column;
                *pixel = SurfaceShader.Pack((SurfaceShader.Unpack(*pixel) * keep) + light);
            }
        }
    }
}
