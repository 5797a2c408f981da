using System.Diagnostics;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// <c>rtv live --headless</c> without a model: the source's own pictures, saved or recorded.
/// </summary>
internal static class PlainRun
{
    public static LiveReport Run(
        IFrameSource source, long? limit, LiveOutputs outputs, CancellationToken cancellation)
    {
        source.Open(cancellation);
        var frame = new Frame();
        VideoRecorder? recorder = null;
        long frames = 0;
        long start = Stopwatch.GetTimestamp();
        try
        {
            while (frames < (limit ?? long.MaxValue) && !cancellation.IsCancellationRequested
                && source.Read(frame, cancellation))
            {
                frames++;
                if (outputs.Record is { } path)
                {
                    recorder ??= new VideoRecorder(
                        path, frame.Width, frame.Height, frame.Format, source.FrameRate ?? 30);
                    recorder.Write(frame);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C ends the stream; what was shown last is saved.
        }
        finally
        {
            recorder?.Complete();
            recorder?.Dispose();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        bool saves = outputs.Snapshot is not null && frames > 0;
        if (saves)
        {
            Picture.SavePng(frame, outputs.Snapshot!);
        }

        return new LiveReport
        {
            Source = source.Name,
            Model = "none",
            Device = "none",
            Frames = frames,
            Processed = 0,
            Dropped = 0,
            FramesPerSecond = seconds > 0 ? frames / seconds : 0,
            P50 = 0,
            P95 = 0,
            P99 = 0,
            AllocatedBytesPerFrame = 0,
            Snapshot = saves ? outputs.Snapshot : null,
            Record = recorder is null ? null : outputs.Record,
        };
    }
}
