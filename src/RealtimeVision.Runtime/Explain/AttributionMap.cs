namespace RealtimeVision.Runtime.Explain;

/// <summary>How much each pixel of a picture or clip counts for a class.</summary>
public sealed class AttributionMap
{
    /// <summary>Takes numbers, which are not copied.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="values">frames x height x width numbers, row by row.</param>
    /// <param name="isSigned">Whether a number below 0 speaks against the class.</param>
    /// <param name="frames">Frames of a clip; 1 for a picture.</param>
    /// <exception cref="ArgumentException">There are not as many numbers as pixels.</exception>
    public AttributionMap(int width, int height, float[] values, bool isSigned, int frames = 1)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (width < 1 || height < 1 || frames < 1
            || values.Length != (long)frames * width * height)
        {
            throw new ArgumentException(
                $"{values.Length} numbers do not make {frames} maps of {width}x{height}",
                nameof(values));
        }

        (Width, Height, Values, IsSigned, Frames) = (width, height, values, isSigned, frames);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Frames of a clip; 1 for a picture.</summary>
    public int Frames { get; }

    /// <summary>The numbers, row by row, frame by frame; what they are measured in is the method's.</summary>
    public float[] Values { get; }

    /// <summary>
    /// True where numbers below 0 speak against the class; false where they are 0 or above.
    /// </summary>
    public bool IsSigned { get; }

    /// <summary>The map of one frame of a clip.</summary>
    /// <param name="index">Which frame, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public AttributionMap OfFrame(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Frames);
        int size = Width * Height;
        return Frames == 1 ? this
            : new(Width, Height, Values.AsSpan(index * size, size).ToArray(), IsSigned);
    }

    /// <summary>
    /// The magnitude below which so many of them are; of the largest where that is 0.
    /// </summary>
    /// <param name="quantile">The share, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public float MagnitudeAt(double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);
        float[] sorted = Array.ConvertAll(Values, MathF.Abs);
        Array.Sort(sorted);
        float most = sorted[(int)Math.Round(quantile * (sorted.Length - 1))];
        return most > 0 ? most : sorted[^1];
    }

    /// <summary>
    /// The map in -1 to 1, or 0 to 1 without signs, to be shown. Few pixels of a gradient are far
    /// above all others: what lies above a quantile is cut off.
    /// </summary>
    /// <param name="quantile">The share of magnitudes up to which 1 is put.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public AttributionMap Normalised(double quantile = 1) => ScaledBy(MagnitudeAt(quantile));

    /// <summary>The map in -1 to 1, or 0 to 1 without signs, to be shown.</summary>
    /// <param name="most">The magnitude that 1 is put for, so that maps may share a scale; what lies
    /// above it is cut off. 0 for a map that is 0.</param>
    public AttributionMap ScaledBy(float most)
    {
        float scale = most > 0 ? 1 / most : 0;
        return new(
            Width, Height, Array.ConvertAll(Values, v => Math.Clamp(v * scale, -1, 1)), IsSigned,
            Frames);
    }

    /// <summary>
    /// The number at a place between pixels of the first frame, by distance to the four around it; beyond the edge it
    /// is the edge's.
    /// </summary>
    /// <param name="x">Columns from the left edge; the centre of the first is 0.5.</param>
    /// <param name="y">Rows from the upper edge; the centre of the first is 0.5.</param>
    public float At(float x, float y)
    {
        float column = Math.Clamp(x - 0.5f, 0, Width - 1);
        float row = Math.Clamp(y - 0.5f, 0, Height - 1);
        int left = (int)column, top = (int)row;
        int right = Math.Min(left + 1, Width - 1), bottom = Math.Min(top + 1, Height - 1);
        float across = column - left, down = row - top;
        float above = float.Lerp(Values[(top * Width) + left], Values[(top * Width) + right], across);
        float below = float.Lerp(
            Values[(bottom * Width) + left], Values[(bottom * Width) + right], across);
        return float.Lerp(above, below, down);
    }
}
