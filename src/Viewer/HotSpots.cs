using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>What a click does.</summary>
public enum HotSpotKind
{
    /// <summary>The picture of a stream: a click makes it the one that keys are about.</summary>
    Stream,

    /// <summary>The line between video and overlay, which can be dragged.</summary>
    Split,

    /// <summary>The bar of time, along which can be sought.</summary>
    Seek,

    /// <summary>An item of the menu.</summary>
    MenuItem,
}

/// <summary>A rectangle that can be clicked.</summary>
/// <param name="Kind">What a click does.</param>
/// <param name="Index">Which of several it is.</param>
/// <param name="Rectangle">Left, top, width and height in pixels.</param>
public readonly record struct HotSpot(HotSpotKind Kind, int Index, Vector4 Rectangle)
{
    /// <summary>Whether a place lies within.</summary>
    public bool Contains(float x, float y) =>
        x >= Rectangle.X && y >= Rectangle.Y
        && x < Rectangle.X + Rectangle.Z && y < Rectangle.Y + Rectangle.W;

    /// <summary>How far right a place lies: 0 at the left edge, 1 at the right one.</summary>
    public float Along(float x) => Math.Clamp((x - Rectangle.X) / Rectangle.Z, 0, 1);
}

/// <summary>
/// What of a picture can be clicked: a renderer lists it as it draws, in the order of drawing.
/// </summary>
public sealed class HotSpots
{
    private readonly List<HotSpot> _spots = new(64);

    /// <summary>All of them, the lowest first.</summary>
    public IReadOnlyList<HotSpot> All => _spots;

    /// <summary>Forgets them.</summary>
    public void Clear() => _spots.Clear();

    /// <summary>Lists one more, above those before.</summary>
    public void Add(HotSpotKind kind, int index, Vector4 rectangle) =>
        _spots.Add(new HotSpot(kind, index, rectangle));

    /// <summary>The uppermost at a place; null where there is none.</summary>
    public HotSpot? At(float x, float y)
    {
        for (int i = _spots.Count - 1; i >= 0; i--)
        {
            if (_spots[i].Contains(x, y))
            {
                return _spots[i];
            }
        }

        return null;
    }

    /// <summary>The uppermost of a kind; null where there is none.</summary>
    public HotSpot? Of(HotSpotKind kind)
    {
        for (int i = _spots.Count - 1; i >= 0; i--)
        {
            if (_spots[i].Kind == kind)
            {
                return _spots[i];
            }
        }

        return null;
    }
}
