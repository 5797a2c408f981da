using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>Shows results to nobody: for pictures, recordings and measurements.</summary>
internal static class HeadlessLoop
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // None of several streams may wait long for another.
    private static readonly TimeSpan SharedPatience = TimeSpan.FromMilliseconds(4);

    // Nobody looks on who could end the run: a source that stays away must not let it wait for ever.
    private static readonly TimeSpan LongestLoss = TimeSpan.FromSeconds(30);

    public static void Run(LiveRun run, CancellationToken cancellation)
    {
        run.Start();
        long present = Stopwatch.GetTimestamp();
        while (!run.IsFinished && !cancellation.IsCancellationRequested)
        {
            foreach (LiveStream stream in run.Streams)
            {
                if (!stream.IsFinished)
                {
                    stream.Engine.WaitForNews(
                        run.Streams.Count > 1 ? SharedPatience : Patience, CancellationToken.None);
                }
            }

            run.Update();
            if (run.Streams.All(stream => stream.Pipeline.State != SourceState.Lost))
            {
                present = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(present) > LongestLoss)
            {
                run.Streams.First(stream => stream.Pipeline.State == SourceState.Lost)
                    .GiveUp(LongestLoss);
                return;
            }
        }
    }
}
