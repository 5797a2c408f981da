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
            // By index: an enumerator of an interface would be garbage at every turn.
            for (int i = 0; i < run.Streams.Count; i++)
            {
                if (!run.Streams[i].IsFinished)
                {
                    run.Streams[i].Engine.WaitForNews(
                        run.Streams.Count > 1 ? SharedPatience : Patience, CancellationToken.None);
                }
            }

            run.Update();
            if (FirstLost(run) is not { } lost)
            {
                present = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(present) > LongestLoss)
            {
                lost.GiveUp(LongestLoss);
                return;
            }
        }
    }

    private static LiveStream? FirstLost(LiveRun run)
    {
        for (int i = 0; i < run.Streams.Count; i++)
        {
            if (run.Streams[i].Pipeline.State == SourceState.Lost)
            {
                return run.Streams[i];
            }
        }

        return null;
    }
}
