using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Finds the drivers' libraries under the names that Linux distributions install: ILGPU asks for <c>OpenCL</c> and
/// <c>cuda</c>, which are the names of development files.
/// </summary>
internal static class NativeLibraries
{
    private static readonly Lock Once = new();
    private static bool _done;

    public static void Register()
    {
        lock (Once)
        {
            if (_done)
            {
                return;
            }

            _done = true;
            try
            {
                NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
            }
            catch (InvalidOperationException)
            {
                // Under WSL ILGPU has set its own, which knows the names there.
                RuntimeHelpers.RunClassConstructor(typeof(Context).TypeHandle);
            }
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        string? versioned = name switch
        {
            "OpenCL" or "OpenCL.dll" or "libOpenCL.so" => "libOpenCL.so.1",
            "cuda" or "nvcuda" or "libcuda.so" => "libcuda.so.1",
            _ => null,
        };
        return versioned is not null && OperatingSystem.IsLinux()
            && NativeLibrary.TryLoad(versioned, out nint handle)
            ? handle
            : nint.Zero;
    }
}
