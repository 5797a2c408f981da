using Silk.NET.Core.Contexts;

namespace RealtimeVision.Viewer;

/// <summary>A GLFW window and the OpenGL context that belongs to it.</summary>
/// <remarks>GLFW wants to be called from one thread, on macOS the main thread.</remarks>
internal sealed class GlfwContext : IGLContext
{
    private static int s_windows;
    private static bool s_initialised;

    private GlfwContext(nint window) => Handle = window;

    /// <summary>The window, which GLFW also takes as the name of its context.</summary>
    public nint Handle { get; private set; }

    public IGLContextSource? Source => null;

    public bool IsCurrent => Glfw.GetCurrentContext() == Handle;

    /// <summary>
    /// Whether a window can be opened here: the library is there and finds a display.
    /// </summary>
    public static bool IsAvailable(out string reason)
    {
        if (!Glfw.IsPresent)
        {
            reason = "GLFW 3 is not installed (Debian package libglfw3)";
            return false;
        }

        // It stays initialised until the last window closes: some X servers reset themselves when
        // their last client goes, and then refuse the next one for a moment.
        s_initialised = s_initialised || Glfw.Init() != 0;
        reason = s_initialised ? string.Empty : $"no display: {Glfw.LastError()}";
        return s_initialised;
    }

    /// <summary>
    /// Opens a window with OpenGL 3.3 core, or OpenGL ES 3.0 where there is no such.
    /// </summary>
    /// <exception cref="ViewerException">
    /// There is no GLFW, no display, or no OpenGL 3.3.
    /// </exception>
    public static GlfwContext Create(string title, int width, int height, bool visible)
    {
        if (!IsAvailable(out string reason))
        {
            throw new ViewerException($"A window cannot be opened: {reason}");
        }

        Glfw.DefaultWindowHints();
        Glfw.WindowHint(Glfw.Visible, visible ? 1 : 0);
        Glfw.WindowHint(Glfw.Focused, visible ? 1 : 0);
        Glfw.WindowHint(Glfw.ScaleToMonitor, visible ? 1 : 0);
        Glfw.WindowHint(Glfw.ContextVersionMajor, 3);
        Glfw.WindowHint(Glfw.ContextVersionMinor, 3);
        Glfw.WindowHint(Glfw.OpenGlProfile, Glfw.OpenGlCoreProfile);
        Glfw.WindowHint(Glfw.OpenGlForwardCompatible, Glfw.True);
        nint window = Glfw.CreateWindow(width, height, title, 0, 0);
        if (window == 0)
        {
            Glfw.WindowHint(Glfw.ClientApi, Glfw.OpenGlEsApi);
            Glfw.WindowHint(Glfw.ContextVersionMinor, 0);
            Glfw.WindowHint(Glfw.OpenGlProfile, Glfw.OpenGlAnyProfile);
            Glfw.WindowHint(Glfw.OpenGlForwardCompatible, 0);
            reason = Glfw.LastError();
            window = Glfw.CreateWindow(width, height, title, 0, 0);
        }

        if (window == 0)
        {
            TerminateWithoutWindows();
            throw new ViewerException(
                $"A window with OpenGL 3.3 or OpenGL ES 3.0 cannot be opened: {reason}");
        }

        s_windows++;
        return new GlfwContext(window);
    }

    public nint GetProcAddress(string proc, int? slot = null) =>
        TryGetProcAddress(proc, out nint address, slot)
            ? address
            : throw new ViewerException($"OpenGL has no function {proc} here");

    public bool TryGetProcAddress(string proc, out nint addr, int? slot = null)
    {
        addr = Glfw.GetProcAddress(proc);
        return addr != 0;
    }

    public void MakeCurrent() => Glfw.MakeContextCurrent(Handle);

    public void Clear() => Glfw.MakeContextCurrent(0);

    public void SwapInterval(int interval) => Glfw.SwapInterval(interval);

    public void SwapBuffers() => Glfw.SwapBuffers(Handle);

    public void Dispose()
    {
        if (Handle == 0)
        {
            return;
        }

        if (IsCurrent)
        {
            Clear();
        }

        Glfw.DestroyWindow(Handle);
        Handle = 0;
        s_windows--;
        TerminateWithoutWindows();
    }

    private static void TerminateWithoutWindows()
    {
        if (s_windows == 0)
        {
            Glfw.Terminate();
            s_initialised = false;
        }
    }
}
