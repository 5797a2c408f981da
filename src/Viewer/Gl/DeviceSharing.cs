using System.Diagnostics.CodeAnalysis;
using ILGPU.Runtime.Cuda;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Devices.Gpu.OpenGl;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>Begins to share a device with the OpenGL context that is current.</summary>
internal delegate bool OpenSharing(
    Device device, [NotNullWhen(true)] out GlSharing? sharing,
    [NotNullWhen(false)] out string? problem);

/// <summary>
/// What an OpenGL context shares with devices: pictures that they have computed become textures
/// without passing through the host. A device that cannot is asked once.
/// </summary>
internal sealed class DeviceSharing(OpenSharing open) : IDisposable
{
    private readonly Dictionary<Device, GlSharing?> _known = [];

    /// <summary>Why the newest device asked shares nothing; null where it does.</summary>
    public string? Problem { get; private set; }

    /// <summary>
    /// Makes a device's picture a texture's; false where that has to be done by the host.
    /// </summary>
    public bool TryUpload(DeviceImage image, StreamingTexture texture)
    {
        Device device = image.Buffer.Device;
        if (!_known.TryGetValue(device, out GlSharing? sharing))
        {
            Forget();
            open(device, out sharing, out string? problem);
            _known.Add(device, sharing);
            Problem = problem;
        }

        if (sharing is null)
        {
            return false;
        }

        try
        {
            return texture.TryUpload(image, sharing);
        }
        catch (Exception e) when (e is DeviceException or CudaException)
        {
            // A device that is lost takes its engine down too, which says so.
            // Buffers that textures still have of it are not filled again, only released.
            Problem = e.Message;
            _known[device] = null;
            Release(sharing);
            return false;
        }
    }

    public void Dispose()
    {
        foreach (GlSharing? sharing in _known.Values)
        {
            Release(sharing);
        }

        _known.Clear();
    }

    private static void Release(GlSharing? sharing)
    {
        try
        {
            sharing?.Dispose();
        }
        catch (CudaException)
        {
            // The device is lost, and what it shared with it.
        }
    }

    /// <summary>Lets go of devices that were released since.</summary>
    private void Forget()
    {
        foreach (var (device, sharing) in _known)
        {
            if (device is GpuDevice { Accelerator.IsDisposed: true })
            {
                Release(sharing);
                _known.Remove(device);
            }
        }
    }
}
