using System.Diagnostics;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>Shows results in a window until it is closed.</summary>
/// <remarks>
/// It draws what is new, and now and then what only time has changed: on machines whose screen does
/// not set the pace, and where the CPU draws, a picture that nobody needs takes the models' time.
/// There it also draws while the models rest. Drawn while they run, a picture holds up the next
/// result, whose picture then holds up the one after: a delay of one frame would stay for seconds.
/// </remarks>
internal static class WindowLoop
{
    private static readonly TimeSpan LongestStill = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(4);

    // Models that take longer than this hardly rest at all: then something new is shown this much
    // later.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    /// <summary>Shows a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="settings">The window's size; what is left is remembered.</param>
    /// <param name="ends">Whether it ends with its streams.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ViewerException">No window can be opened, or it cannot draw.</exception>
    public static void Run(
        LiveRun run, ViewerSettings settings, bool ends, CancellationToken cancellation)
    {
        if (!ViewerWindow.IsAvailable(out string reason))
        {
            throw new ViewerException($"no window can be opened: {reason}; --headless renders without one");
        }

        using var window = new ViewerWindow(TitleOf(run), settings.Width, settings.Height);
        run.ShowInWindow();
        run.PrepareMenus();
        window.WarmUp(run.State);
        run.Start();
        if (run.Stream.Engine.ModelName.Length == 0)
        {
            run.Say("no model yet: N has those to choose from, H all keys");
        }

        string? said = null;
        IFrameSource titled = run.Stream.Source;
        long drawn = 0;
        long due = 0;
        bool isDue = false;
        while (!window.IsClosing && !run.Controller.QuitRequested && !cancellation.IsCancellationRequested)
        {
            bool isNew = window.PollEvents(run.Controller);
            isNew |= run.Update();
            isNew |= Stopwatch.GetElapsedTime(drawn) >= LongestStill;
            due = isNew && !isDue ? Stopwatch.GetTimestamp() : due;
            isDue |= isNew;
            run.Obey();
            if (ends && run.IsFinished)
            {
                break;
            }

            bool mayWait = window.IsDrawnByCpu && Stopwatch.GetElapsedTime(due) < LongestWait;
            if (!isDue || (mayWait && run.IsComputing))
            {
                run.Stream.Engine.WaitForNews(Patience, CancellationToken.None);
                continue;
            }

            if (!ReferenceEquals(titled, run.Stream.Source))
            {
                titled = run.Stream.Source;
                window.SetTitle(TitleOf(run));
            }

            // Waits for the display where there is one that sets the pace.
            window.Render(run.State);
            drawn = Stopwatch.GetTimestamp();
            isDue = false;
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

    private static string TitleOf(LiveRun run) => $"RealtimeVision: {run.Title}";
}
