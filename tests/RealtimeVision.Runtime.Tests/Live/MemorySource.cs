using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>
/// Frames made by the test: the pixels hold the frame's index. Reads and openings fail as the test
/// says.
/// </summary>
internal sealed class MemorySource(long count, int width = 16, int height = 8) : IFrameSource
{
    private long _next;

    public string Name => "memory";

    public bool IsLive { get; init; }

    public double? FrameRate => 1 / Interval.TotalSeconds;

    public long? FrameCount => count;

    /// <summary>Time from frame to frame.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(10);

    public int Opened { get; private set; }

    public int Closed { get; private set; }

    /// <summary>Is given the number of the frame before it is read.</summary>
    public Action<long>? BeforeRead { get; init; }

    /// <summary>Is given the number of openings before.</summary>
    public Action<int>? BeforeOpen { get; init; }

    public void Open(CancellationToken cancellation)
    {
        BeforeOpen?.Invoke(Opened++);
        _next = 0;
    }

    public bool Read(Frame frame, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_next == count)
        {
            return false;
        }

        long index = _next++;
        BeforeRead?.Invoke(index);
        frame.Resize(width, height, PixelFormat.Rgb24);
        Paint(frame, index);
        frame.Timestamp = index * Interval;
        return true;
    }

    public void Close() => Closed++;

    public void Dispose() => Close();

    /// <summary>Writes the index into every eight pixels.</summary>
    public static void Paint(Frame frame, long index)
    {
        frame.Index = index;
        frame.Timestamp = TimeSpan.FromMilliseconds(10 * index);
        Span<byte> pixels = frame.Pixels;
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(index >> (8 * (i % 4)));
        }
    }

    /// <summary>Whether all pixels are those of the index that the frame states.</summary>
    public static bool IsIntact(Frame frame)
    {
        Span<byte> pixels = frame.Pixels;
        for (int i = 0; i < pixels.Length; i++)
        {
            if (pixels[i] != (byte)(frame.Index >> (8 * (i % 4))))
            {
                return false;
            }
        }

        return true;
    }
}
