namespace RealtimeVision.Cli.Live;

/// <summary>Shows results to nobody: for pictures, recordings and measurements.</summary>
internal static class HeadlessLoop
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    public static void Run(LiveRun run, CancellationToken cancellation)
    {
        run.Pipeline.Start();
        while (!run.Pipeline.IsFinished && !cancellation.IsCancellationRequested)
        {
            run.Engine.WaitForNews(Patience, CancellationToken.None);
            run.SayEvents();
            run.TryShowNext();
        }
    }
}
