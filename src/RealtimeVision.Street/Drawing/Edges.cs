using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RealtimeVision.Street.Drawing;

/// <summary>
/// Softens the outlines of surfaces, as a lens does: a pixel beside one of another surface takes a
/// part of its neighbours' mean. The truth keeps its hard edges.
/// </summary>
internal static unsafe class Edges
{
    /// <summary>Softens a picture in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Smooth(Canvas canvas, uint* pixels)
    {
        int width = canvas.Width, height = canvas.Height;
        fixed (int* allIds = canvas.Ids)
        {
            for (int y = 1; y < height - 1; y++)
            {
                int* ids = allIds + ((nint)y * width);
                uint* row = pixels + ((nint)y * width);
                int x = 1;
                for (; x + 9 <= width; x += 8)
                {
                    var own = Vector256.Load(ids + x);
                    var isInside = Vector256.Equals(own, Vector256.Load(ids + x - 1))
                        & Vector256.Equals(own, Vector256.Load(ids + x + 1))
                        & Vector256.Equals(own, Vector256.Load(ids + x - width))
                        & Vector256.Equals(own, Vector256.Load(ids + x + width));
                    uint edges = ~isInside.ExtractMostSignificantBits() & 0xFF;
                    for (; edges != 0; edges &= edges - 1)
                    {
                        uint* at = row + x + System.Numerics.BitOperations.TrailingZeroCount(edges);
                        *at = Mixed(*at, at[-1], at[1], at[-width], at[width]);
                    }
                }

                for (; x < width - 1; x++)
                {
                    if (ids[x] != ids[x - 1] || ids[x] != ids[x + 1]
                        || ids[x] != ids[x - width] || ids[x] != ids[x + width])
                    {
                        uint* at = row + x;
                        *at = Mixed(*at, at[-1], at[1], at[-width], at[width]);
                    }
                }
            }
        }
    }

    /// <summary>Half a pixel and an eighth of each neighbour.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mixed(uint own, uint left, uint right, uint above, uint below)
    {
        // Two channels at a time, with room for the sum of eight bytes between them.
        const uint Even = 0x00FF00FF;
        uint even = ((own & Even) * 4) + (left & Even) + (right & Even) + (above & Even)
            + (below & Even);
        uint odd = (((own >> 8) & 255) * 4) + ((left >> 8) & 255) + ((right >> 8) & 255)
            + ((above >> 8) & 255) + ((below >> 8) & 255);
        return ((even >> 3) & Even) | ((odd >> 3) << 8);
    }
}
