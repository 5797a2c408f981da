using System.Numerics;
using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Compare : ICpuOperator
{
    void ICpuOperator.Prepare(CpuBindings b)
    {
        switch (Comparison)
        {
            case Comparison.Equal:
                Prepare<Equal>(b);
                break;
            case Comparison.NotEqual:
                Prepare<NotEqual>(b);
                break;
            case Comparison.Less or Comparison.Greater:
                Prepare<Less>(b);
                break;
            default:
                Prepare<LessOrEqual>(b);
                break;
        }
    }

    private void Prepare<TComparison>(CpuBindings b)
        where TComparison : struct, IComparison
    {
        string label = $"Compare {Comparison}";
        switch (b.InputType(0).Element)
        {
            case ElementType.Float32:
                BroadcastStep<float, byte>.Add(
                    b, label, First, 1 - First, &Words<float, TComparison>);
                break;
            case ElementType.Int32:
                BroadcastStep<int, byte>.Add(b, label, First, 1 - First, &Words<int, TComparison>);
                break;
            default:
                BroadcastStep<byte, byte>.Add(b, label, First, 1 - First, &Bytes<TComparison>);
                break;
        }
    }

    /// <summary>Elements of 4 bytes: four vectors of answers are one of bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Words<T, TComparison>(T* x, T* y, byte* results, long count)
        where T : unmanaged
        where TComparison : struct, IComparison
    {
        int width = Vector<T>.Count;
        long i = 0;
        for (; i <= count - (4 * width); i += 4 * width)
        {
            var low = Vector.Narrow(At(i), At(i + width));
            var high = Vector.Narrow(At(i + (2 * width)), At(i + (3 * width)));
            (Vector.Narrow(low, high) & Vector<byte>.One).Store(results + i);
        }

        for (; i < count; i++)
        {
            results[i] = (byte)(typeof(T) == typeof(float)
                ? TComparison.Apply(*(float*)(x + i), *(float*)(y + i))
                : TComparison.Apply(*(int*)(x + i), *(int*)(y + i)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector<uint> At(long at) =>
            TComparison.Apply(Vector.Load(x + at), Vector.Load(y + at)).As<T, uint>();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Bytes<TComparison>(byte* x, byte* y, byte* results, long count)
        where TComparison : struct, IComparison
    {
        long i = 0;
        for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            (TComparison.Apply(Vector.Load(x + i), Vector.Load(y + i)) & Vector<byte>.One)
                .Store(results + i);
        }

        for (; i < count; i++)
        {
            results[i] = (byte)TComparison.Apply((int)x[i], (int)y[i]);
        }
    }
}
