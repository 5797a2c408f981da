using System.Diagnostics;
using System.Runtime.InteropServices;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>
/// A window that shows a <see cref="ViewerState"/>. It collects what keys and mouse do, which the
/// loop takes when it likes; it calls nobody.
/// </summary>
/// <remarks>
/// All of it belongs to the thread that made it, on macOS the main thread. Rendering takes what
/// size the window has at that moment; the video keeps its aspect.
/// </remarks>
public sealed unsafe partial class ViewerWindow : IDisposable
{
    private const int SmallestWidth = 320;
    private const int SmallestHeight = 240;

    // Mesa's (also under its old names), Google's, and Windows' own.
    private static readonly string[] SoftwareRenderers =
    [
        "llvmpipe", "softpipe", "software rasterizer", "SwiftShader", "GDI Generic", "Basic Render",
    ];

    private readonly GlfwContext _context;
    private readonly OverlayRenderer _renderer;
    private readonly Queue<Input> _inputs = new(64);
    private readonly Queue<string> _offered = new();
    private GCHandle _self;
    private (int X, int Y, int Width, int Height) _windowed;
    private (int Width, int Height) _drawnSize;

    /// <summary>Opens a window.</summary>
    /// <param name="title">What its title bar says.</param>
    /// <param name="width">Width of the picture in screen units, 320 at least.</param>
    /// <param name="height">Height of the picture in screen units, 240 at least.</param>
    /// <param name="visible">False for a window that is never seen.</param>
    /// <param name="verticalSync">Whether <see cref="Render"/> waits for the screen.</param>
    /// <exception cref="ViewerException">
    /// There is no GLFW, no display or no OpenGL 3.3; the message says which.
    /// </exception>
    public ViewerWindow(
        string title, int width, int height, bool visible = true, bool verticalSync = true)
    {
        _context = GlfwContext.Create(
            title, Math.Max(width, SmallestWidth), Math.Max(height, SmallestHeight), visible);
        try
        {
            _context.MakeCurrent();
            _context.SwapInterval(verticalSync ? 1 : 0);
            Gl = GL.GetApi(_context);
            string renderer = Gl.GetStringS(StringName.Renderer);
            Description = $"{renderer}, OpenGL {Gl.GetStringS(StringName.Version)}";
            IsDrawnByCpu = SoftwareRenderers.Any(
                name => renderer.Contains(name, StringComparison.OrdinalIgnoreCase));
            _renderer = new OverlayRenderer(Gl);
            Glfw.SetWindowSizeLimits(
                _context.Handle, SmallestWidth, SmallestHeight, Glfw.DontCare, Glfw.DontCare);
            _self = GCHandle.Alloc(this);
            Glfw.SetWindowUserPointer(_context.Handle, GCHandle.ToIntPtr(_self));
            Glfw.SetKeyCallback(_context.Handle, &OnKey);
            Glfw.SetCursorPosCallback(_context.Handle, &OnMove);
            Glfw.SetCursorEnterCallback(_context.Handle, &OnEnter);
            Glfw.SetMouseButtonCallback(_context.Handle, &OnButton);
            Glfw.SetScrollCallback(_context.Handle, &OnScroll);
            Glfw.SetDropCallback(_context.Handle, &OnDrop);
            if (visible)
            {
                FitScreen();
            }
        }
        catch
        {
            _renderer?.Dispose();
            Gl?.Dispose();
            _context.Dispose();
            throw;
        }
    }

    /// <summary>OpenGL of this window.</summary>
    public GL Gl { get; }

    /// <summary>What draws: renderer and OpenGL version.</summary>
    public string Description { get; }

    /// <summary>True once the user has closed the window.</summary>
    public bool IsClosing => Glfw.WindowShouldClose(_context.Handle) != 0;

    /// <summary>Whether the window covers the screen.</summary>
    public bool IsFullscreen => Glfw.GetWindowMonitor(_context.Handle) != 0;

    /// <summary>Size of the picture in pixels; 0 x 0 while the window is an icon.</summary>
    public (int Width, int Height) FramebufferSize
    {
        get
        {
            Glfw.GetFramebufferSize(_context.Handle, out int width, out int height);
            return (width, height);
        }
    }

    /// <summary>Pixels to one unit of text size: 1 on plain screens, 2 on dense ones.</summary>
    public float ContentScale
    {
        get
        {
            Glfw.GetWindowContentScale(_context.Handle, out float x, out float y);
            return Math.Max(Math.Max(x, y), 0.5f);
        }
    }

    /// <inheritdoc cref="OverlayRenderer.SharingProblem"/>
    public string? SharingProblem => _renderer.SharingProblem;

    /// <summary>OpenGL objects made and not yet deleted.</summary>
    internal int LiveObjects => _renderer.LiveObjects;

    /// <summary>The window as GLFW names it.</summary>
    internal nint Handle => _context.Handle;

    /// <summary>
    /// Whether a window can be opened here: GLFW is installed and finds a display.
    /// </summary>
    /// <param name="reason">Why not, with the package to install; empty where it can.</param>
    public static bool IsAvailable(out string reason) => GlfwContext.IsAvailable(out reason);

    /// <summary>
    /// Whether the CPU draws: every picture then takes its time from whatever else the CPU does.
    /// </summary>
    public bool IsDrawnByCpu { get; }

    /// <inheritdoc cref="OverlayRenderer.WarmUp"/>
    public void WarmUp(ViewerState state) => _renderer.WarmUp(state, BeginPicture());

    /// <summary>Draws the state and shows it.</summary>
    /// <exception cref="ViewerException">OpenGL reports an error.</exception>
    public void Render(ViewerState state)
    {
        RenderTarget target = BeginPicture();
        _renderer.Render(state, target);
        _context.SwapBuffers();
        _drawnSize = (target.Width, target.Height);
    }

    /// <summary>
    /// Takes in what happened to window, keyboard and mouse since the last call. Does not wait.
    /// </summary>
    public void PollEvents() => Glfw.PollEvents();

    /// <summary>
    /// Takes in events, hands keys and mouse to a controller, goes to full screen and back, and
    /// asks to quit when the window is closed: all that a loop does with a window but render.
    /// </summary>
    /// <returns>Whether the window may look otherwise now: somebody did something, or it has another
    /// size than when it was drawn.</returns>
    public bool PollEvents(ViewerController controller)
    {
        ArgumentNullException.ThrowIfNull(controller);
        PollEvents();
        bool isNew = _inputs.Count + _offered.Count > 0 || FramebufferSize != _drawnSize;
        while (_inputs.TryDequeue(out Input input))
        {
            switch (input.Kind)
            {
                case InputKind.Key:
                    controller.Press(input.Key, input.IsRepeated);
                    break;
                case InputKind.KeyUp:
                    controller.Release(input.Key);
                    break;
                case InputKind.Move:
                    (float scaleX, float scaleY) = PixelsPerUnit();
                    controller.MoveTo(input.X * scaleX, input.Y * scaleY);
                    break;
                case InputKind.Leave:
                    controller.Leave();
                    break;
                case InputKind.Press:
                    controller.PressButton(Stopwatch.GetElapsedTime(0));
                    break;
                case InputKind.Release:
                    controller.ReleaseButton();
                    break;
                case InputKind.Scroll:
                    controller.Scroll(input.Y);
                    break;
            }
        }

        while (_offered.TryDequeue(out string? offered))
        {
            controller.Offer(offered);
        }

        if (controller.Take(ViewerRequest.Fullscreen))
        {
            ToggleFullscreen();
        }

        if (IsClosing)
        {
            controller.RequestQuit();
        }

        return isNew;
    }

    /// <summary>Changes the window's size, in screen units.</summary>
    public void Resize(int width, int height) =>
        Glfw.SetWindowSize(
            _context.Handle, Math.Max(width, SmallestWidth), Math.Max(height, SmallestHeight));

    /// <summary>Size of the window in screen units.</summary>
    public (int Width, int Height) Size
    {
        get
        {
            Glfw.GetWindowSize(_context.Handle, out int width, out int height);
            return (width, height);
        }
    }

    /// <summary>
    /// Size as <see cref="ViewerWindow(string, int, int, bool, bool)"/> takes it: where the system
    /// counts pixels, a dense screen's window is larger than was asked for.
    /// </summary>
    public (int Width, int Height) UnscaledSize
    {
        get
        {
            (int width, int height) = FramebufferSize;
            float scale = ContentScale;
            return ((int)MathF.Round(width / scale), (int)MathF.Round(height / scale));
        }
    }

    /// <summary>Says another title.</summary>
    public void SetTitle(string title) => Glfw.SetWindowTitle(_context.Handle, title);

    /// <summary>Covers the primary screen, or goes back to the place and size before.</summary>
    public void ToggleFullscreen()
    {
        nint window = _context.Handle;
        if (IsFullscreen)
        {
            Glfw.SetWindowMonitor(
                window, 0, _windowed.X, _windowed.Y, _windowed.Width, _windowed.Height,
                Glfw.DontCare);
            return;
        }

        nint monitor = Glfw.GetPrimaryMonitor();
        if (monitor == 0)
        {
            return;
        }

        Glfw.GetWindowPos(window, out int x, out int y);
        Glfw.GetWindowSize(window, out int width, out int height);
        _windowed = (x, y, width, height);
        Glfw.VideoMode* mode = Glfw.GetVideoMode(monitor);
        Glfw.SetWindowMonitor(window, monitor, 0, 0, mode->Width, mode->Height, mode->RefreshRate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_context.Handle == 0)
        {
            return;
        }

        _context.MakeCurrent();
        _renderer.Dispose();
        Gl.Dispose();
        _context.Dispose();
        _self.Free();
    }

    private RenderTarget BeginPicture()
    {
        (int width, int height) = FramebufferSize;
        if (!_context.IsCurrent)
        {
            _context.MakeCurrent();
        }

        Gl.BindFramebuffer(FramebufferTarget.Framebuffer, 0);
        return new RenderTarget(width, height, ContentScale);
    }

    /// <summary>Makes the window no larger than the screen has room for.</summary>
    private void FitScreen()
    {
        nint monitor = Glfw.GetPrimaryMonitor();
        if (monitor == 0)
        {
            return;
        }

        Glfw.GetMonitorWorkarea(monitor, out _, out _, out int roomX, out int roomY);
        (int width, int height) = Size;
        if (roomX > 0 && roomY > 0 && (width > roomX || height > roomY))
        {
            Glfw.SetWindowSize(_context.Handle, Math.Min(width, roomX), Math.Min(height, roomY));
        }
    }

    /// <summary>Pixels of the picture to a unit of the screen, which the mouse is told in.</summary>
    private (float X, float Y) PixelsPerUnit()
    {
        (int width, int height) = Size;
        (int pixelsX, int pixelsY) = FramebufferSize;
        return ((float)pixelsX / Math.Max(width, 1), (float)pixelsY / Math.Max(height, 1));
    }
}
