using ILGPU;
using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu.OpenGl;

/// <summary>A buffer of OpenGL that a device writes; see <see cref="GlSharing"/>.</summary>
public sealed class GlBuffer : IDisposable
{
    private readonly GlSharing _sharing;
    private readonly GraphicsDriver _driver;
    private readonly StreamFence _fence;
    private readonly MappedMemory _memory;
    private nint _resource;

    internal GlBuffer(
        GlSharing sharing, GraphicsDriver driver, StreamFence fence, nint resource, long bytes)
    {
        (_sharing, _driver, _fence, _resource) = (sharing, driver, fence, resource);
        Bytes = bytes;
        _memory = new MappedMemory(sharing.Device.Accelerator, bytes);
    }

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>
    /// Lets the device copy what a buffer holds to the beginning of this one. OpenGL may use it at
    /// once: its commands wait for the copy. False, and the bytes are undefined, where the source
    /// is released.
    /// </summary>
    /// <exception cref="ArgumentException">The source is another device's, or
    /// longer.</exception>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public bool TryFill(GpuBuffer source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_resource == 0, this);
        if (!ReferenceEquals(source.Device, _sharing.Device) || source.Length > Bytes)
        {
            throw new ArgumentException(
                $"{source.Length} bytes of {source.Device.Id} do not fit in {Bytes} bytes that "
                + $"{_sharing.Device.Id} writes",
                nameof(source));
        }

        if (_sharing.Device.Accelerator.IsDisposed)
        {
            return false;
        }

        _sharing.Device.Accelerator.Bind();
        nint stream = GraphicsDriver.HandleOf(_fence.Stream);
        nint address = _driver.Map(_resource, stream, out long mapped);
        try
        {
            return mapped >= Bytes && source.TryCopyTo(_fence, _memory.At(address));
        }
        finally
        {
            _driver.Unmap(_resource, stream);
        }
    }

    /// <summary>Ends the sharing; the buffer stays OpenGL's.</summary>
    public void Dispose()
    {
        if (_resource != 0 && !_sharing.Device.Accelerator.IsDisposed)
        {
            // What cannot be forgotten is gone with its context.
            _sharing.Device.Accelerator.Bind();
            _driver.Unregister(_resource);
            _memory.Dispose();
        }

        _resource = 0;
    }

    /// <summary>Memory that is the driver's, seen as ILGPU's while it is mapped.</summary>
    private sealed class MappedMemory(Accelerator accelerator, long bytes)
        : MemoryBuffer(accelerator, bytes, 1)
    {
        private readonly Accelerator _accelerator = accelerator;

        public ArrayView<byte> At(nint address)
        {
            NativePtr = address;
            return AsRawArrayView();
        }

        protected override void MemSet(
            AcceleratorStream stream, byte value, in ArrayView<byte> targetView) =>
            throw OnlyWrittenByCopies();

        protected override void CopyFrom(
            AcceleratorStream stream, in ArrayView<byte> sourceView,
            in ArrayView<byte> targetView) => sourceView.CopyTo(stream, targetView);

        protected override void CopyTo(
            AcceleratorStream stream, in ArrayView<byte> sourceView,
            in ArrayView<byte> targetView) => throw OnlyWrittenByCopies();

        protected override void DisposeAcceleratorObject(bool disposing) => NativePtr = 0;

        private NotSupportedException OnlyWrittenByCopies() =>
            new($"buffers of OpenGL are only written to by {_accelerator.Name}, by copies");
    }
}
