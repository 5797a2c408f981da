using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Functions;

/// <summary>The loops and kernels that functions of whole numbers share.</summary>
internal static unsafe class IntegerLoops
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Ints<TFunction>(int* x, int* y, int* results, long count)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        long i = 0;
        for (; i <= count - Vector<int>.Count; i += Vector<int>.Count)
        {
            TFunction.Apply(Vector.Load(x + i), Vector.Load(y + i)).Store(results + i);
        }

        for (; i < count; i++)
        {
            results[i] = TFunction.Apply(x[i], y[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Bytes<TFunction>(byte* x, byte* y, byte* results, long count)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        long i = 0;
        for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(Vector.Load(x + i), out var lowX, out var highX);
            Vector.Widen(Vector.Load(y + i), out var lowY, out var highY);
            Vector.Narrow(Halves<TFunction>(lowX, lowY), Halves<TFunction>(highX, highY))
                .Store(results + i);
        }

        for (; i < count; i++)
        {
            results[i] = (byte)TFunction.Apply(x[i], y[i]);
        }
    }

    /// <summary>One thread an element.</summary>
    public static void IntKernel<TFunction>(
        ArrayView<int> x, ArrayView<int> y, ArrayView<int> results, GpuBroadcast readX,
        GpuBroadcast readY, int count)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            results[index] = TFunction.Apply(x[readX.At(index)], y[readY.At(index)]);
        }
    }

    /// <inheritdoc cref="IntKernel"/>
    public static void ByteKernel<TFunction>(
        ArrayView<byte> x, ArrayView<byte> y, ArrayView<byte> results, GpuBroadcast readX,
        GpuBroadcast readY, int count)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            results[index] = (byte)TFunction.Apply(x[readX.At(index)], y[readY.At(index)]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<ushort> Halves<TFunction>(Vector<ushort> x, Vector<ushort> y)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        Vector.Widen(x, out var lowX, out var highX);
        Vector.Widen(y, out var lowY, out var highY);
        return Vector.Narrow(
            TFunction.Apply(lowX.As<uint, int>(), lowY.As<uint, int>()).As<int, uint>(),
            TFunction.Apply(highX.As<uint, int>(), highY.As<uint, int>()).As<int, uint>());
    }
}
