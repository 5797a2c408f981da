using System.Numerics;
using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Cast : ICpuOperator
{
    void ICpuOperator.Prepare(CpuBindings b)
    {
        string label = $"Cast {b.InputType(0).Element} to {To}";
        switch (b.InputType(0).Element, To)
        {
            case (ElementType.Float32, ElementType.Int32):
                BroadcastStep<float, int>.Add(b, label, 0, 0, &FloatsToInts);
                break;
            case (ElementType.Float32, ElementType.UInt8):
                BroadcastStep<float, byte>.Add(b, label, 0, 0, FloatsToBytes(b.Width));
                break;
            case (ElementType.Int32, ElementType.Float32):
                BroadcastStep<int, float>.Add(b, label, 0, 0, &IntsToFloats);
                break;
            case (ElementType.Int32, ElementType.UInt8):
                BroadcastStep<int, byte>.Add(b, label, 0, 0, &IntsToBytes);
                break;
            case (ElementType.UInt8, ElementType.Float32):
                BroadcastStep<byte, float>.Add(b, label, 0, 0, BytesToFloats(b.Width));
                break;
            case (ElementType.UInt8, ElementType.Int32):
                BroadcastStep<byte, int>.Add(b, label, 0, 0, &BytesToInts);
                break;
            case (ElementType.UInt8, _):
                BroadcastStep<byte, byte>.Add(b, label, 0, 0, &Copy);
                break;
            default:
                BroadcastStep<int, int>.Add(b, label, 0, 0, &Copy);
                break;
        }
    }

    private static void Copy<T>(T* x, T* unused, T* y, long count)
        where T : unmanaged => Buffer.MemoryCopy(x, y, count * sizeof(T), count * sizeof(T));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FloatsToInts(float* x, float* unused, int* y, long count)
    {
        long i = 0;
        for (; i <= count - Vector<int>.Count; i += Vector<int>.Count)
        {
            Vector.ConvertToInt32(Vector.Load(x + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = (int)x[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void IntsToFloats(int* x, int* unused, float* y, long count)
    {
        long i = 0;
        for (; i <= count - Vector<int>.Count; i += Vector<int>.Count)
        {
            Vector.ConvertToSingle(Vector.Load(x + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void IntsToBytes(int* x, int* unused, byte* y, long count)
    {
        int width = Vector<int>.Count;
        long i = 0;
        for (; i <= count - (4 * width); i += 4 * width)
        {
            var low = Vector.Narrow(At(i), At(i + width));
            Vector.Narrow(low, Vector.Narrow(At(i + (2 * width)), At(i + (3 * width)))).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = (byte)x[i];
        }

        Vector<uint> At(long at) => Vector.Load((uint*)x + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BytesToInts(byte* x, byte* unused, int* y, long count)
    {
        int width = Vector<int>.Count;
        long i = 0;
        for (; i <= count - (4 * width); i += 4 * width)
        {
            Vector.Widen(Vector.Load(x + i), out var low, out var high);
            Widen(low, y + i);
            Widen(high, y + i + (2 * width));
        }

        for (; i < count; i++)
        {
            y[i] = x[i];
        }

        void Widen(Vector<ushort> half, int* to)
        {
            Vector.Widen(half, out var low, out var high);
            low.Store((uint*)to);
            high.Store((uint*)(to + width));
        }
    }

    private static delegate*<float*, float*, byte*, long, void> FloatsToBytes(VectorWidth width) =>
        width switch
        {
            VectorWidth.Vector512 => &FloatsToBytes<Lanes16>,
            VectorWidth.Vector256 => &FloatsToBytes<Lanes8>,
            VectorWidth.Vector128 => &FloatsToBytes<Lanes4>,
            _ => &FloatsToBytes<Lanes1>,
        };

    // Lanes round to the nearest byte: what is whole already stays.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FloatsToBytes<TLanes>(float* x, float* unused, byte* y, long count)
        where TLanes : struct, ILanes<TLanes>
    {
        long i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.Floor(TLanes.Load(x + i)).StoreBytes(y + i);
        }

        for (; i < count; i++)
        {
            Lanes1.Floor(Lanes1.Load(x + i)).StoreBytes(y + i);
        }
    }

    private static delegate*<byte*, byte*, float*, long, void> BytesToFloats(VectorWidth width) =>
        width switch
        {
            VectorWidth.Vector512 => &BytesToFloats<Lanes16>,
            VectorWidth.Vector256 => &BytesToFloats<Lanes8>,
            VectorWidth.Vector128 => &BytesToFloats<Lanes4>,
            _ => &BytesToFloats<Lanes1>,
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BytesToFloats<TLanes>(byte* x, byte* unused, float* y, long count)
        where TLanes : struct, ILanes<TLanes>
    {
        long i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            TLanes.LoadBytes(x + i).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = x[i];
        }
    }
}
