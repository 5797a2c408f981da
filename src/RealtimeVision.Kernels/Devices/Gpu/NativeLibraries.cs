using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ILGPU;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Finds the drivers' libraries under the names that Linux distributions install: ILGPU asks for
/// <c>OpenCL</c> and <c>cuda</c>, which are the names of development files.
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

    /// <summary>Loads NVIDIA's driver library, and says what it is called here.</summary>
    public static bool TryLoadCuda(out nint library, out string name)
    {
        name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        return NativeLibrary.TryLoad(name, out library);
    }

    /// <summary>Loads the OpenCL loader, and says what it is called here.</summary>
    public static bool TryLoadOpenCl(out nint library, out string name)
    {
        name = OperatingSystem.IsWindows() ? "OpenCL.dll"
            : OperatingSystem.IsMacOS() ? "/System/Library/Frameworks/OpenCL.framework/OpenCL"
            : "libOpenCL.so.1";
        return NativeLibrary.TryLoad(name, out library);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return nint.Zero;
        }

        nint library = nint.Zero;
        switch (name)
        {
            case "OpenCL" or "OpenCL.dll" or "libOpenCL.so":
                TryLoadOpenCl(out library, out _);
                break;
            case "cuda" or "nvcuda" or "libcuda.so":
                TryLoadCuda(out library, out _);
                break;
        }

        return library;
    }
}
