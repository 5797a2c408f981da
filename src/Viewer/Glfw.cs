using System.Runtime.InteropServices;

namespace RealtimeVision.Viewer;

/// <summary>
/// The functions of GLFW 3.3 that the viewer needs (GLFW reference, docs of glfw3.h).
/// </summary>
internal static unsafe partial class Glfw
{
    public const int True = 1;
    public const int Release = 0;
    public const int Press = 1;
    public const int Repeat = 2;
    public const int DontCare = -1;

    public const int Focused = 0x00020001;
    public const int Visible = 0x00020004;
    public const int ScaleToMonitor = 0x0002200C;
    public const int ClientApi = 0x00022001;
    public const int ContextVersionMajor = 0x00022002;
    public const int ContextVersionMinor = 0x00022003;
    public const int OpenGlForwardCompatible = 0x00022006;
    public const int OpenGlProfile = 0x00022008;
    public const int OpenGlApi = 0x00030001;
    public const int OpenGlEsApi = 0x00030002;
    public const int OpenGlCoreProfile = 0x00032001;
    public const int OpenGlAnyProfile = 0;

    public const int Control = 0x0002;
    public const int Super = 0x0008;

    public const int KeySpace = 32;
    public const int Key1 = 49;
    public const int KeyEscape = 256;
    public const int KeyEnter = 257;
    public const int KeyTab = 258;
    public const int KeyRight = 262;
    public const int KeyLeft = 263;
    public const int KeyDown = 264;
    public const int KeyUp = 265;
    public const int KeyPad1 = 321;
    public const int KeyPad9 = 329;
    public const int KeyPadSubtract = 333;
    public const int KeyPadAdd = 334;
    public const int KeyPadEnter = 335;

    public const int LeftButton = 0;

    static Glfw() => NativeLibraries.Register();

    public static bool IsPresent => NativeLibraries.IsPresent(NativeLibraries.Glfw);

    /// <summary>The message of the last error on this thread, which it clears.</summary>
    public static string LastError()
    {
        nint description;
        int code = GetError(&description);
        return code == 0
            ? "GLFW gave no reason"
            : Marshal.PtrToStringUTF8(description) ?? $"GLFW error 0x{code:X}";
    }

    /// <summary>
    /// The letter or sign on a key in the user's keyboard layout, 0 where it has none.
    /// </summary>
    public static char KeyName(int key, int scancode)
    {
        byte* name = GetKeyName(key, scancode);
        return name == null || name[0] >= 0x80 || name[1] != 0 ? '\0' : (char)name[0];
    }

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwInit")]
    public static partial int Init();

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwTerminate")]
    public static partial void Terminate();

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetError")]
    private static partial int GetError(nint* description);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwWindowHint")]
    public static partial void WindowHint(int hint, int value);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwDefaultWindowHints")]
    public static partial void DefaultWindowHints();

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwCreateWindow",
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CreateWindow(
        int width, int height, string title, nint monitor, nint share);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwDestroyWindow")]
    public static partial void DestroyWindow(nint window);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwMakeContextCurrent")]
    public static partial void MakeContextCurrent(nint window);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetCurrentContext")]
    public static partial nint GetCurrentContext();

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetProcAddress",
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetProcAddress(string name);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSwapInterval")]
    public static partial void SwapInterval(int interval);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSwapBuffers")]
    public static partial void SwapBuffers(nint window);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwPollEvents")]
    public static partial void PollEvents();

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwWindowShouldClose")]
    public static partial int WindowShouldClose(nint window);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetWindowShouldClose")]
    public static partial void SetWindowShouldClose(nint window, int value);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetWindowTitle",
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetWindowTitle(nint window, string title);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetFramebufferSize")]
    public static partial void GetFramebufferSize(nint window, out int width, out int height);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetWindowSize")]
    public static partial void GetWindowSize(nint window, out int width, out int height);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetWindowSize")]
    public static partial void SetWindowSize(nint window, int width, int height);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetWindowSizeLimits")]
    public static partial void SetWindowSizeLimits(
        nint window, int minWidth, int minHeight, int maxWidth, int maxHeight);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetWindowPos")]
    public static partial void GetWindowPos(nint window, out int x, out int y);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetWindowContentScale")]
    public static partial void GetWindowContentScale(nint window, out float x, out float y);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetPrimaryMonitor")]
    public static partial nint GetPrimaryMonitor();

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetVideoMode")]
    public static partial VideoMode* GetVideoMode(nint monitor);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetWindowMonitor")]
    public static partial nint GetWindowMonitor(nint window);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetWindowMonitor")]
    public static partial void SetWindowMonitor(
        nint window, nint monitor, int x, int y, int width, int height, int refreshRate);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetKeyCallback")]
    public static partial nint SetKeyCallback(
        nint window, delegate* unmanaged[Cdecl]<nint, int, int, int, int, void> callback);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetCursorPosCallback")]
    public static partial nint SetCursorPosCallback(
        nint window, delegate* unmanaged[Cdecl]<nint, double, double, void> callback);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetCursorEnterCallback")]
    public static partial nint SetCursorEnterCallback(
        nint window, delegate* unmanaged[Cdecl]<nint, int, void> callback);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetMouseButtonCallback")]
    public static partial nint SetMouseButtonCallback(
        nint window, delegate* unmanaged[Cdecl]<nint, int, int, int, void> callback);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetScrollCallback")]
    public static partial nint SetScrollCallback(
        nint window, delegate* unmanaged[Cdecl]<nint, double, double, void> callback);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetDropCallback")]
    public static partial nint SetDropCallback(
        nint window, delegate* unmanaged[Cdecl]<nint, int, byte**, void> callback);

    /// <summary>What is on the clipboard, in UTF-8; null where that is no text.</summary>
    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetClipboardString")]
    public static partial byte* GetClipboardString(nint window);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetMonitorWorkarea")]
    public static partial void GetMonitorWorkarea(
        nint monitor, out int x, out int y, out int width, out int height);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwSetWindowUserPointer")]
    public static partial void SetWindowUserPointer(nint window, nint pointer);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetWindowUserPointer")]
    public static partial nint GetWindowUserPointer(nint window);

    [LibraryImport(NativeLibraries.Glfw, EntryPoint = "glfwGetKeyName")]
    private static partial byte* GetKeyName(int key, int scancode);

    /// <summary>GLFWvidmode.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct VideoMode
    {
        public int Width;
        public int Height;
        public int RedBits;
        public int GreenBits;
        public int BlueBits;
        public int RefreshRate;
    }
}
