using System.Reflection;
using System.Runtime.InteropServices;

namespace RealtimeVision.Viewer;

/// <summary>
/// Finds the native libraries of this assembly under the names that each system gives them: one
/// logical name in the bindings, several file names here.
/// </summary>
internal static class NativeLibraries
{
    public const string Glfw = "glfw";
    public const string Egl = "egl";

    private static readonly Lazy<bool> Registered = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        return true;
    });

    /// <summary>
    /// Installs the resolver; the bindings call it before their first native call.
    /// </summary>
    public static void Register() => _ = Registered.Value;

    /// <summary>Whether a library can be loaded here.</summary>
    public static bool IsPresent(string library)
    {
        nint handle = Resolve(library, typeof(NativeLibraries).Assembly, null);
        if (handle == 0)
        {
            return false;
        }

        NativeLibrary.Free(handle);
        return true;
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string file in FileNames(library))
        {
            if (NativeLibrary.TryLoad(file, assembly, path, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }

    private static string[] FileNames(string library) => library switch
    {
        Glfw when OperatingSystem.IsWindows() => ["glfw3.dll"],
        Glfw when OperatingSystem.IsMacOS() =>
        [
            "libglfw.3.dylib",
            "/opt/homebrew/lib/libglfw.3.dylib",
            "/usr/local/lib/libglfw.3.dylib",
        ],
        Glfw => ["libglfw.so.3", "libglfw.so"],
        Egl when OperatingSystem.IsWindows() => ["libEGL.dll"],
        Egl when OperatingSystem.IsMacOS() => ["libEGL.dylib"],
        Egl => ["libEGL.so.1"],
        _ => [],
    };
}
