using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Devices.Gpu.OpenGl;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer.Tests;

/// <summary>
/// Stands in for the functions of NVIDIA's driver that map OpenGL's buffers: mapped memory is the
/// host's, which ILGPU's CPU accelerator writes, and unmapping uploads it. It refuses what the
/// driver refuses: to map twice, to touch what is not mapped or not known.
/// </summary>
internal static unsafe class FakeGraphicsDriver
{
    private const int InvalidValue = 1;
    private const int InvalidHandle = 400;
    private const int AlreadyMapped = 208;
    private const int NotMapped = 211;

    private static readonly Dictionary<nint, Resource> Resources = [];
    private static nint _next = 1;

    /// <summary>Buffers that are known and not yet forgotten.</summary>
    public static int Registered => Resources.Count;

    /// <summary>What has been opened, ended or not.</summary>
    public static List<GlSharing> Opened { get; } = [];

    /// <summary>Times that a buffer was given back with something in it.</summary>
    public static int Copies { get; private set; }

    /// <summary>The error of the next call of a function; its name and the error.</summary>
    public static (string Function, int Error)? Failure { get; set; }

    /// <summary>Devices that draw for OpenGL.</summary>
    public static int[] Drawing { get; set; } = [0];

    /// <summary>The OpenGL that the buffers are of, current when they are touched.</summary>
    public static GL Gl { get; set; } = null!;

    /// <summary>Shares as if ILGPU's CPU accelerator were the first CUDA device.</summary>
    public static bool TryOpen(
        Device device, [NotNullWhen(true)] out GlSharing? sharing,
        [NotNullWhen(false)] out string? problem)
    {
        var driver = new GraphicsDriver(Find, error => $"error {error}");
        if (!GlSharing.TryOpen((GpuDevice)device, 0, driver, out sharing, out problem))
        {
            return false;
        }

        Opened.Add(sharing);
        return true;
    }

    public static void Reset()
    {
        Resources.Clear();
        Opened.Clear();
        (Failure, Drawing, Copies) = (null, [0], 0);
    }

    private static nint Find(string name) => name switch
    {
        "cuGLGetDevices_v2" => (nint)(delegate* unmanaged<uint*, int*, uint, uint, int>)&GetDevices,
        "cuGraphicsGLRegisterBuffer" =>
            (nint)(delegate* unmanaged<nint*, uint, uint, int>)&Register,
        "cuGraphicsMapResources" => (nint)(delegate* unmanaged<uint, nint*, nint, int>)&Map,
        "cuGraphicsResourceGetMappedPointer_v2" =>
            (nint)(delegate* unmanaged<nint*, nuint*, nint, int>)&GetPointer,
        "cuGraphicsUnmapResources" => (nint)(delegate* unmanaged<uint, nint*, nint, int>)&Unmap,
        "cuGraphicsUnregisterResource" => (nint)(delegate* unmanaged<nint, int>)&Unregister,
        _ => throw new EntryPointNotFoundException(name),
    };

    private static int Fails([CallerMemberName] string function = "")
    {
        if (Failure is not { } failure || failure.Function != function)
        {
            return 0;
        }

        Failure = null;
        return failure.Error;
    }

    [UnmanagedCallersOnly]
    private static int GetDevices(uint* count, int* devices, uint most, uint list)
    {
        if (Fails() is var error and not 0)
        {
            return error;
        }

        for (int i = 0; i < Drawing.Length; i++)
        {
            devices[i] = Drawing[i];
        }

        *count = (uint)Drawing.Length;
        return Drawing.Length <= most && list == 1 ? 0 : InvalidValue;
    }

    [UnmanagedCallersOnly]
    private static int Register(nint* resource, uint buffer, uint flags)
    {
        if (Fails() is var error and not 0)
        {
            return error;
        }

        if (!Gl.IsBuffer(buffer))
        {
            return InvalidValue;
        }

        *resource = _next++;
        Resources.Add(*resource, new Resource(buffer));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Map(uint count, nint* resources, nint stream)
    {
        if (Fails() is var error and not 0)
        {
            return error;
        }

        if (count != 1 || !Resources.TryGetValue(*resources, out Resource? resource))
        {
            return InvalidHandle;
        }

        if (resource.Memory is not null)
        {
            return AlreadyMapped;
        }

        Gl.BindBuffer(BufferTargetARB.CopyWriteBuffer, resource.Buffer);
        Gl.GetBufferParameter(
            BufferTargetARB.CopyWriteBuffer, BufferPNameARB.Size, out int bytes);
        resource.Memory = NativeMemory.AllocZeroed((nuint)bytes);
        resource.Bytes = bytes;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int GetPointer(nint* address, nuint* bytes, nint handle)
    {
        if (Fails() is var error and not 0)
        {
            return error;
        }

        if (!Resources.TryGetValue(handle, out Resource? resource) || resource.Memory is null)
        {
            return NotMapped;
        }

        (*address, *bytes) = ((nint)resource.Memory, (nuint)resource.Bytes);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Unmap(uint count, nint* resources, nint stream)
    {
        if (Fails() is var error and not 0)
        {
            return error;
        }

        if (count != 1 || !Resources.TryGetValue(*resources, out Resource? resource)
            || resource.Memory is null)
        {
            return NotMapped;
        }

        Gl.BindBuffer(BufferTargetARB.CopyWriteBuffer, resource.Buffer);
        Gl.BufferSubData(
            BufferTargetARB.CopyWriteBuffer, 0, (nuint)resource.Bytes, resource.Memory);
        NativeMemory.Free(resource.Memory);
        resource.Memory = null;
        Copies++;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int Unregister(nint handle) => Resources.Remove(handle) ? 0 : InvalidHandle;

    private sealed class Resource(uint buffer)
    {
        public uint Buffer { get; } = buffer;

        public void* Memory { get; set; }

        public int Bytes { get; set; }
    }
}
