using System.Collections.Concurrent;
using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Tests;

/// <summary>A file of a few grey frames, which opens, or not, as a test wants it.</summary>
internal sealed class ShortFile(int frames) : ISeekableSource
{
    private readonly ConcurrentQueue<long> _opened = [];
    private long _next;

    /// <summary>Holds up whoever opens it.</summary>
    public ManualResetEventSlim MayOpen { get; } = new(true);

    /// <summary>Why it cannot be opened; null where it can.</summary>
    public volatile string? Problem;

    /// <summary>When it was opened, or that was tried.</summary>
    public IReadOnlyList<long> Opened => [.. _opened];

    public bool IsDisposed { get; private set; }

    public string Name => "short";

    public bool IsLive => false;

    public double? FrameRate => 1000;

    public long? FrameCount => frames;

    public TimeSpan? Duration => TimeSpan.FromMilliseconds(frames);

    public void Open(CancellationToken cancellation)
    {
        _opened.Enqueue(Stopwatch.GetTimestamp());
        MayOpen.Wait(cancellation);
        _next = Problem is { } problem ? throw new SourceException(problem) : 0;
    }

    public bool Read(Frame frame, CancellationToken cancellation)
    {
        frame.Resize(32, 18, PixelFormat.Rgb24);
        frame.Pixels.Fill(128);
        frame.Index = _next;
        frame.Timestamp = TimeSpan.FromMilliseconds(_next);
        return _next++ < frames;
    }

    public void Seek(TimeSpan position, CancellationToken cancellation) =>
        _next = Math.Clamp((long)position.TotalMilliseconds, 0, frames - 1);

    public void Close()
    {
    }

    public void Dispose() => IsDisposed = true;
}
