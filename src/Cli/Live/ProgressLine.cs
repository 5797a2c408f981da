using System.Diagnostics;
using System.Text.Unicode;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// One line on the error stream that tells how far a stream is, twice a second, on a terminal only.
/// It allocates nothing: what it tells about must not be disturbed by the telling.
/// </summary>
internal sealed class ProgressLine(long? total)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    private readonly Stream? _terminal = Console.IsErrorRedirected ? null : Console.OpenStandardError();
    private readonly byte[] _line = new byte[200];
    private long _last = Stopwatch.GetTimestamp();
    private bool _isShown;

    public void Report(long frames, double rate)
    {
        if (_terminal is null || Stopwatch.GetElapsedTime(_last) < Interval)
        {
            return;
        }

        _last = Stopwatch.GetTimestamp();
        _isShown = true;
        bool written = total is { } all
            ? Utf8.TryWrite(_line, $"\r\u001b[Kframe {frames} of {all}, {rate:F1} frames/s", out int length)
            : Utf8.TryWrite(_line, $"\r\u001b[Kframe {frames}, {rate:F1} frames/s", out length);
        if (written)
        {
            _terminal.Write(_line, 0, length);
        }
    }

    public void Clear()
    {
        if (_isShown)
        {
            _terminal!.Write("\r\u001b[K"u8);
            _isShown = false;
        }
    }
}
