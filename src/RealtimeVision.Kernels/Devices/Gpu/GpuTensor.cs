using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>A tensor in a GPU's memory.</summary>
public sealed class GpuTensor : DeviceTensor
{
    internal GpuTensor(TensorType type)
        : base(type)
    {
    }

    /// <summary>The block that the tensor is in; null before it is bound.</summary>
    internal MemoryBuffer1D<byte, Stride1D.Dense>? Memory { get; private set; }

    /// <summary>Bytes from the start of <see cref="Memory"/>.</summary>
    internal long Offset { get; private set; }

    /// <summary>The tensor as bytes; empty before it is bound.</summary>
    public ArrayView<byte> Bytes { get; private set; }

    /// <summary>The tensor as floats.</summary>
    public ArrayView<float> Floats { get; private set; }

    /// <summary>The tensor as 32-bit integers.</summary>
    public ArrayView<int> Ints { get; private set; }

    /// <summary>The tensor as elements of any type of its size.</summary>
    internal ArrayView<T> View<T>()
        where T : unmanaged => Bytes.Cast<T>();

    /// <inheritdoc/>
    public override void Bind(DeviceMemory memory, long offset)
    {
        if (offset < 0 || offset % Device.Alignment != 0 || offset + Type.Bytes > memory.Bytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"{Type} does not fit in {memory.Bytes} bytes there");
        }

        Memory = ((GpuMemory)memory).Buffer;
        Offset = offset;
        var view = Memory.View.SubView(offset, Type.Bytes);
        Bytes = view;
        if (Type.Element.Size() == 4)
        {
            Floats = view.Cast<byte, float>();
            Ints = view.Cast<byte, int>();
        }
    }
}

internal sealed class GpuMemory(MemoryBuffer1D<byte, Stride1D.Dense> buffer) : DeviceMemory
{
    public MemoryBuffer1D<byte, Stride1D.Dense> Buffer { get; } = buffer;

    public override long Bytes => Buffer.Length;

    public override void Dispose() => Buffer.Dispose();
}
