using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The vector loops of <see cref="Softmax"/>: over one line in a row, or over neighbouring lines at
/// once.
/// </summary>
internal static unsafe class SoftmaxLoops
{
    private const int SumBlock = 256;

    /// <summary>One line whose numbers are neighbours; y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Row<TLanes>(float* x, float* y, int length, bool isLog)
        where TLanes : struct, ILanes<TLanes>
    {
        // The last vector is filled up with what changes neither the maximum nor the sum.
        int whole = length / TLanes.Count * TLanes.Count;
        int rest = length - whole;
        float* tail = stackalloc float[16];
        for (int i = 0; i < TLanes.Count; i++)
        {
            tail[i] = i < rest ? x[whole + i] : float.NegativeInfinity;
        }

        var largest = TLanes.Load(tail);
        for (int i = 0; i < whole; i += TLanes.Count)
        {
            largest = TLanes.Max(largest, TLanes.Load(x + i));
        }

        var maximum = TLanes.Broadcast(largest.Maximum());
        var sum = TLanes.Broadcast(0f);
        for (int i = 0; i < whole;)
        {
            // Sums of blocks are added, so that long lines lose no digits.
            int end = Math.Min(whole, i + (SumBlock * TLanes.Count));
            var block = TLanes.Broadcast(0f);
            for (; i < end; i += TLanes.Count)
            {
                var shifted = TLanes.Load(x + i) - maximum;
                var power = TLanes.Exp(shifted);
                block += power;
                (isLog ? shifted : power).Store(y + i);
            }

            sum += block;
        }

        if (rest > 0)
        {
            var shifted = TLanes.Load(tail) - maximum;
            var power = TLanes.Exp(shifted);
            sum += power;
            (isLog ? shifted : power).Store(tail);
        }

        var total = TLanes.Broadcast(sum.Sum());
        var factor = isLog ? TLanes.Log(total) : TLanes.Broadcast(1f) / total;
        for (int i = 0; i < whole; i += TLanes.Count)
        {
            Finish(TLanes.Load(y + i), factor, isLog).Store(y + i);
        }

        if (rest > 0)
        {
            Finish(TLanes.Load(tail), factor, isLog).Store(tail);
            for (int i = 0; i < rest; i++)
            {
                y[whole + i] = tail[i];
            }
        }
    }

    /// <summary>
    /// Lines side by side, one a lane; y may be x. Returns the first line that is left.
    /// </summary>
    /// <param name="x">First number of line 0.</param>
    /// <param name="y">Where it goes.</param>
    /// <param name="length">Numbers of a line.</param>
    /// <param name="stride">Elements from one number of a line to the next.</param>
    /// <param name="line">First line to do.</param>
    /// <param name="lines">Lines there are.</param>
    /// <param name="isLog">True for logarithms.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Columns<TLanes>(
        float* x, float* y, int length, int stride, int line, int lines, bool isLog)
        where TLanes : struct, ILanes<TLanes>
    {
        for (; line <= lines - TLanes.Count; line += TLanes.Count)
        {
            var maximum = TLanes.Load(x + line);
            for (int l = 1; l < length; l++)
            {
                maximum = TLanes.Max(maximum, TLanes.Load(x + ((long)l * stride) + line));
            }

            var sum = TLanes.Broadcast(0f);
            for (int l = 0; l < length; l++)
            {
                long at = ((long)l * stride) + line;
                var shifted = TLanes.Load(x + at) - maximum;
                var power = TLanes.Exp(shifted);
                sum += power;
                (isLog ? shifted : power).Store(y + at);
            }

            var factor = isLog ? TLanes.Log(sum) : TLanes.Broadcast(1f) / sum;
            for (int l = 0; l < length; l++)
            {
                long at = ((long)l * stride) + line;
                Finish(TLanes.Load(y + at), factor, isLog).Store(y + at);
            }
        }

        return line;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Finish<TLanes>(TLanes value, TLanes factor, bool isLog)
        where TLanes : struct, ILanes<TLanes> => isLog ? value - factor : value * factor;
}
