namespace RealtimeVision.Viewer;

/// <summary>A choice.</summary>
/// <param name="Text">What it is.</param>
/// <param name="Detail">More of it; empty for nothing.</param>
/// <param name="IsCurrent">Whether it is what is in use.</param>
public sealed record ViewerMenuItem(string Text, string Detail = "", bool IsCurrent = false)
{
    /// <summary>What it belongs to, with those beside it; empty for nothing.</summary>
    public string Group { get; init; } = "";
}

/// <summary>Choices that are shown over the picture, one of which is selected.</summary>
public sealed class ViewerMenu
{
    // A turn of the wheel goes on by so many.
    private const int ScrolledItems = 3;

    private int? _first;
    private int _fit = int.MaxValue;

    /// <summary>Makes a menu; what is in use is selected.</summary>
    /// <param name="title">What is to be chosen.</param>
    /// <param name="items">The choices.</param>
    public ViewerMenu(string title, IReadOnlyList<ViewerMenuItem> items)
    {
        Title = title;
        Items = items;
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].IsCurrent)
            {
                Selected = i;
                break;
            }
        }
    }

    /// <summary>What is to be chosen.</summary>
    public string Title { get; }

    /// <summary>The choices.</summary>
    public IReadOnlyList<ViewerMenuItem> Items { get; }

    /// <summary>What else can be done, below the choices; empty for nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>Index of the choice that is selected.</summary>
    public int Selected { get; private set; }

    /// <summary>Selects one; an index that there is not changes nothing.</summary>
    public void Select(int index) =>
        Selected = index >= 0 && index < Items.Count ? index : Selected;

    /// <summary>Goes down, or up where negative; from the last to the first.</summary>
    public void Move(int steps) =>
        Selected = Items.Count == 0
            ? 0
            : (((Selected + steps) % Items.Count) + Items.Count) % Items.Count;

    /// <summary>Goes on or back through choices of which only some fit; else as <see
    /// cref="Move"/>.</summary>
    /// <param name="steps">Down, or up where negative.</param>
    public void Scroll(int steps)
    {
        if (Items.Count <= _fit || _first is not { } first)
        {
            Move(steps);
            return;
        }

        first = Math.Clamp(first + (steps * ScrolledItems), 0, Items.Count - _fit);
        _first = first;
        Selected = Math.Clamp(Selected, first, first + _fit - 1);
    }

    /// <summary>
    /// The first of the choices to show where only some fit: what is selected is among them, and
    /// they stay where they are while that is so.
    /// </summary>
    /// <param name="fit">How many fit.</param>
    public int FirstShown(int fit)
    {
        _fit = fit;
        int first = _first ?? Selected - (fit / 2);
        first = Math.Clamp(first, Math.Max(Selected - fit + 1, 0), Selected);
        first = Math.Clamp(first, 0, Math.Max(Items.Count - fit, 0));
        _first = first;
        return first;
    }
}
