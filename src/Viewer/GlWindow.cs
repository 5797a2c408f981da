using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>
/// A window with OpenGL and nothing drawn in it, for programs that draw themselves: GLFW's, with
/// OpenGL 3.3 core or OpenGL ES 3.0.
/// </summary>
/// <remarks>
/// All of it belongs to the thread that made it, on macOS the main thread. Without a display, <see
/// cref="HeadlessContext"/> gives the same OpenGL.
/// </remarks>
public sealed class GlWindow : IDisposable
{
    private readonly GlfwContext _context;

    /// <summary>Opens a window and makes its OpenGL current on this thread.</summary>
    /// <param name="title">What its title bar says.</param>
    /// <param name="width">Width of the picture in screen units.</param>
    /// <param name="height">Height of the picture in screen units.</param>
    /// <param name="verticalSync">Whether <see cref="SwapBuffers"/> waits for the screen.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    /// <exception cref="ViewerException">
    /// There is no GLFW, no display or no OpenGL 3.3; the message says which.
    /// </exception>
    public GlWindow(string title, int width, int height, bool verticalSync = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        _context = GlfwContext.Create(title, width, height, visible: true);
        try
        {
            _context.MakeCurrent();
            _context.SwapInterval(verticalSync ? 1 : 0);
            Gl = GL.GetApi(_context);
        }
        catch
        {
            _context.Dispose();
            throw;
        }
    }

    /// <summary>OpenGL of this window.</summary>
    public GL Gl { get; }

    /// <summary>True once the user has closed the window.</summary>
    public bool IsClosing => Glfw.WindowShouldClose(_context.Handle) != 0;

    /// <summary>Size of the picture in pixels; 0 x 0 while the window is an icon.</summary>
    public (int Width, int Height) FramebufferSize
    {
        get
        {
            Glfw.GetFramebufferSize(_context.Handle, out int width, out int height);
            return (width, height);
        }
    }

    /// <summary>Shows what was drawn.</summary>
    public void SwapBuffers() => _context.SwapBuffers();

    /// <summary>
    /// Takes in what happened to the window since the last call. Does not wait.
    /// </summary>
    public void PollEvents() => Glfw.PollEvents();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context.Handle != 0)
        {
            Gl.Dispose();
            _context.Dispose();
        }
    }
}
