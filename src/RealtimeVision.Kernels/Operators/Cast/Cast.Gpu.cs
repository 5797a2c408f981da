using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Cast : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher<TInput, TOutput>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<TInput> x,
        ArrayView<TOutput> y,
        int count)
        where TInput : unmanaged
        where TOutput : unmanaged;

    /// <summary>How one element becomes another; a type argument of the kernel.</summary>
    internal interface IConversion<TInput, TOutput>
    {
        /// <summary>The element as the other type.</summary>
        static abstract TOutput Apply(TInput x);
    }

    /// <summary>One thread an element.</summary>
    internal static void Kernel<TInput, TOutput, TConversion>(
        ArrayView<TInput> x, ArrayView<TOutput> y, int count)
        where TInput : unmanaged
        where TOutput : unmanaged
        where TConversion : struct, IConversion<TInput, TOutput>
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            y[index] = TConversion.Apply(x[index]);
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        switch (b.InputType(0).Element, To)
        {
            case (ElementType.Float32, ElementType.Int32):
                Add<float, int, FloatToInt>(b);
                break;
            case (ElementType.Float32, ElementType.UInt8):
                Add<float, byte, FloatToByte>(b);
                break;
            case (ElementType.Int32, ElementType.Float32):
                Add<int, float, IntToFloat>(b);
                break;
            case (ElementType.Int32, ElementType.UInt8):
                Add<int, byte, IntToByte>(b);
                break;
            case (ElementType.UInt8, ElementType.Float32):
                Add<byte, float, ByteToFloat>(b);
                break;
            case (ElementType.UInt8, ElementType.Int32):
                Add<byte, int, ByteToInt>(b);
                break;
            case (ElementType.UInt8, _):
                Add<byte, byte, Same<byte>>(b);
                break;
            default:
                Add<int, int, Same<int>>(b);
                break;
        }
    }

    private void Add<TInput, TOutput, TConversion>(GpuBindings b)
        where TInput : unmanaged
        where TOutput : unmanaged
        where TConversion : struct, IConversion<TInput, TOutput>
    {
        var (x, y) = (b.Input(0), b.Output());
        int count = checked((int)y.Type.Shape.Count);
        if (count == 0)
        {
            return;
        }

        var launch = b.Load<Launcher<TInput, TOutput>>(
            Kernel<TInput, TOutput, TConversion>, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add($"Cast {x.Type.Element} to {To}", stream => launch(
            stream, config, x.View<TInput>(), y.View<TOutput>(), count));
    }

    // OpenCL leaves open what becomes of floats beyond the limits.
    private readonly struct FloatToInt : IConversion<float, int>
    {
        public static int Apply(float x) => x >= 2147483648f ? int.MaxValue
            : x >= -2147483648f ? (int)x
            : x < 0 ? int.MinValue
            : 0;
    }

    private readonly struct FloatToByte : IConversion<float, byte>
    {
        public static byte Apply(float x) => (byte)(x >= 255 ? 255 : x > 0 ? (int)x : 0);
    }

    private readonly struct IntToFloat : IConversion<int, float>
    {
        public static float Apply(int x) => x;
    }

    private readonly struct IntToByte : IConversion<int, byte>
    {
        public static byte Apply(int x) => (byte)x;
    }

    private readonly struct ByteToFloat : IConversion<byte, float>
    {
        public static float Apply(byte x) => (int)x;
    }

    private readonly struct ByteToInt : IConversion<byte, int>
    {
        public static int Apply(byte x) => x;
    }

    private readonly struct Same<T> : IConversion<T, T>
    {
        public static T Apply(T x) => x;
    }
}
