using Silk.NET.Core.Contexts;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>
/// OpenGL without a window: EGL on a device (graphics hardware or Mesa's software rasteriser),
/// which needs no display server; where EGL cannot, a hidden GLFW window on the display there is.
/// </summary>
public sealed class HeadlessContext : IDisposable
{
    private readonly IGLContext _context;

    private HeadlessContext(IGLContext context, string way)
    {
        _context = context;
        try
        {
            MakeCurrent();
            Gl = GL.GetApi(context);
            Description = $"{Gl.GetStringS(StringName.Renderer)}, "
                + $"OpenGL {Gl.GetStringS(StringName.Version)}, {way}";
            Release();
        }
        catch
        {
            Gl?.Dispose();
            context.Dispose();
            throw;
        }
    }

    /// <summary>OpenGL of this context; to be called while the context is current.</summary>
    public GL Gl { get; }

    /// <summary>What draws: renderer, OpenGL version, and the way the context was made.</summary>
    public string Description { get; }

    /// <summary>
    /// Makes a context. It is current on no thread until <see cref="MakeCurrent"/>.
    /// </summary>
    /// <exception cref="ViewerException">
    /// Neither EGL nor GLFW can; the message has the reason of each.
    /// </exception>
    public static HeadlessContext Create()
    {
        if (EglContext.TryCreate(out string eglReason) is { } egl)
        {
            return new HeadlessContext(egl, "EGL");
        }

        if (GlfwContext.IsAvailable(out string glfwReason))
        {
            return new HeadlessContext(
                GlfwContext.Create("RealtimeVision", 64, 64, visible: false), "hidden window");
        }

        throw new ViewerException(
            $"Nothing can draw without a window here. EGL: {eglReason}. GLFW: {glfwReason}.");
    }

    /// <summary>
    /// Makes an OpenGL ES 3.0 context by EGL, so that tests see that dialect too.
    /// </summary>
    internal static HeadlessContext CreateEmbedded() =>
        EglContext.TryCreateEmbedded(out string reason) is { } egl
            ? new HeadlessContext(egl, "EGL")
            : throw new ViewerException($"No OpenGL ES 3.0 by EGL here: {reason}");

    /// <summary>Makes a context of a hidden GLFW window.</summary>
    internal static HeadlessContext CreateHiddenWindow() =>
        new(GlfwContext.Create("RealtimeVision", 64, 64, visible: false), "hidden window");

    /// <summary>Makes the context current on the calling thread.</summary>
    /// <exception cref="ViewerException">It is current on another thread.</exception>
    public void MakeCurrent() => _context.MakeCurrent();

    /// <summary>Makes the context current on no thread, so that any thread may take it.</summary>
    public void Release() => _context.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        Gl.Dispose();
        _context.Dispose();
    }
}
