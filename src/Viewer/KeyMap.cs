namespace RealtimeVision.Viewer;

/// <summary>What some keys do.</summary>
/// <param name="Caption">The keys as the help panel has them.</param>
/// <param name="Action">What they do, for the help panel.</param>
/// <param name="Keys">The keys.</param>
/// <param name="Do">Does it.</param>
/// <param name="Repeats">Whether it is done again and again while a key is held.</param>
internal sealed record KeyCommand(
    string Caption, string Action, ViewerKey[] Keys, Action<ViewerController, ViewerKey> Do,
    bool Repeats = false);

/// <summary>
/// All keys, in the order of the help panel: to add one, add a line, and to <see
/// cref="ViewerWindow.KeyOf"/> where the key is new.
/// </summary>
internal static class KeyMap
{
    public static IReadOnlyList<KeyCommand> All { get; } =
    [
        new("M", "Next view", [ViewerKey.M], (c, _) => c.NextView()),
        new(
            "1 \u2013 9",
            "Off, mask, contours, both, mask only, heat map, errors, truth, Grad-CAM",
            [.. Enumerable.Range(0, 9).Select(i => ViewerKey.D1 + i)],
            (c, key) => c.ChooseView(key - ViewerKey.D1)),
        new(
            "+  \u2212", "Opacity; the mouse's wheel too",
            [ViewerKey.Plus, ViewerKey.Up], (c, _) => c.ChangeOpacity(1), Repeats: true),
        new(
            "", "", [ViewerKey.Minus, ViewerKey.Down], (c, _) => c.ChangeOpacity(-1),
            Repeats: true),
        new(
            "[  ]", "Smoothing over time, less or more", [ViewerKey.OpenBracket],
            (c, _) => c.ChangeSmoothing(-1), Repeats: true),
        new(
            "", "", [ViewerKey.CloseBracket], (c, _) => c.ChangeSmoothing(1), Repeats: true),
        new(
            "V", "Split: video as it came, and view; drag the line", [ViewerKey.V],
            (c, _) => c.State.Split = c.State.Split is null ? 0.5f : null),
        new(
            "O", "Objects, followed from frame to frame", [ViewerKey.O],
            (c, _) => c.State.ShowObjects = !c.State.ShowObjects),
        new(
            "K", "Key of colours", [ViewerKey.K],
            (c, _) => c.State.ShowLegend = !c.State.ShowLegend),
        new(
            "G", "Graphs over time", [ViewerKey.G],
            (c, _) => c.State.ShowGraphs = !c.State.ShowGraphs),
        new(
            "U", "Numbers and labels", [ViewerKey.U],
            (c, _) => c.State.ShowHud = !c.State.ShowHud),
        new("B", "Next background", [ViewerKey.B], Asks(ViewerRequest.NextBackground)),
        new("E", "Edges refined or not", [ViewerKey.E], Toggles(ViewerRequest.RefineEdges)),
        new("C", "Sources: cameras, files, street", [ViewerKey.C], Asks(ViewerRequest.Sources)),
        new("N", "Models", [ViewerKey.N], Asks(ViewerRequest.Models)),
        new("D", "Devices", [ViewerKey.D], Asks(ViewerRequest.Devices)),
        new(
            "T", "Teach: hold a number while its class is shown; T again ends it", [ViewerKey.T],
            (c, _) => c.ToggleTeaching()),
        new("X", "Undo what was taught last", [ViewerKey.X], Asks(ViewerRequest.UndoLesson)),
        new("A", "Save what was taught as a model", [ViewerKey.A], Asks(ViewerRequest.SaveLesson)),
        new(
            "I", "Inside the network: numbers of a layer, times", [ViewerKey.I],
            (c, _) => c.State.ShowInside = !c.State.ShowInside),
        new("Y", "Layers of the networks", [ViewerKey.Y], Asks(ViewerRequest.Layers)),
        new("W", "Next class of Grad-CAM", [ViewerKey.W], Asks(ViewerRequest.NextClass)),
        new("Tab", "Next stream; or click it", [ViewerKey.Tab], (c, _) => c.NextStream()),
        new(
            "Z", "One stream or all; or click twice", [ViewerKey.Z],
            (c, _) => c.State.IsMaximised = !c.State.IsMaximised),
        new("Space", "Pause", [ViewerKey.Space], (c, _) => c.TogglePause()),
        new("S", "Step one frame", [ViewerKey.S], (c, _) => c.Step(), Repeats: true),
        new(
            "\u2190  \u2192", "Five seconds back or on, or click the bar; a step while paused",
            [ViewerKey.Left], (c, _) => c.SeekBy(-1), Repeats: true),
        new("", "", [ViewerKey.Right], (c, _) => c.SeekBy(1), Repeats: true),
        new("L", "Loop", [ViewerKey.L], Toggles(ViewerRequest.Loop)),
        new("P", "Snapshot", [ViewerKey.P], Asks(ViewerRequest.Snapshot)),
        new("R", "Record", [ViewerKey.R], Toggles(ViewerRequest.Record)),
        new("F", "Full screen", [ViewerKey.F], Toggles(ViewerRequest.Fullscreen)),
        new("H", "Help", [ViewerKey.H], (c, _) => c.State.ShowHelp = !c.State.ShowHelp),
        new("Q", "Quit", [ViewerKey.Q], (c, _) => c.RequestQuit()),
        new("", "", [ViewerKey.Escape], (c, _) => c.Escape()),
    ];

    private static readonly Dictionary<ViewerKey, KeyCommand> Commands = All
        .SelectMany(command => command.Keys.Select(key => (key, command)))
        .ToDictionary(pair => pair.key, pair => pair.command);

    /// <summary>What a key does; null where it does nothing.</summary>
    public static KeyCommand? Find(ViewerKey key) => Commands.GetValueOrDefault(key);

    private static Action<ViewerController, ViewerKey> Asks(ViewerRequest request) =>
        (c, _) => c.Ask(request);

    private static Action<ViewerController, ViewerKey> Toggles(ViewerRequest request) =>
        (c, _) => c.Toggle(request);
}
