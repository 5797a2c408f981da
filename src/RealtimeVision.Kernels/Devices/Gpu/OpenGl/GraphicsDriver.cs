using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace RealtimeVision.Kernels.Devices.Gpu.OpenGl;

/// <summary>
/// The part of NVIDIA's driver that maps OpenGL's buffers into CUDA's memory. ILGPU has none of it.
/// </summary>
/// <remarks>
/// CUDA Driver API, "Graphics Interoperability" and "OpenGL Interoperability". Its functions want
/// CUDA's context and OpenGL's current on the calling thread.
/// </remarks>
internal sealed unsafe class GraphicsDriver
{
    private const uint AllDevices = 1;
    private const uint WriteDiscard = 2;
    private const int MostDevices = 16;

    private readonly delegate* unmanaged<uint*, int*, uint, uint, int> _getDevices;
    private readonly delegate* unmanaged<nint*, uint, uint, int> _registerBuffer;
    private readonly delegate* unmanaged<uint, nint*, nint, int> _map;
    private readonly delegate* unmanaged<nint*, nuint*, nint, int> _getPointer;
    private readonly delegate* unmanaged<uint, nint*, nint, int> _unmap;
    private readonly delegate* unmanaged<nint, int> _unregister;
    private readonly Func<int, string> _nameOf;

    /// <summary>Takes the functions of a driver.</summary>
    /// <param name="find">Gives a function's address by its name.</param>
    /// <param name="nameOf">What an error is called.</param>
    /// <exception cref="EntryPointNotFoundException">It has not all.</exception>
    public GraphicsDriver(Func<string, nint> find, Func<int, string> nameOf)
    {
        _getDevices = (delegate* unmanaged<uint*, int*, uint, uint, int>)find("cuGLGetDevices_v2");
        _registerBuffer =
            (delegate* unmanaged<nint*, uint, uint, int>)find("cuGraphicsGLRegisterBuffer");
        _map = (delegate* unmanaged<uint, nint*, nint, int>)find("cuGraphicsMapResources");
        _getPointer = (delegate* unmanaged<nint*, nuint*, nint, int>)
            find("cuGraphicsResourceGetMappedPointer_v2");
        _unmap = (delegate* unmanaged<uint, nint*, nint, int>)find("cuGraphicsUnmapResources");
        _unregister = (delegate* unmanaged<nint, int>)find("cuGraphicsUnregisterResource");
        _nameOf = nameOf;
    }

    /// <summary>The functions of the driver that is installed.</summary>
    /// <exception cref="DeviceException">There is none, or it has not all.</exception>
    public static GraphicsDriver Load()
    {
        if (!NativeLibraries.TryLoadCuda(out nint library, out string name))
        {
            throw new DeviceException($"no NVIDIA driver is installed: {name} was not found");
        }

        try
        {
            return new GraphicsDriver(
                function => NativeLibrary.GetExport(library, function),
                error => DriverProbe.CudaError(library, error));
        }
        catch (EntryPointNotFoundException e)
        {
            throw new DeviceException($"{name} cannot share buffers with OpenGL: {e.Message}", e);
        }
    }

    /// <summary>Whether a CUDA device draws for the OpenGL context that is current.</summary>
    /// <param name="ordinal">The device.</param>
    /// <param name="problem">Why not.</param>
    public bool Draws(int ordinal, out string? problem)
    {
        uint count = 0;
        int* devices = stackalloc int[MostDevices];
        int error = _getDevices(&count, devices, MostDevices, AllDevices);
        if (error != 0)
        {
            problem = $"OpenGL is not drawn by an NVIDIA GPU (CUDA error {error}, {_nameOf(error)})";
            return false;
        }

        bool isAmong = new ReadOnlySpan<int>(devices, (int)count).Contains(ordinal);
        problem = isAmong ? null : "OpenGL is drawn by another GPU";
        return isAmong;
    }

    /// <summary>Makes a buffer known, to be written as a whole.</summary>
    public nint Register(uint buffer)
    {
        nint resource = 0;
        Check(_registerBuffer(&resource, buffer, WriteDiscard), "register a buffer");
        return resource;
    }

    /// <summary>Takes a buffer from OpenGL, and says where it is.</summary>
    public nint Map(nint resource, nint stream, out long bytes)
    {
        Check(_map(1, &resource, stream), "map a buffer");
        nint address = 0;
        nuint size = 0;
        int error = _getPointer(&address, &size, resource);
        if (error != 0)
        {
            _unmap(1, &resource, stream);
            Check(error, "find a mapped buffer");
        }

        bytes = (long)size;
        return address;
    }

    /// <summary>
    /// Gives a buffer back: what OpenGL does with it comes after what is queued on the stream.
    /// </summary>
    public void Unmap(nint resource, nint stream) =>
        Check(_unmap(1, &resource, stream), "unmap a buffer");

    /// <summary>Forgets a buffer; whether the driver could.</summary>
    public bool Unregister(nint resource) => _unregister(resource) == 0;

    /// <summary>The driver's handle of a queue.</summary>
    public static nint HandleOf(AcceleratorStream stream) =>
        stream is CudaStream cuda ? cuda.StreamPtr : 0;

    private void Check(int error, string action)
    {
        if (error != 0)
        {
            throw new DeviceException(
                $"CUDA cannot {action} of OpenGL: error {error} ({_nameOf(error)})");
        }
    }
}
