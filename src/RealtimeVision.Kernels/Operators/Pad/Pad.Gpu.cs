using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Pad : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void FillLauncher<T>(
        AcceleratorStream stream, KernelConfig config, ArrayView<T> y, T value, int count)
        where T : unmanaged;

    /// <summary>One thread an element of the output.</summary>
    internal static void FillKernel<T>(ArrayView<T> y, T value, int count)
        where T : unmanaged
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            y[index] = value;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        int count = checked((int)y.Type.Shape.Count);
        if (count == 0)
        {
            return;
        }

        if (Mode != PadMode.Constant)
        {
            RepetitionOf(x.Type.Shape, y.Type.Shape)
                .AddTo(b, $"Pad {Mode}", RepetitionKey(x.Type.Shape), x, y);
            return;
        }

        int value = BitsOf(y.Type.Element);
        var config = GpuBindings.Cover(count, ThreadGroup);
        if (y.Type.Element.Size() == 4)
        {
            var fill = b.Load<FillLauncher<int>>(FillKernel<int>, ThreadGroup);
            b.Add("Pad Fill", stream => fill(stream, config, y.Ints, value, count));
        }
        else
        {
            var fill = b.Load<FillLauncher<byte>>(FillKernel<byte>, ThreadGroup);
            b.Add("Pad Fill", stream => fill(stream, config, y.Bytes, (byte)value, count));
        }

        CopyOf(x.Type.Shape, y.Type.Shape).AddTo(b, "Pad", x, y);
    }
}
