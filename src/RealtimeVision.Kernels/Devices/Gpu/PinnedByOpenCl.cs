using System.Runtime.InteropServices;
using ILGPU.Runtime.OpenCL;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Memory of the host that an OpenCL driver has locked: a buffer over it that stays mapped. Copies
/// to and from its addresses are the device's own work on drivers that know such memory.
/// </summary>
internal static unsafe class PinnedByOpenCl
{
    private const CLBufferFlags Flags =
        CLBufferFlags.CL_MEM_READ_WRITE | CLBufferFlags.CL_MEM_USE_HOST_PTR;

    private const ulong ReadAndWrite = 3;

    /// <summary>Locks it; null where the driver refuses.</summary>
    /// <param name="context">OpenCL's context.</param>
    /// <param name="stream">A queue of it.</param>
    /// <param name="address">The first byte.</param>
    /// <param name="bytes">How many.</param>
    public static Action? TryRegister(nint context, CLStream stream, nint address, int bytes)
    {
        if (!NativeLibraries.TryLoadOpenCl(out nint library, out _)
            || !NativeLibrary.TryGetExport(library, "clEnqueueMapBuffer", out nint mapAddress)
            || !NativeLibrary.TryGetExport(library, "clEnqueueUnmapMemObject", out nint unmapAddress)
            || CLAPI.CurrentAPI.CreateBuffer(context, Flags, bytes, address, out nint buffer)
                != CLError.CL_SUCCESS)
        {
            return null;
        }

        var map = (delegate* unmanaged<nint, nint, uint, ulong, nuint, nuint, uint, nint, nint, int*, nint>)
            mapAddress;
        int error = 0;
        nint mapped = map(
            stream.CommandQueue, buffer, 1, ReadAndWrite, 0, (nuint)bytes, 0, 0, 0, &error);
        if (error != 0)
        {
            CLAPI.CurrentAPI.ReleaseBuffer(buffer);
            return null;
        }

        return () =>
        {
            var unmap = (delegate* unmanaged<nint, nint, nint, uint, nint, nint, int>)unmapAddress;
            unmap(stream.CommandQueue, buffer, mapped, 0, 0, 0);
            stream.Synchronize();
            CLAPI.CurrentAPI.ReleaseBuffer(buffer);
        };
    }
}
