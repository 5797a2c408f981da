namespace RealtimeVision.Runtime.Live;

/// <summary>A rectangle of pixels.</summary>
/// <param name="X">Left column.</param>
/// <param name="Y">Top row.</param>
/// <param name="Width">Columns; 0 where it is empty.</param>
/// <param name="Height">Rows; 0 where it is empty.</param>
public readonly record struct PixelBox(int X, int Y, int Width, int Height)
{
    /// <summary>True where it has no pixels.</summary>
    public bool IsEmpty => Width <= 0 || Height <= 0;

    /// <summary>Column after the last.</summary>
    public int Right => X + Width;

    /// <summary>Row after the last.</summary>
    public int Bottom => Y + Height;
}
