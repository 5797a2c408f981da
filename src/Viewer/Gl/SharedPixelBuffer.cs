using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Devices.Gpu.OpenGl;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>A pixel buffer of OpenGL that a device writes.</summary>
internal sealed unsafe class SharedPixelBuffer : IDisposable
{
    private readonly GlDevice _device;
    private readonly GlBuffer _buffer;

    /// <exception cref="Kernels.Devices.DeviceException">The driver refuses.</exception>
    public SharedPixelBuffer(GlDevice device, GlSharing sharing, long bytes)
    {
        _device = device;
        Sharing = sharing;
        Handle = device.Gl.GenBuffer();
        device.LiveObjects++;
        try
        {
            device.Gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, Handle);
            device.Gl.BufferData(
                BufferTargetARB.PixelUnpackBuffer, (nuint)bytes, null, BufferUsageARB.StreamDraw);
            device.Gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
            device.Check($"making a buffer of {bytes} bytes");
            _buffer = sharing.Share(Handle, bytes);
        }
        catch
        {
            Delete();
            throw;
        }
    }

    public uint Handle { get; private set; }

    /// <summary>What shares it.</summary>
    public GlSharing Sharing { get; }

    public long Bytes => _buffer.Bytes;

    public bool TryFill(GpuBuffer source) => _buffer.TryFill(source);

    public void Dispose()
    {
        _buffer.Dispose();
        Delete();
    }

    private void Delete()
    {
        if (Handle != 0)
        {
            _device.Gl.DeleteBuffer(Handle);
            _device.LiveObjects--;
            Handle = 0;
        }
    }
}
