using System.Runtime.InteropServices;

namespace RealtimeVision.Viewer.Tests;

/// <summary>
/// Another client of the X server: presses keys in a window and sees what it shows (Xlib manual,
/// sections 8.7 and 11.6).
/// </summary>
internal sealed partial class X11Client : IDisposable
{
    private const int KeyPress = 2;
    private const int KeyRelease = 3;
    private const nint KeyPressMask = 1;
    private const int ZPixmap = 2;

    /// <summary>The control key, held.</summary>
    public const uint Control = 1 << 2;

    private readonly nint _display = OpenDisplay(0);
    private readonly nint _window;
    private nint _time = 1;

    public X11Client(ViewerWindow window) => _window = GetX11Window(window.Handle);

    /// <summary>Puts text on the clipboard, as the window's own.</summary>
    public static void Copy(ViewerWindow window, string text) =>
        SetClipboardString(window.Handle, text);

    public void Press(string key, uint modifiers = 0)
    {
        uint code = KeysymToKeycode(_display, StringToKeysym(key));
        Assert.That(code, Is.Not.Zero, $"the keyboard has no key {key}");
        Send(KeyPress, code, modifiers);
        Send(KeyRelease, code, modifiers);
        _ = Sync(_display, 0);
    }

    /// <summary>A pixel on the screen, from the top left corner of the window.</summary>
    public (int R, int G, int B) PixelAt(int x, int y)
    {
        nint image = GetImage(_display, _window, x, y, 1, 1, nuint.MaxValue, ZPixmap);
        Assert.That(image, Is.Not.Zero, "the window is not on the screen");
        uint pixel = (uint)GetPixel(image, 0, 0);
        _ = DestroyImage(image);
        return ((int)(pixel >> 16 & 255), (int)(pixel >> 8 & 255), (int)(pixel & 255));
    }

    public void Dispose() => _ = CloseDisplay(_display);

    private void Send(int type, uint code, uint modifiers)
    {
        var key = new KeyEvent
        {
            Type = type, Display = _display, Window = _window, Root = DefaultRootWindow(_display),
            Time = _time += 50, KeyCode = code, State = modifiers,
            SameScreen = 1,
        };
        _ = SendEvent(_display, _window, 1, KeyPressMask, ref key);
    }

    [LibraryImport("libglfw.so.3", EntryPoint = "glfwGetX11Window")]
    private static partial nint GetX11Window(nint window);

    [LibraryImport("libglfw.so.3", EntryPoint = "glfwSetClipboardString",
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial void SetClipboardString(nint window, string text);

    [LibraryImport("libX11.so.6", EntryPoint = "XOpenDisplay")]
    private static partial nint OpenDisplay(nint name);

    [LibraryImport("libX11.so.6", EntryPoint = "XCloseDisplay")]
    private static partial int CloseDisplay(nint display);

    [LibraryImport("libX11.so.6", EntryPoint = "XDefaultRootWindow")]
    private static partial nint DefaultRootWindow(nint display);

    [LibraryImport("libX11.so.6", EntryPoint = "XStringToKeysym",
        StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint StringToKeysym(string name);

    [LibraryImport("libX11.so.6", EntryPoint = "XKeysymToKeycode")]
    private static partial byte KeysymToKeycode(nint display, nint keysym);

    [LibraryImport("libX11.so.6", EntryPoint = "XSendEvent")]
    private static partial int SendEvent(
        nint display, nint window, int propagate, nint mask, ref KeyEvent key);

    [LibraryImport("libX11.so.6", EntryPoint = "XGetImage")]
    private static partial nint GetImage(
        nint display, nint window, int x, int y, uint width, uint height, nuint planes, int format);

    [LibraryImport("libX11.so.6", EntryPoint = "XGetPixel")]
    private static partial nuint GetPixel(nint image, int x, int y);

    [LibraryImport("libX11.so.6", EntryPoint = "XDestroyImage")]
    private static partial int DestroyImage(nint image);

    [LibraryImport("libX11.so.6", EntryPoint = "XSync")]
    private static partial int Sync(nint display, int discard);

    /// <summary>XKeyEvent; XEvent, which Xlib copies whole, has 24 longs.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24 * 8)]
    private struct KeyEvent
    {
        public int Type;
        public nuint Serial;
        public int IsSent;
        public nint Display;
        public nint Window;
        public nint Root;
        public nint Subwindow;
        public nint Time;
        public int X;
        public int Y;
        public int RootX;
        public int RootY;
        public uint State;
        public uint KeyCode;
        public int SameScreen;
    }
}
