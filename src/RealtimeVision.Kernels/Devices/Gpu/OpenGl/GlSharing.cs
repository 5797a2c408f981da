using System.Diagnostics.CodeAnalysis;
using ILGPU.Runtime.Cuda;

namespace RealtimeVision.Kernels.Devices.Gpu.OpenGl;

/// <summary>
/// Lets a GPU write buffers of an OpenGL context that the same GPU draws: what was computed is drawn
/// without passing through the host.
/// </summary>
/// <remarks>
/// For one thread, the one on which the OpenGL context is current, at every call: also when what it
/// gave is released. It has a queue of its own, so that drawing waits for no run of a network.
/// </remarks>
public sealed class GlSharing : IDisposable
{
    private readonly GraphicsDriver _driver;
    private readonly StreamFence _fence;

    private GlSharing(GpuDevice device, GraphicsDriver driver)
    {
        (Device, _driver) = (device, driver);
        _fence = new StreamFence(device.Accelerator.CreateStream());
    }

    /// <summary>What writes.</summary>
    public GpuDevice Device { get; }

    /// <summary>Begins to share a device with the OpenGL context that is current.</summary>
    /// <param name="device">The device.</param>
    /// <param name="sharing">What shares.</param>
    /// <param name="problem">Why it cannot be, in part of a sentence.</param>
    public static bool TryOpen(
        Device device, [NotNullWhen(true)] out GlSharing? sharing,
        [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device is not GpuDevice { Accelerator: CudaAccelerator cuda } gpu)
        {
            // ILGPU makes OpenCL's contexts without OpenGL's.
            (sharing, problem) = (null, $"{device.Id} cannot share buffers with OpenGL");
            return false;
        }

        try
        {
            return TryOpen(gpu, cuda.DeviceId, GraphicsDriver.Load(), out sharing, out problem);
        }
        catch (Exception e) when (e is DeviceException or CudaException)
        {
            (sharing, problem) = (null, e.Message);
            return false;
        }
    }

    /// <summary>Makes a buffer of OpenGL one that the device writes.</summary>
    /// <param name="buffer">OpenGL's name of it; its storage is not made anew while it is
    /// shared.</param>
    /// <param name="bytes">Size of its storage.</param>
    /// <exception cref="DeviceException">The driver refuses.</exception>
    public GlBuffer Share(uint buffer, long bytes)
    {
        Device.Accelerator.Bind();
        return new GlBuffer(this, _driver, _fence, _driver.Register(buffer), bytes);
    }

    /// <summary>Whether it has ended.</summary>
    internal bool IsDisposed => _fence.Stream.IsDisposed;

    /// <summary>Ends it; buffers that it gave can then only be released.</summary>
    public void Dispose()
    {
        if (!Device.Accelerator.IsDisposed)
        {
            _fence.Dispose();
        }
    }

    /// <summary>As above, with a driver.</summary>
    internal static bool TryOpen(
        GpuDevice device, int ordinal, GraphicsDriver driver,
        [NotNullWhen(true)] out GlSharing? sharing, [NotNullWhen(false)] out string? problem)
    {
        device.Accelerator.Bind();
        sharing = driver.Draws(ordinal, out problem) ? new GlSharing(device, driver) : null;
        problem = sharing is null ? problem ?? "" : null;
        return sharing is not null;
    }
}
