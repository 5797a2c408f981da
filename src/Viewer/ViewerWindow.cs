using System.Diagnostics;
using System.Runtime.CompilerServices;
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
public sealed unsafe class ViewerWindow : IDisposable
{
    private const int SmallestWidth = 320;
    private const int SmallestHeight = 240;

    private readonly GlfwContext _context;
    private readonly OverlayRenderer _renderer;
    private readonly Queue<Input> _inputs = new(64);
    private GCHandle _self;
    private (int X, int Y, int Width, int Height) _windowed;

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
            Description = $"{Gl.GetStringS(StringName.Renderer)}, "
                + $"OpenGL {Gl.GetStringS(StringName.Version)}";
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

    /// <summary>Draws the state and shows it.</summary>
    /// <exception cref="ViewerException">OpenGL reports an error.</exception>
    public void Render(ViewerState state)
    {
        (int width, int height) = FramebufferSize;
        if (!_context.IsCurrent)
        {
            _context.MakeCurrent();
        }

        Gl.BindFramebuffer(FramebufferTarget.Framebuffer, 0);
        _renderer.Render(state, new RenderTarget(width, height, ContentScale));
        _context.SwapBuffers();
    }

    /// <summary>
    /// Takes in what happened to window, keyboard and mouse since the last call. Does not wait.
    /// </summary>
    public void PollEvents() => Glfw.PollEvents();

    /// <summary>
    /// Takes in events, hands keys and mouse to a controller, goes to full screen and back, and
    /// asks to quit when the window is closed: all that a loop does with a window but render.
    /// </summary>
    public void PollEvents(ViewerController controller)
    {
        ArgumentNullException.ThrowIfNull(controller);
        PollEvents();
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

        if (controller.Take(ViewerRequest.Fullscreen))
        {
            ToggleFullscreen();
        }

        if (IsClosing)
        {
            controller.RequestQuit();
        }
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

    /// <summary>What GLFW calls a key, in the viewer's terms.</summary>
    /// <param name="key">GLFW's key, by its place on a US keyboard.</param>
    /// <param name="name">What the user's layout has on that key, or 0.</param>
    internal static ViewerKey? KeyOf(int key, char name) => key switch
    {
        Glfw.KeySpace => ViewerKey.Space,
        Glfw.KeyEscape => ViewerKey.Escape,
        Glfw.KeyUp => ViewerKey.Up,
        Glfw.KeyDown => ViewerKey.Down,
        Glfw.KeyLeft => ViewerKey.Left,
        Glfw.KeyRight => ViewerKey.Right,
        Glfw.KeyTab => ViewerKey.Tab,
        Glfw.KeyEnter or Glfw.KeyPadEnter => ViewerKey.Enter,
        Glfw.KeyPadAdd => ViewerKey.Plus,
        Glfw.KeyPadSubtract => ViewerKey.Minus,
        >= Glfw.Key1 and < Glfw.Key1 + 9 => ViewerKey.D1 + (key - Glfw.Key1),
        >= Glfw.KeyPad1 and <= Glfw.KeyPad9 => ViewerKey.D1 + (key - Glfw.KeyPad1),
        _ => char.ToUpperInvariant(name) switch
        {
            '+' or '=' => ViewerKey.Plus,
            '-' => ViewerKey.Minus,
            '[' => ViewerKey.OpenBracket,
            ']' => ViewerKey.CloseBracket,
            var letter when char.IsAsciiLetterUpper(letter)
                && Enum.TryParse(letter.ToString(), out ViewerKey known) => known,
            _ => null,
        },
    };

    private static void Take(nint window, in Input input)
    {
        if (GCHandle.FromIntPtr(Glfw.GetWindowUserPointer(window)).Target is ViewerWindow self)
        {
            self._inputs.Enqueue(input);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnKey(nint window, int key, int scancode, int action, int modifiers)
    {
        if (KeyOf(key, Glfw.KeyName(key, scancode)) is { } known)
        {
            InputKind kind = action == Glfw.Release ? InputKind.KeyUp : InputKind.Key;
            Take(window, new Input(kind, known, action == Glfw.Repeat, 0, 0));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMove(nint window, double x, double y) =>
        Take(window, new Input(InputKind.Move, default, false, (float)x, (float)y));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnEnter(nint window, int entered)
    {
        if (entered == 0)
        {
            Take(window, new Input(InputKind.Leave, default, false, 0, 0));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnButton(nint window, int button, int action, int modifiers)
    {
        if (button == Glfw.LeftButton)
        {
            InputKind kind = action == Glfw.Press ? InputKind.Press : InputKind.Release;
            Take(window, new Input(kind, default, false, 0, 0));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnScroll(nint window, double x, double y) =>
        Take(window, new Input(InputKind.Scroll, default, false, (float)x, (float)y));

    /// <summary>Pixels of the picture to a unit of the screen, which the mouse is told in.</summary>
    private (float X, float Y) PixelsPerUnit()
    {
        (int width, int height) = Size;
        (int pixelsX, int pixelsY) = FramebufferSize;
        return ((float)pixelsX / Math.Max(width, 1), (float)pixelsY / Math.Max(height, 1));
    }

    private enum InputKind
    {
        Key,
        KeyUp,
        Move,
        Leave,
        Press,
        Release,
        Scroll,
    }

    private readonly record struct Input(
        InputKind Kind, ViewerKey Key, bool IsRepeated, float X, float Y);
}
