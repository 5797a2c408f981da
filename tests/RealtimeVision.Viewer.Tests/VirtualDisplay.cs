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
        get => Marshal.PtrToStringUTF8(GetEnv("DISPLAY"));
        private set
        {
            if (value is null)
            {
                _ = UnsetEnv("DISPLAY");
            }
            else
            {
                _ = SetEnv("DISPLAY", value, 1);
            }
        }
    }

    public void Dispose()
    {
        Current = null;
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetEnv(string name);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetEnv(string name);
}
