using System.ComponentModel;
using System.Diagnostics;
using FFMpegCore;

namespace RealtimeVision.Media;

/// <summary>
/// One run of the ffmpeg program with raw bytes on its standard input or output. Whatever happens,
/// the program is gone when this is disposed.
/// </summary>
internal sealed class FfmpegProcess : IDisposable
{
    private const int KeptLines = 6;

    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly string[] _secrets;
    private readonly List<string>? _log;
    private bool _disposed;

    private FfmpegProcess(Process process, string[] secrets, List<string>? log)
    {
        _process = process;
        _secrets = secrets;
        _log = log;
    }

    /// <summary>What a user whose machine has no ffmpeg is to do.</summary>
    public static string HowToInstall =>
        "the ffmpeg program was not found. Install it (Debian, Ubuntu: 'apt install ffmpeg'; "
        + "macOS: 'brew install ffmpeg'; Windows: 'winget install ffmpeg') so that it is on the "
        + "PATH, or name its folder with FFMpegCore.GlobalFFOptions.Configure.";

    /// <summary>The operating system's number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>What the program writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What the program reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>
    /// The last lines the program wrote to its standard error, joined by "; "; or empty.
    /// </summary>
    public string Errors
    {
        get
        {
            lock (_lines)
            {
                return string.Join("; ", _lines);
            }
        }
    }

    /// <summary>Starts ffmpeg; null where there is no such program on this machine.</summary>
    /// <param name="arguments">
    /// The command line; messages are errors only unless it says otherwise.
    /// </param>
    /// <param name="secrets">What must not show in <see cref="Errors"/>.</param>
    /// <param name="log">
    /// Gets every line of standard error; complete after <see cref="WaitForExit()"/>.
    /// </param>
    public static FfmpegProcess? TryStart(
        IEnumerable<string> arguments, string[]? secrets = null, List<string>? log = null)
    {
        var start = new ProcessStartInfo(GlobalFFOptions.GetFFMpegBinaryPath())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in (string[])["-hide_banner", "-nostdin", "-loglevel", "error"])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start };
        var started = new FfmpegProcess(process, secrets ?? [], log);
        process.ErrorDataReceived += started.Keep;
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            process.Dispose();
            return null;
        }

        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>
    /// Ends the program and what it started, now; callable from any thread, any number of times.
    /// </summary>
    public void Kill()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (
                e is InvalidOperationException or Win32Exception or AggregateException)
            {
                // It has ended by itself.
            }
        }
    }

    /// <summary>
    /// Waits until the program has ended and all its error lines have arrived; one that closed its
    /// pipe but does not end is killed.
    /// </summary>
    /// <returns>The exit code.</returns>
    public int WaitForExit() => WaitForExit(ExitPatience);

    /// <inheritdoc cref="WaitForExit()"/>
    public int WaitForExit(TimeSpan patience)
    {
        if (!_process.WaitForExit(patience))
        {
            Kill();
        }

        // Without a limit the wait is also for the last error line.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        // The process does not own the pipes once they were handed out.
        Input.Dispose();
        Output.Dispose();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (string.IsNullOrWhiteSpace(e.Data))
        {
            return;
        }

        string line = SourceAddress.Redact(e.Data.Trim(), _secrets);
        lock (_lines)
        {
            _log?.Add(line);
            if (_lines.Contains(line))
            {
                return;
            }

            if (_lines.Count == KeptLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }
}
