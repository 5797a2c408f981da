namespace RealtimeVision.Viewer;

/// <summary>Keys that the viewer knows, by what is printed on them.</summary>
public enum ViewerKey
{
    /// <summary>Key 1.</summary>
    D1,

    /// <summary>Key 2.</summary>
    D2,

    /// <summary>Key 3.</summary>
    D3,

    /// <summary>Key 4.</summary>
    D4,

    /// <summary>Key 5.</summary>
    D5,

    /// <summary>Key 6.</summary>
    D6,

    /// <summary>
    /// Plus, also on the number pad, and the unshifted key of plus on US keyboards.
    /// </summary>
    Plus,

    /// <summary>Minus, also on the number pad.</summary>
    Minus,

    /// <summary>Arrow up.</summary>
    Up,

    /// <summary>Arrow down.</summary>
    Down,

    /// <summary>Arrow right.</summary>
    Right,

    /// <summary>Space bar.</summary>
    Space,

    /// <summary>Escape.</summary>
    Escape,

    /// <summary>Letter B.</summary>
    B,

    /// <summary>Letter E.</summary>
    E,

    /// <summary>Letter F.</summary>
    F,

    /// <summary>Letter H.</summary>
    H,

    /// <summary>Letter M.</summary>
    M,

    /// <summary>Letter P.</summary>
    P,

    /// <summary>Letter Q.</summary>
    Q,

    /// <summary>Letter R.</summary>
    R,

    /// <summary>Letter S.</summary>
    S,

    /// <summary>Letter U.</summary>
    U,
}

/// <summary>
/// Turns keys into changes of a <see cref="ViewerState"/>, and into requests that the live loop
/// takes when it is ready. It calls nobody: the loop asks.
/// </summary>
public sealed class ViewerController(ViewerState state)
{
    private const float OpacityStep = 0.1f;

    private bool _snapshot;
    private bool _record;
    private bool _fullscreen;
    private bool _background;
    private bool _refine;
    private int _steps;

    /// <summary>The keys and what they do, in the order of the help panel.</summary>
    public static IReadOnlyList<(string Keys, string Action)> Help { get; } =
    [
        ("M", "Next overlay"),
        ("1 \u2013 6", "Off, mask, contours, both, mask only, heat map"),
        ("+  \u2212", "Opacity"),
        ("B", "Next background"),
        ("E", "Edges refined or not"),
        ("Space", "Pause"),
        ("S", "Step one frame"),
        ("P", "Snapshot"),
        ("R", "Record"),
        ("U", "Numbers and labels"),
        ("F", "Full screen"),
        ("H", "Help"),
        ("Q", "Quit"),
    ];

    /// <summary>True once the user wants to end.</summary>
    public bool QuitRequested { get; private set; }

    /// <summary>True while a snapshot is wanted.</summary>
    public bool SnapshotRequested => _snapshot;

    /// <summary>
    /// True while recording shall start, or end where <see cref="ViewerState.Recording"/>.
    /// </summary>
    public bool RecordToggled => _record;

    /// <summary>True while a step is wanted.</summary>
    public bool StepRequested => _steps > 0;

    /// <summary>True while a change between window and full screen is wanted.</summary>
    public bool FullscreenToggled => _fullscreen;

    /// <summary>Does what a key means.</summary>
    /// <param name="key">The key.</param>
    /// <param name="repeated">
    /// True where the key is held and repeats: then it only steps or changes the opacity.
    /// </param>
    public void Press(ViewerKey key, bool repeated = false)
    {
        switch (key)
        {
            case ViewerKey.Plus or ViewerKey.Up:
                ChangeOpacity(OpacityStep);
                return;
            case ViewerKey.Minus or ViewerKey.Down:
                ChangeOpacity(-OpacityStep);
                return;
            case ViewerKey.S or ViewerKey.Right:
                // A step only makes sense while the stream stands still: it stops it.
                state.Paused = true;
                _steps++;
                return;
        }

        if (repeated)
        {
            return;
        }

        switch (key)
        {
            case >= ViewerKey.D1 and <= ViewerKey.D6:
                state.Mode = (OverlayMode)(key - ViewerKey.D1);
                break;
            case ViewerKey.M:
                state.Mode = (OverlayMode)(((int)state.Mode + 1) % 6);
                break;
            case ViewerKey.H:
                state.ShowHelp = !state.ShowHelp;
                break;
            case ViewerKey.U:
                state.ShowHud = !state.ShowHud;
                break;
            case ViewerKey.Space:
                state.Paused = !state.Paused;
                _steps = 0;
                break;
            case ViewerKey.P:
                _snapshot = true;
                break;
            case ViewerKey.B:
                _background = true;
                break;
            case ViewerKey.E:
                _refine = !_refine;
                break;
            case ViewerKey.R:
                _record = !_record;
                break;
            case ViewerKey.F:
                _fullscreen = !_fullscreen;
                break;
            case ViewerKey.Escape when state.ShowHelp:
                state.ShowHelp = false;
                break;
            case ViewerKey.Q or ViewerKey.Escape:
                QuitRequested = true;
                break;
        }
    }

    /// <summary>Asks to end, as when the window is closed.</summary>
    public void RequestQuit() => QuitRequested = true;

    /// <summary>Takes the wish for a snapshot: true once for each.</summary>
    public bool TakeSnapshotRequest() => Take(ref _snapshot);

    /// <summary>Takes the wish to start or end recording: true once for each.</summary>
    public bool TakeRecordToggle() => Take(ref _record);

    /// <summary>Takes the wish for full screen or window: true once for each.</summary>
    public bool TakeFullscreenToggle() => Take(ref _fullscreen);

    /// <summary>Takes the wish for the next background: true once for each.</summary>
    public bool TakeBackgroundRequest() => Take(ref _background);

    /// <summary>Takes the wish for edges refined, or not any more: true once for each.</summary>
    public bool TakeRefineToggle() => Take(ref _refine);

    /// <summary>Takes one step that was asked for: true once for each press.</summary>
    public bool TakeStepRequest()
    {
        if (_steps == 0)
        {
            return false;
        }

        _steps--;
        return true;
    }

    private static bool Take(ref bool request)
    {
        bool wanted = request;
        request = false;
        return wanted;
    }

    /// <summary>In whole tenths, so that ten steps down from 1 end at 0 exactly.</summary>
    private void ChangeOpacity(float step) =>
        state.Opacity = MathF.Round((state.Opacity + step) * 10) / 10;
}
