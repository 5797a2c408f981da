using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// A tensor in the process's memory. Vector loads may run up to 64 bytes past its end.
/// </summary>
public sealed unsafe class CpuTensor : DeviceTensor
{
    internal CpuTensor(TensorType type)
        : base(type)
    {
    }

    /// <summary>
    /// Address of the first byte, a multiple of 256; null before the tensor is bound.
    /// </summary>
    public byte* Bytes { get; private set; }

    /// <summary>The tensor as floats.</summary>
    public float* Floats => (float*)Bytes;

    /// <summary>The tensor as 32-bit integers.</summary>
    public int* Ints => (int*)Bytes;

    /// <summary>All bytes of the tensor.</summary>
    public Span<byte> Span => new(Bytes, checked((int)Type.Bytes));

    /// <inheritdoc/>
    public override void Bind(DeviceMemory memory, long offset)
    {
        if (offset < 0 || offset % Device.Alignment != 0 || offset + Type.Bytes > memory.Bytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{Type} does not fit in {memory.Bytes} bytes there");
        }

        Bytes = ((CpuMemory)memory).Address + offset;
    }
}

internal sealed unsafe class CpuMemory : DeviceMemory
{
    // What a vector load may read past the end of the last tensor.
    private const int Slack = 64;

    public CpuMemory(long bytes)
    {
        Bytes = bytes;
        Address = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + Slack), Device.Alignment);
        NativeMemory.Clear(Address, (nuint)(bytes + Slack));
    }

    public byte* Address { get; private set; }

    public override long Bytes { get; }

    public override void Dispose()
    {
        NativeMemory.AlignedFree(Address);
        Address = null;
    }
}
