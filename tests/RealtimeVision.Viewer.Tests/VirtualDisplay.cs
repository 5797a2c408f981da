using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RealtimeVision.Viewer.Tests;

/// <summary>A display of Xvfb's for this process, until disposed.</summary>
internal sealed partial class VirtualDisplay : IDisposable
{
    private readonly Process _server;

    public VirtualDisplay(int width, int height)
    {
        // Xvfb picks a free number, and prints it once it takes connections.
        var start = new ProcessStartInfo("Xvfb")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "-displayfd", "1", "-screen", "0", $"{width}x{height}x24", "-nolisten", "tcp",
                // Else it starts anew whenever its last client goes.
                "-noreset",
            },
        };
        try
        {
            _server = Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new InvalidOperationException(
                "There is no display, and Xvfb is not installed (Debian package xvfb)", failure);
        }

        string? number = _server.StandardOutput.ReadLine();
        if (number is null)
        {
            string message = _server.StandardError.ReadToEnd();
            throw new InvalidOperationException($"Xvfb does not start: {message}");
        }

        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginErrorReadLine();
        Current = $":{number}";
    }

    /// <summary>DISPLAY as native libraries see it; .NET keeps a copy of its own.</summary>
    public static string? Current
    {
        get => Variable("DISPLAY");
        private set => Set("DISPLAY", value);
    }

    /// <summary>Does something while this process sees no display of X11 or Wayland.</summary>
    public static void Without(Action action)
    {
        string? x11 = Variable("DISPLAY");
        string? wayland = Variable("WAYLAND_DISPLAY");
        Set("DISPLAY", null);
        Set("WAYLAND_DISPLAY", null);
        try
        {
            action();
        }
        finally
        {
            Set("DISPLAY", x11);
            Set("WAYLAND_DISPLAY", wayland);
        }
    }

    public void Dispose()
    {
        Current = null;
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }

    private static string? Variable(string name) => Marshal.PtrToStringUTF8(GetEnv(name));

    private static void Set(string name, string? value) =>
        _ = value is null ? UnsetEnv(name) : SetEnv(name, value, 1);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnv(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnv(string name);
}
