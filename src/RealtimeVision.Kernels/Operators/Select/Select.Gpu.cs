using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Select : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<byte> condition,
        ArrayView<T> x,
        ArrayView<T> y,
        ArrayView<T> results,
        GpuBroadcast readCondition,
        GpuBroadcast readX,
        GpuBroadcast readY,
        int count)
        where T : unmanaged;

    /// <summary>One thread an element.</summary>
    internal static void Kernel<T>(
        ArrayView<byte> condition, ArrayView<T> x, ArrayView<T> y, ArrayView<T> results,
        GpuBroadcast readCondition, GpuBroadcast readX, GpuBroadcast readY, int count)
        where T : unmanaged
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            results[index] = condition[readCondition.At(index)] != 0
                ? x[readX.At(index)]
                : y[readY.At(index)];
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        if (b.InputType(X).Element.Size() == sizeof(int))
        {
            Prepare<int>(b);
        }
        else
        {
            Prepare<byte>(b);
        }
    }

    private static void Prepare<T>(GpuBindings b)
        where T : unmanaged
    {
        var shape = b.OutputShape();
        int count = checked((int)shape.Count);
        if (count == 0)
        {
            return;
        }

        var (condition, x, y, results) = (b.Input(Condition), b.Input(X), b.Input(Y), b.Output());
        var readCondition = GpuBroadcast.Of(b.InputShape(Condition), shape);
        var readX = GpuBroadcast.Of(b.InputShape(X), shape);
        var readY = GpuBroadcast.Of(b.InputShape(Y), shape);
        var launch = b.Load<Launcher<T>>(Kernel<T>, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add("Select", stream => launch(
            stream, config, condition.Bytes, x.View<T>(), y.View<T>(), results.View<T>(),
            readCondition, readX, readY, count));
    }
}
