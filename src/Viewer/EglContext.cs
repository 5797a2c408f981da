using Silk.NET.Core.Contexts;

namespace RealtimeVision.Viewer;

/// <summary>An OpenGL context without window or display server, by EGL.</summary>
internal sealed unsafe class EglContext : IGLContext
{
    private readonly nint _display;
    private readonly nint _surface;
    private readonly int _api;

    private EglContext(nint display, nint surface, nint context, int api)
    {
        _display = display;
        _surface = surface;
        Handle = context;
        _api = api;
    }

    public nint Handle { get; private set; }

    public IGLContextSource? Source => null;

    public bool IsCurrent => Egl.GetCurrentContext() == Handle;

    /// <summary>
    /// Makes a context on the first device that can: graphics hardware, then Mesa without a
    /// surface, then whatever EGL takes as its default.
    /// </summary>
    /// <returns>Null where none can; <paramref name="reason"/> then says why.</returns>
    public static EglContext? TryCreate(out string reason)
    {
        if (!Egl.IsPresent)
        {
            reason = "EGL is not installed (Debian packages libegl1 and libgl1-mesa-dri)";
            return null;
        }

        reason = "EGL has no display to offer";
        foreach (nint display in Displays())
        {
            if (Egl.Initialize(display, out _, out _) == 0)
            {
                reason = $"eglInitialize: {Egl.LastError()}";
                continue;
            }

            EglContext? context = TryCreate(display, Egl.OpenGlApi, Egl.OpenGlBit, 3, 3, ref reason)
                ?? TryCreate(display, Egl.OpenGlEsApi, Egl.OpenGlEs3Bit, 3, 0, ref reason);
            if (context is not null)
            {
                return context;
            }
        }

        return null;
    }

    /// <summary>Makes an OpenGL ES 3.0 context, as small computers have.</summary>
    public static EglContext? TryCreateEmbedded(out string reason)
    {
        reason = "EGL has no display to offer";
        foreach (nint display in Displays())
        {
            if (Egl.Initialize(display, out _, out _) != 0
                && TryCreate(display, Egl.OpenGlEsApi, Egl.OpenGlEs3Bit, 3, 0, ref reason)
                    is { } made)
            {
                return made;
            }
        }

        return null;
    }

    public nint GetProcAddress(string proc, int? slot = null) =>
        TryGetProcAddress(proc, out nint address, slot)
            ? address
            : throw new ViewerException($"OpenGL has no function {proc} here");

    public bool TryGetProcAddress(string proc, out nint addr, int? slot = null)
    {
        addr = Egl.GetProcAddress(proc);
        return addr != 0;
    }

    public void MakeCurrent()
    {
        Egl.BindApi(_api);
        if (Egl.MakeCurrent(_display, _surface, _surface, Handle) == 0)
        {
            throw new ViewerException($"eglMakeCurrent: {Egl.LastError()}");
        }
    }

    public void Clear()
    {
        // Which context "none" releases is that of the API bound on this thread.
        Egl.BindApi(_api);
        Egl.MakeCurrent(_display, 0, 0, 0);
    }

    public void SwapInterval(int interval)
    {
    }

    public void SwapBuffers()
    {
    }

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

        Egl.DestroyContext(_display, Handle);
        if (_surface != 0)
        {
            Egl.DestroySurface(_display, _surface);
        }

        // The display stays initialised: EGL hands the same one to every context of the process.
        Handle = 0;
    }

    private static IEnumerable<nint> Displays()
    {
        string extensions = Egl.ExtensionsOf(0);
        if (extensions.Contains("EGL_EXT_platform_device", StringComparison.Ordinal))
        {
            foreach (nint device in Egl.Devices())
            {
                if (Egl.GetPlatformDisplay(Egl.PlatformDevice, device) is not 0 and var display)
                {
                    yield return display;
                }
            }
        }

        if (extensions.Contains("EGL_MESA_platform_surfaceless", StringComparison.Ordinal)
            && Egl.GetPlatformDisplay(Egl.PlatformSurfacelessMesa, 0) is not 0 and var surfaceless)
        {
            yield return surfaceless;
        }

        if (Egl.GetDisplay(0) is not 0 and var standard)
        {
            yield return standard;
        }
    }

    private static EglContext? TryCreate(
        nint display, int api, int renderable, int major, int minor, ref string reason)
    {
        if (Egl.BindApi(api) == 0)
        {
            reason = $"eglBindAPI: {Egl.LastError()}";
            return null;
        }

        int* wanted = stackalloc int[]
        {
            Egl.SurfaceType, Egl.PbufferBit, Egl.RenderableType, renderable, Egl.None,
        };
        nint config;
        if (Egl.ChooseConfig(display, wanted, &config, 1, out int count) == 0 || count == 0)
        {
            reason = $"eglChooseConfig: {Egl.LastError()}, {count} configurations";
            return null;
        }

        // The profile mask is an attribute of OpenGL only, so for ES the list ends before it.
        int* version = stackalloc int[]
        {
            Egl.ContextMajorVersion, major, Egl.ContextMinorVersion, minor,
            api == Egl.OpenGlApi ? Egl.ContextProfileMask : Egl.None, Egl.CoreProfileBit, Egl.None,
        };
        nint context = Egl.CreateContext(display, config, 0, version);
        if (context == 0)
        {
            reason = $"eglCreateContext {major}.{minor}: {Egl.LastError()}";
            return null;
        }

        nint surface = 0;
        const string surfaceless = "EGL_KHR_surfaceless_context";
        if (!Egl.ExtensionsOf(display).Contains(surfaceless, StringComparison.Ordinal))
        {
            int* size = stackalloc int[] { Egl.Width, 1, Egl.Height, 1, Egl.None };
            surface = Egl.CreatePbufferSurface(display, config, size);
        }

        var made = new EglContext(display, surface, context, api);
        try
        {
            made.MakeCurrent();
            made.Clear();
            return made;
        }
        catch (ViewerException failure)
        {
            made.Dispose();
            reason = failure.Message;
            return null;
        }
    }
}
