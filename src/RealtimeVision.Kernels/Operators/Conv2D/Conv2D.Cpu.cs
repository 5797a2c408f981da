using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2D : ICpuOperator
{
    void ICpuOperator.Prepare(CpuBindings b) => throw new NotSupportedException(b.NodeName);
}
