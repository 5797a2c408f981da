using ILGPU;
using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>Launches of kernels with one thread an element of the output.</summary>
internal static class GpuBroadcastSteps
{
    private const int ThreadGroup = 256;

    private delegate void Launcher<TInput, TOutput>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<TInput> x,
        ArrayView<TInput> y,
        ArrayView<TOutput> results,
        GpuBroadcast readX,
        GpuBroadcast readY,
        int count)
        where TInput : unmanaged
        where TOutput : unmanaged;

    /// <summary>Adds a function of two tensors that broadcast to the output.</summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="label">Name of the step.</param>
    /// <param name="x">Index of the first argument among the inputs.</param>
    /// <param name="y">Index of the second argument; that of the first where there is none.</param>
    /// <param name="kernel">
    /// Takes x, y, the results, how x and y are read, and the number of results.
    /// </param>
    public static void AddBroadcast<TInput, TOutput>(
        this GpuBindings b, string label, int x, int y, Delegate kernel)
        where TInput : unmanaged
        where TOutput : unmanaged
    {
        var shape = b.OutputShape();
        int count = checked((int)shape.Count);
        if (count == 0)
        {
            return;
        }

        var (first, second, results) = (b.Input(x), b.Input(y), b.Output());
        var readX = GpuBroadcast.Of(b.InputShape(x), shape);
        var readY = GpuBroadcast.Of(b.InputShape(y), shape);
        var launch = b.Load<Launcher<TInput, TOutput>>(kernel, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add(label, stream => launch(
            stream, config, first.View<TInput>(), second.View<TInput>(), results.View<TOutput>(),
            readX, readY, count));
    }
}
