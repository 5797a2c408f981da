namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Marks a kernel where a network's time goes: convolution, matrix multiplication, recurrence. The
/// tests fail when the PTX assembler puts any of its variables into local memory.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HotKernelAttribute : Attribute;
