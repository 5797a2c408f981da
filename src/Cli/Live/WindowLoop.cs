using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>Shows results in a window until it is closed.</summary>
internal static class WindowLoop
{
    public static void Run(LiveRun run, CancellationToken cancellation)
    {
        if (!ViewerWindow.IsAvailable(out string reason))
        {
            throw new ViewerException($"no window can be opened: {reason}; --headless renders without one");
        }

        using var window = new ViewerWindow($"RealtimeVision: {run.SourceName}", 1280, 720);
        run.Pipeline.Start();
        while (!window.IsClosing && !run.Controller.QuitRequested && !cancellation.IsCancellationRequested)
        {
            window.PollEvents(run.Controller);
            run.SayEvents();
            run.TryShowNext();
            run.Obey();
            if (run.Controller.TakeFullscreenToggle())
            {
                window.ToggleFullscreen();
            }

            // Waits for the display, so that the loop turns once a picture.
            window.Render(run.State);
            if (run.Pipeline.Error is not null)
            {
                break;
            }
        }
    }
}
