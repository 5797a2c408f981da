using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Loops over the channels of a pixel.</summary>
internal static unsafe class SampleLoops
{
    /// <summary>result += weight x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled<TLanes>(float* x, float weight, float* result, int channels)
        where TLanes : struct, ILanes<TLanes>
    {
        var factor = TLanes.Broadcast(weight);
        for (int c = 0; c < channels; c += TLanes.Count)
        {
            var sum = TLanes.MultiplyAdd(TLanes.Load(x + c), factor, TLanes.Load(result + c));
            if (c + TLanes.Count <= channels)
            {
                sum.Store(result + c);
            }
            else
            {
                sum.StoreWhere(TLanes.FirstLanes(channels - c), result + c);
            }
        }
    }

    /// <summary>The sum of x y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot<TLanes>(float* x, float* y, int channels)
        where TLanes : struct, ILanes<TLanes>
    {
        var sums = TLanes.Broadcast(0f);
        int c = 0;
        for (; c <= channels - TLanes.Count; c += TLanes.Count)
        {
            sums = TLanes.MultiplyAdd(TLanes.Load(x + c), TLanes.Load(y + c), sums);
        }

        float sum = sums.Sum();
        for (; c < channels; c++)
        {
            sum += x[c] * y[c];
        }

        return sum;
    }
}
