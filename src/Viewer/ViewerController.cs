namespace RealtimeVision.Viewer;

/// <summary>What keys ask of the live loop, which takes it when it is ready.</summary>
public enum ViewerRequest
{
    /// <summary>A snapshot.</summary>
    Snapshot,

    /// <summary>Recording shall start, or end where <see cref="ViewerState.Recording"/>.</summary>
    Record,

    /// <summary>Between window and full screen.</summary>
    Fullscreen,

    /// <summary>The next background.</summary>
    NextBackground,

    /// <summary>Edges refined, or not any more.</summary>
    RefineEdges,

    /// <summary>A file begins anew at its end, or does not any more.</summary>
    Loop,

    /// <summary>What was taught last shall be undone.</summary>
    UndoLesson,

    /// <summary>What was taught shall be saved as a model.</summary>
    SaveLesson,

    /// <summary>The menu of sources.</summary>
    Sources,

    /// <summary>The menu of models.</summary>
    Models,

    /// <summary>The menu of devices.</summary>
    Devices,

    /// <summary>The menu of the networks' layers.</summary>
    Layers,

    /// <summary>The map of the next class.</summary>
    NextClass,
}

/// <summary>
/// Turns keys and mouse into changes of a <see cref="ViewerState"/>, and into requests that the
/// live loop takes when it is ready. It calls nobody: the loop asks.
/// </summary>
public sealed class ViewerController(ViewerState state)
{
    private const float OpacityStep = 0.1f;
    private static readonly TimeSpan SeekStep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DoubleClick = TimeSpan.FromMilliseconds(400);

    private readonly bool[] _requests = new bool[Enum.GetValues<ViewerRequest>().Length];
    private HotSpot? _dragged;
    private TimeSpan? _lastClick;
    private int _steps;
    private int _smoothing;
    private int? _choice;
    private TimeSpan? _seek;
    private string? _source;

    /// <summary>The keys and what they do, in the order of the help panel.</summary>
    public static IReadOnlyList<(string Keys, string Action)> Help { get; } =
        [.. KeyMap.All.Where(c => c.Caption.Length > 0).Select(c => (c.Caption, c.Action))];

    /// <summary>What is changed.</summary>
    public ViewerState State { get; } = state;

    /// <summary>True once the user wants to end.</summary>
    public bool QuitRequested { get; private set; }

    /// <summary>The number that is held to teach its class; null for none.</summary>
    public int? HeldNumber { get; private set; }

    /// <summary>Does what a key means.</summary>
    /// <param name="key">The key.</param>
    /// <param name="repeated">
    /// True where the key is held and repeats: then it only does what is done in steps.
    /// </param>
    public void Press(ViewerKey key, bool repeated = false)
    {
        if (State.ShowHelp && key is (ViewerKey.Up or ViewerKey.Down))
        {
            ScrollHelp(key == ViewerKey.Up ? -1 : 1);
            return;
        }

        if (State.Menu is { } menu && PressInMenu(menu, key))
        {
            return;
        }

        if (State.IsTeaching && key is >= ViewerKey.D1 and <= ViewerKey.D9)
        {
            HeldNumber = key - ViewerKey.D1 + 1;
        }
        else if (KeyMap.Find(key) is { } command && (command.Repeats || !repeated))
        {
            command.Do(this, key);
        }
    }

    /// <summary>A key goes up.</summary>
    public void Release(ViewerKey key)
    {
        if (HeldNumber == key - ViewerKey.D1 + 1)
        {
            HeldNumber = null;
        }
    }

    /// <summary>The mouse is somewhere else.</summary>
    /// <param name="x">Pixels from the left edge of the picture.</param>
    /// <param name="y">Pixels from its upper edge.</param>
    public void MoveTo(float x, float y)
    {
        State.Cursor = (x, y);
        if (_dragged is { } dragged)
        {
            Drag(dragged, x);
        }
        else if (State.Menu is { } menu
            && State.HotSpots.At(x, y) is { Kind: HotSpotKind.MenuItem } item)
        {
            menu.Select(item.Index);
        }
    }

    /// <summary>The mouse has left the window.</summary>
    public void Leave()
    {
        State.Cursor = null;
        _dragged = null;
    }

    /// <summary>The mouse's button goes down.</summary>
    /// <param name="now">Any clock that only goes forward.</param>
    public void PressButton(TimeSpan now)
    {
        if (State.Cursor is not var (x, y))
        {
            return;
        }

        bool isSecond = _lastClick is { } last && now - last < DoubleClick;
        _lastClick = isSecond ? null : now;
        HotSpot? hit = State.HotSpots.At(x, y);
        if (State.Menu is { } menu)
        {
            if (hit is { Kind: HotSpotKind.MenuItem } item)
            {
                menu.Select(item.Index);
                _choice = item.Index;
            }
            else
            {
                State.Menu = null;
            }
        }
        else if (hit is { Kind: HotSpotKind.Split or HotSpotKind.Seek } bar)
        {
            _dragged = bar;
            Drag(bar, x);
        }
        else if (hit is { Kind: HotSpotKind.Stream } stream)
        {
            State.Focus = stream.Index;
            State.IsMaximised = isSecond ? !State.IsMaximised : State.IsMaximised;
        }
    }

    /// <summary>The mouse's button goes up.</summary>
    public void ReleaseButton() => _dragged = null;

    /// <summary>The mouse's wheel is turned.</summary>
    /// <param name="steps">Up where positive.</param>
    public void Scroll(float steps)
    {
        if (State.ShowHelp)
        {
            ScrollHelp(-Math.Sign(steps));
        }
        else if (State.Menu is { } menu)
        {
            menu.Scroll(-Math.Sign(steps));
        }
        else
        {
            ChangeOpacity(Math.Sign(steps));
        }
    }

    /// <summary>A file was dropped on the window, or a path or URL pasted.</summary>
    /// <param name="text">What it is; of several lines the first counts.</param>
    public void Offer(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string line = text.Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(l => l.Length > 0, "").Trim('"');
        if (line.Length > 0)
        {
            // File managers copy files as URLs.
            _source = line.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
                && Uri.TryCreate(line, UriKind.Absolute, out Uri? url)
                    ? url.LocalPath
                    : line;
        }
    }

    /// <summary>Takes the source that was dropped or pasted; null for none.</summary>
    public string? TakeSource() => Interlocked.Exchange(ref _source, null);

    /// <summary>Asks to end, as when the window is closed.</summary>
    public void RequestQuit() => QuitRequested = true;

    /// <summary>Whether something is asked for, without taking it.</summary>
    public bool IsAsked(ViewerRequest request) => _requests[(int)request];

    /// <summary>Takes a request: true once for each.</summary>
    public bool Take(ViewerRequest request)
    {
        bool wanted = _requests[(int)request];
        _requests[(int)request] = false;
        return wanted;
    }

    /// <summary>Takes one step that was asked for: true once for each press.</summary>
    public bool TakeStep()
    {
        if (_steps == 0)
        {
            return false;
        }

        _steps--;
        return true;
    }

    /// <summary>
    /// Takes by how many steps smoothing shall be stronger; negative for weaker, 0 for as it is.
    /// </summary>
    public int TakeSmoothing() => Interlocked.Exchange(ref _smoothing, 0);

    /// <summary>Takes the time to which <see cref="ViewerState.Stream"/> shall go.</summary>
    public TimeSpan? TakeSeek()
    {
        TimeSpan? wanted = _seek;
        _seek = null;
        return wanted;
    }

    /// <summary>Takes what was chosen of <see cref="ViewerState.Menu"/>, and closes it.</summary>
    /// <param name="menu">The menu.</param>
    /// <param name="index">The choice.</param>
    /// <returns>False where nothing was chosen.</returns>
    public bool TryTakeChoice(
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ViewerMenu? menu, out int index)
    {
        (menu, index) = (State.Menu, _choice ?? 0);
        bool isMade = _choice is { } choice && menu is not null && choice < menu.Items.Count;
        _choice = null;
        State.Menu = isMade ? null : State.Menu;
        return isMade;
    }

    internal void Ask(ViewerRequest request) => _requests[(int)request] = true;

    internal void Toggle(ViewerRequest request) =>
        _requests[(int)request] = !_requests[(int)request];

    internal void NextView() => State.View = Views.After(State.View, State.Stream);

    internal void ChooseView(int index) =>
        State.View = index < Views.All.Count ? Views.All[index] : State.View;

    /// <summary>In whole tenths, so that ten steps down from 1 end at 0 exactly.</summary>
    internal void ChangeOpacity(int steps) =>
        State.Opacity = MathF.Round((State.Opacity + (steps * OpacityStep)) * 10) / 10;

    internal void ChangeSmoothing(int steps) => _smoothing += steps;

    internal void NextStream() => State.Focus = (State.Focus + 1) % State.Streams.Count;

    internal void ToggleTeaching()
    {
        State.IsTeaching = State.CanTeach && !State.IsTeaching;
        HeldNumber = null;
    }

    internal void TogglePause()
    {
        State.Paused = !State.Paused;
        _steps = 0;
    }

    /// <summary>A step only makes sense while the stream stands still: it stops it.</summary>
    internal void Step()
    {
        State.Paused = true;
        _steps++;
    }

    internal void SeekBy(int steps)
    {
        if (State.Paused && steps > 0)
        {
            _steps++;
        }
        else if (State.Stream.Position is { } position)
        {
            TimeSpan to = (_seek ?? position.At) + (steps * SeekStep);
            _seek = to < TimeSpan.Zero ? TimeSpan.Zero
                : to > position.Duration ? position.Duration
                : to;
        }
    }

    /// <summary>Closes what is open; the last one ends the program.</summary>
    internal void Escape()
    {
        if (State.ShowHelp)
        {
            State.ShowHelp = false;
        }
        else
        {
            QuitRequested = true;
        }
    }

    private void ScrollHelp(int steps) => State.HelpScroll = Math.Max(State.HelpScroll + steps, 0);

    /// <summary>Whether a key was meant for the menu.</summary>
    private bool PressInMenu(ViewerMenu menu, ViewerKey key)
    {
        switch (key)
        {
            case ViewerKey.Up or ViewerKey.Down:
                menu.Move(key == ViewerKey.Up ? -1 : 1);
                return true;
            case ViewerKey.Enter or ViewerKey.Space or ViewerKey.Right:
                _choice = menu.Selected;
                return true;
            case >= ViewerKey.D1 and <= ViewerKey.D9:
                menu.Select(key - ViewerKey.D1);
                return true;
            case ViewerKey.Escape or ViewerKey.Left:
                State.Menu = null;
                return true;
            default:
                return false;
        }
    }

    private void Drag(HotSpot bar, float x)
    {
        if (bar.Kind == HotSpotKind.Seek)
        {
            _seek = State.Stream.Position is { } position
                ? position.Duration * bar.Along(x)
                : null;
            return;
        }

        foreach (HotSpot spot in State.HotSpots.All)
        {
            if (spot.Kind == HotSpotKind.Stream && spot.Index == bar.Index)
            {
                State.Split = spot.Along(x);
                return;
            }
        }
    }
}
