using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>Shows results to nobody: for pictures, recordings and measurements.</summary>
internal static class HeadlessLoop
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    // Nobody looks on who could end the run: a source that stays away must not let it wait for ever.
    private static readonly TimeSpan LongestLoss = TimeSpan.FromSeconds(30);

    public static void Run(LiveRun run, CancellationToken cancellation)
    {
        run.Pipeline.Start();
        long present = Stopwatch.GetTimestamp();
        while (!run.Pipeline.IsFinished && !cancellation.IsCancellationRequested)
        {
            run.Engine.WaitForNews(Patience, CancellationToken.None);
            run.SayEvents();
            run.TryShowNext();
            if (run.Pipeline.State != SourceState.Lost)
            {
                present = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(present) > LongestLoss)
            {
                run.GiveUp(LongestLoss);
                return;
            }
        }
    }
}
