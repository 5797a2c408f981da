using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>Shows results in a window until it is closed.</summary>
internal static class WindowLoop
{
    public static void Run(LiveRun run, ViewerSettings settings, CancellationToken cancellation)
    {
        if (!ViewerWindow.IsAvailable(out string reason))
        {
            throw new ViewerException($"no window can be opened: {reason}; --headless renders without one");
        }

        using var window = new ViewerWindow(
            $"RealtimeVision: {run.Title}", settings.Width, settings.Height);
        run.ShowInWindow();
        run.PrepareMenus();
        run.Start();
        if (run.Stream.Engine.ModelName.Length == 0)
        {
            run.Say("no model yet: N has those to choose from, H all keys");
        }

        string? said = null;
        while (!window.IsClosing && !run.Controller.QuitRequested && !cancellation.IsCancellationRequested)
        {
            window.PollEvents(run.Controller);
            run.Update();
            run.Obey();

            // Waits for the display, so that the loop turns once a picture.
            window.Render(run.State);
            if (window.SharingProblem is { } problem && problem != said)
            {
                run.Say($"masks are read back: {problem}");
                said = problem;
            }

            if (run.Streams is [var only] && only.Pipeline.Error is not null && !only.IsPreparing)
            {
                break;
            }
        }

        (int width, int height) =
            window.IsFullscreen ? (settings.Width, settings.Height) : window.UnscaledSize;
        ViewerSettings.Of(run.State, run.Streams[0], width, height).Save(run.Say);
    }
}
