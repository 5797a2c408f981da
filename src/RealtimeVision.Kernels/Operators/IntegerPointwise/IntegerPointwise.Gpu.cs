using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record IntegerPointwise : IGpuOperator
{
    void IGpuOperator.Prepare(GpuBindings b)
    {
        int y = Function.IsBinary ? 1 : 0;
        if (b.InputType(0).Element == ElementType.Int32)
        {
            b.AddBroadcast<int, int>($"{Function} Int32", 0, y, Function.KernelOf<int>());
        }
        else
        {
            b.AddBroadcast<byte, byte>($"{Function} UInt8", 0, y, Function.KernelOf<byte>());
        }
    }
}
