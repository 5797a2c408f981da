using System.Runtime.InteropServices;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>Asks the drivers themselves whether they have devices, and why not.</summary>
internal static unsafe class DriverProbe
{
    private const int NoIcdFound = -1001;

    // Where hwloc, which PoCL finds its processors with, reads them.
    private const string SystemTopology = "/sys/devices/system/cpu";

    /// <summary>Why there is no CUDA device; null where there is one.</summary>
    public static string? CudaProblem()
    {
        if (!NativeLibraries.TryLoadCuda(out nint library, out string name))
        {
            return $"no NVIDIA driver is installed: {name} was not found";
        }

        try
        {
            var init = (delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit");
            var count = (delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount");
            int devices = 0;
            int error = init(0);
            error = error == 0 ? count(&devices) : error;
            return error != 0
                ? $"the NVIDIA driver is installed, but does not start: CUDA error {error} ({CudaError(library, error)})"
                : devices == 0 ? "the NVIDIA driver is installed, but finds no GPU"
                : null;
        }
        catch (EntryPointNotFoundException e)
        {
            return $"{name} is no NVIDIA driver: {e.Message}";
        }
    }

    /// <summary>
    /// Why there is no OpenCL device, or why OpenCL must not be touched; null where there is one.
    /// </summary>
    public static string? OpenClProblem()
    {
        if (OperatingSystem.IsLinux() && OpenClHazard(SystemTopology) is { } hazard)
        {
            return hazard;
        }

        if (!NativeLibraries.TryLoadOpenCl(out nint library, out string name))
        {
            return $"no OpenCL loader is installed: {name} was not found";
        }

        try
        {
            return OpenClProblem(library);
        }
        catch (EntryPointNotFoundException e)
        {
            return $"{name} is no OpenCL loader: {e.Message}";
        }
    }

    /// <summary>
    /// PoCL ends the whole process where it cannot read the machine's topology, as in a container
    /// without <c>/sys</c>; nothing can be caught then, so OpenCL is left alone.
    /// </summary>
    internal static string? OpenClHazard(string topology) => Directory.Exists(topology)
        ? null
        : $"OpenCL is left alone, because {topology} is missing: drivers such as PoCL end the process without it; mount /sys";

    private static string? OpenClProblem(nint library)
    {
        var getPlatforms = (delegate* unmanaged<uint, nint*, uint*, int>)
            NativeLibrary.GetExport(library, "clGetPlatformIDs");
        var getDevices = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)
            NativeLibrary.GetExport(library, "clGetDeviceIDs");
        uint count = 0;
        int error = getPlatforms(0, null, &count);
        if (error == NoIcdFound || (error == 0 && count == 0))
        {
            return "the OpenCL loader is installed, but no driver is registered with it "
                + "(on Linux by a file in /etc/OpenCL/vendors)";
        }

        if (error != 0)
        {
            return $"the OpenCL loader is installed, but does not list drivers: OpenCL error {error}";
        }

        var platforms = new nint[count];
        fixed (nint* first = platforms)
        {
            getPlatforms(count, first, null);
        }

        const ulong AllTypes = 0xFFFFFFFF;
        foreach (nint platform in platforms)
        {
            uint devices = 0;
            error = getDevices(platform, AllTypes, 0, null, &devices);
            if (error == 0 && devices > 0)
            {
                return null;
            }
        }

        return $"{count} OpenCL drivers are registered, but none has a device (OpenCL error {error})";
    }

    /// <summary>What the driver calls an error.</summary>
    public static string CudaError(nint library, int error)
    {
        nint text = 0;
        var describe = (delegate* unmanaged<int, nint*, int>)NativeLibrary.GetExport(library, "cuGetErrorString");
        return describe(error, &text) == 0 ? Marshal.PtrToStringUTF8(text) ?? "unknown" : "unknown";
    }
}
