using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Compare : IGpuOperator
{
    /// <summary>One thread an element.</summary>
    internal static void FloatKernel<TComparison>(
        ArrayView<float> x, ArrayView<float> y, ArrayView<byte> results, GpuBroadcast readX,
        GpuBroadcast readY, int count)
        where TComparison : struct, IComparison
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            results[index] = (byte)TComparison.Apply(x[readX.At(index)], y[readY.At(index)]);
        }
    }

    /// <inheritdoc cref="FloatKernel"/>
    internal static void IntKernel<TComparison>(
        ArrayView<int> x, ArrayView<int> y, ArrayView<byte> results, GpuBroadcast readX,
        GpuBroadcast readY, int count)
        where TComparison : struct, IComparison
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            results[index] = (byte)TComparison.Apply(x[readX.At(index)], y[readY.At(index)]);
        }
    }

    /// <inheritdoc cref="FloatKernel"/>
    internal static void ByteKernel<TComparison>(
        ArrayView<byte> x, ArrayView<byte> y, ArrayView<byte> results, GpuBroadcast readX,
        GpuBroadcast readY, int count)
        where TComparison : struct, IComparison
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            int a = x[readX.At(index)];
            int b = y[readY.At(index)];
            results[index] = (byte)TComparison.Apply(a, b);
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
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

    private void Prepare<TComparison>(GpuBindings b)
        where TComparison : struct, IComparison
    {
        string label = $"Compare {Comparison}";
        switch (b.InputType(0).Element)
        {
            case ElementType.Float32:
                b.AddBroadcast<float, byte>(label, First, 1 - First, FloatKernel<TComparison>);
                break;
            case ElementType.Int32:
                b.AddBroadcast<int, byte>(label, First, 1 - First, IntKernel<TComparison>);
                break;
            default:
                b.AddBroadcast<byte, byte>(label, First, 1 - First, ByteKernel<TComparison>);
                break;
        }
    }
}
