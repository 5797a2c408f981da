using System.Runtime.InteropServices;

namespace RealtimeVision.Viewer;

/// <summary>
/// The functions of EGL 1.5 that a context without a window needs (Khronos EGL registry).
/// </summary>
internal static unsafe partial class Egl
{
    public const int PlatformDevice = 0x313F;
    public const int PlatformSurfacelessMesa = 0x31DD;
    public const int OpenGlApi = 0x30A2;
    public const int OpenGlEsApi = 0x30A0;
    public const int Extensions = 0x3055;
    public const int SurfaceType = 0x3033;
    public const int PbufferBit = 0x0001;
    public const int RenderableType = 0x3040;
    public const int OpenGlBit = 0x0008;
    public const int OpenGlEs3Bit = 0x0040;
    public const int None = 0x3038;
    public const int Width = 0x3057;
    public const int Height = 0x3056;
    public const int ContextMajorVersion = 0x3098;
    public const int ContextMinorVersion = 0x30FB;
    public const int ContextProfileMask = 0x30FD;
    public const int CoreProfileBit = 0x0001;

    static Egl() => NativeLibraries.Register();

    public static bool IsPresent => NativeLibraries.IsPresent(NativeLibraries.Egl);

    /// <summary>
    /// The extensions of a display, or with display 0 those of the client library.
    /// </summary>
    public static string ExtensionsOf(nint display) =>
        Marshal.PtrToStringUTF8(QueryString(display, Extensions)) ?? string.Empty;

    /// <summary>What went wrong last on this thread, by EGL's own name.</summary>
    public static string LastError() => GetError() switch
    {
        0x3000 => "EGL_SUCCESS",
        0x3001 => "EGL_NOT_INITIALIZED",
        0x3002 => "EGL_BAD_ACCESS",
        0x3003 => "EGL_BAD_ALLOC",
        0x3004 => "EGL_BAD_ATTRIBUTE",
        0x3005 => "EGL_BAD_CONFIG",
        0x3006 => "EGL_BAD_CONTEXT",
        0x3008 => "EGL_BAD_DISPLAY",
        0x3009 => "EGL_BAD_MATCH",
        0x300C => "EGL_BAD_PARAMETER",
        int code => $"EGL error 0x{code:X}",
    };

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglGetError")]
    private static partial int GetError();

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglQueryString")]
    private static partial nint QueryString(nint display, int name);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglGetProcAddress",
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetProcAddress(string name);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglGetDisplay")]
    public static partial nint GetDisplay(nint nativeDisplay);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglInitialize")]
    public static partial int Initialize(nint display, out int major, out int minor);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglBindAPI")]
    public static partial int BindApi(int api);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglChooseConfig")]
    public static partial int ChooseConfig(
        nint display, int* attributes, nint* configs, int size, out int count);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglCreateContext")]
    public static partial nint CreateContext(
        nint display, nint config, nint share, int* attributes);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglDestroyContext")]
    public static partial int DestroyContext(nint display, nint context);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglCreatePbufferSurface")]
    public static partial nint CreatePbufferSurface(nint display, nint config, int* attributes);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglDestroySurface")]
    public static partial int DestroySurface(nint display, nint surface);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglMakeCurrent")]
    public static partial int MakeCurrent(nint display, nint draw, nint read, nint context);

    [LibraryImport(NativeLibraries.Egl, EntryPoint = "eglGetCurrentContext")]
    public static partial nint GetCurrentContext();

    /// <summary>The display of a platform, or 0 where the platform is unknown here.</summary>
    public static nint GetPlatformDisplay(int platform, nint nativeDisplay)
    {
        nint function = GetProcAddress("eglGetPlatformDisplayEXT");
        return function == 0
            ? 0
            : ((delegate* unmanaged<int, nint, int*, nint>)function)(platform, nativeDisplay, null);
    }

    /// <summary>
    /// The devices EGL can draw on without any display server; hardware comes first.
    /// </summary>
    public static nint[] Devices()
    {
        nint function = GetProcAddress("eglQueryDevicesEXT");
        if (function == 0)
        {
            return [];
        }

        var query = (delegate* unmanaged<int, nint*, int*, int>)function;
        nint* devices = stackalloc nint[16];
        int count = 0;
        return query(16, devices, &count) == 0 ? [] : new Span<nint>(devices, count).ToArray();
    }
}
