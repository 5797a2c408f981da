using System.Runtime.CompilerServices;

namespace RealtimeVision.Kernels.Functions;

/// <summary>The loops over memory that pointwise functions share.</summary>
internal static unsafe class PointwiseLoops
{
    // A tail is finished with vectors too, through a small buffer: a scalar exponential costs as
    // much as a vector of them, and results do not depend on where in a row an element stands.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unary<TFunction, TLanes>(
        float* source, float* destination, long count, float a, float b)
        where TFunction : struct, IUnaryFunction
        where TLanes : struct, ILanes<TLanes>
    {
        var va = TLanes.Broadcast(a);
        var vb = TLanes.Broadcast(b);
        long i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TFunction.Apply(TLanes.Load(source + i), va, vb).Store(destination + i);
        }

        int rest = (int)(count - i);
        if (rest > 0)
        {
            float* tail = stackalloc float[16];
            for (int k = 0; k < rest; k++)
            {
                tail[k] = source[i + k];
            }

            TFunction.Apply(TLanes.Load(tail), va, vb).Store(tail);
            for (int k = 0; k < rest; k++)
            {
                destination[i + k] = tail[k];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Binary<TFunction, TLanes>(
        float* source, float* operand, int operandStride, float* destination, long count)
        where TFunction : struct, IBinaryFunction
        where TLanes : struct, ILanes<TLanes>
    {
        long i = 0;
        if (operandStride == 0)
        {
            var y = TLanes.Broadcast(*operand);
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                TFunction.Apply(TLanes.Load(source + i), y).Store(destination + i);
            }
        }
        else
        {
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                TFunction.Apply(TLanes.Load(source + i), TLanes.Load(operand + i)).Store(destination + i);
            }
        }

        for (; i < count; i++)
        {
            TFunction.Apply(Lanes1.Load(source + i), Lanes1.Load(operand + (i * operandStride)))
                .Store(destination + i);
        }
    }
}
