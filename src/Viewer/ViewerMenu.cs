namespace RealtimeVision.Viewer;

/// <summary>A choice.</summary>
/// <param name="Text">What it is.</param>
/// <param name="Detail">More of it; empty for nothing.</param>
/// <param name="IsCurrent">Whether it is what is in use.</param>
public sealed record ViewerMenuItem(string Text, string Detail = "", bool IsCurrent = false);

/// <summary>Choices that are shown over the picture, one of which is selected.</summary>
public sealed class ViewerMenu
{
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

    /// <summary>The first of the choices to show where only some fit.</summary>
    /// <param name="fit">How many fit.</param>
    public int FirstShown(int fit) =>
        Math.Clamp(Selected - (fit / 2), 0, Math.Max(Items.Count - fit, 0));
}
