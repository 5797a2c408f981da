using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RealtimeVision.Viewer;

/// <content>What GLFW tells of keys, mouse and files, kept until the loop takes it.</content>
public sealed unsafe partial class ViewerWindow
{
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
    private static void OnDrop(nint window, int count, byte** paths)
    {
        if (count > 0)
        {
            Offer(window, paths[0]);
        }
    }

    private static void Offer(nint window, byte* text)
    {
        if (text != null
            && GCHandle.FromIntPtr(Glfw.GetWindowUserPointer(window)).Target is ViewerWindow self)
        {
            self._offered.Enqueue(Marshal.PtrToStringUTF8((nint)text)!);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnKey(nint window, int key, int scancode, int action, int modifiers)
    {
        // Keys of the system's own, as of copying, are none of ours, but for pasting.
        if ((modifiers & (Glfw.Control | Glfw.Super)) != 0 && action != Glfw.Release)
        {
            if (action == Glfw.Press && KeyOf(key, Glfw.KeyName(key, scancode)) == ViewerKey.V)
            {
                Offer(window, Glfw.GetClipboardString(window));
            }

            return;
        }

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
