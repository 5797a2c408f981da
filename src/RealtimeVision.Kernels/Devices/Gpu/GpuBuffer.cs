using ILGPU;
using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Bytes on a GPU that outlast the run that made them: one thread keeps a result in them, another
/// hands them to OpenGL or reads them. All members may be called by any thread.
/// </summary>
public sealed class GpuBuffer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly DeviceMemory _memory;
    private readonly MemoryBudget _budget;
    private StreamFence? _reader;
    private bool _isDisposed;

    /// <summary>Reserves memory.</summary>
    /// <param name="device">Where.</param>
    /// <param name="capacity">Most bytes that it can hold.</param>
    /// <param name="budget">What the memory is taken of; null for one without a limit.</param>
    /// <exception cref="MemoryLimitException">It would be more than the budget allows.</exception>
    /// <exception cref="OutOfMemoryException">The device has not that much left.</exception>
    public GpuBuffer(GpuDevice device, long capacity, MemoryBudget? budget = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Device = device;
        Capacity = capacity;
        _budget = budget ?? new MemoryBudget();
        _memory = _budget.Allocate(device, capacity, "a picture kept on the device");
    }

    /// <summary>Where the bytes are.</summary>
    public GpuDevice Device { get; }

    /// <summary>Most bytes that it can hold.</summary>
    public long Capacity { get; }

    /// <summary>Bytes that it holds.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Copies the bytes to the host, and waits for that; false where the buffer is released.
    /// </summary>
    /// <param name="destination">Gets as many bytes as it has.</param>
    /// <exception cref="ArgumentException">It has more than the buffer holds.</exception>
    public bool TryRead(Span<byte> destination)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return false;
            }

            if (destination.Length > Length)
            {
                throw new ArgumentException(
                    $"the buffer holds {Length} bytes, {destination.Length} were asked for");
            }

            var tensor = new GpuTensor(new(Graph.ElementType.UInt8, new((int)Capacity)));
            tensor.Bind(_memory, 0);
            Device.Download(tensor, destination);
            return true;
        }
    }

    /// <summary>
    /// Releases the memory, once nobody copies from it. Who asks afterwards is told that it is
    /// gone.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            Length = 0;
            _reader?.Wait();
            _reader = null;
            _budget.Free(_memory);
        }
    }

    /// <summary>
    /// Queues a copy of a tensor's first bytes into the buffer, after what is queued on the stream
    /// and after what was queued to read the buffer.
    /// </summary>
    internal void Store(AcceleratorStream stream, ArrayView<byte> source)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (source.Length > Capacity)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(source), source.Length, $"the buffer holds {Capacity} bytes");
            }

            // Long done as a rule: who reads is a picture behind, and a copy takes microseconds.
            _reader?.Wait();
            _reader = null;
            source.CopyTo(stream, View(source.Length));
            Length = source.Length;
        }
    }

    /// <summary>
    /// Queues a copy of what the buffer holds; false where it is released. What was stored must be
    /// done.
    /// </summary>
    internal bool TryCopyTo(StreamFence reader, ArrayView<byte> target)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return false;
            }

            View(Length).CopyTo(reader.Stream, target.SubView(0, Length));
            _reader = reader;
            return true;
        }
    }

    private ArrayView<byte> View(long length) =>
        ((ArrayView<byte>)((GpuMemory)_memory).Buffer.View).SubView(0, length);
}
