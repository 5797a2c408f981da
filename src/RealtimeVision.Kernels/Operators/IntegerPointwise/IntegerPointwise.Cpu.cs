using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record IntegerPointwise : ICpuOperator
{
    void ICpuOperator.Prepare(CpuBindings b)
    {
        int y = Function.IsBinary ? 1 : 0;
        if (b.InputType(0).Element == ElementType.Int32)
        {
            BroadcastStep<int, int>.Add(b, $"{Function} Int32", 0, y, Function.Ints);
        }
        else
        {
            BroadcastStep<byte, byte>.Add(b, $"{Function} UInt8", 0, y, Function.Bytes);
        }
    }
}
