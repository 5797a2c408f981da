namespace RealtimeVision.Runtime.Explain;

/// <summary>How much each pixel of a picture counts for a class.</summary>
public sealed class AttributionMap
{
    /// <summary>Takes numbers, which are not copied.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="values">height x width numbers, row by row.</param>
    /// <param name="isSigned">Whether a number below 0 speaks against the class.</param>
    /// <exception cref="ArgumentException">There are not as many numbers as pixels.</exception>
    public AttributionMap(int width, int height, float[] values, bool isSigned)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (width < 1 || height < 1 || values.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"{values.Length} numbers do not make a map of {width}x{height}", nameof(values));
        }

        (Width, Height, Values, IsSigned) = (width, height, values, isSigned);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The numbers, row by row; what they are measured in is the method's.</summary>
    public float[] Values { get; }

    /// <summary>
    /// True where numbers below 0 speak against the class; false where they are 0 or above.
    /// </summary>
    public bool IsSigned { get; }

    /// <summary>
    /// The map in -1 to 1, or 0 to 1 without signs, to be shown. Few pixels of a gradient are far
    /// above all others: what lies above a quantile is cut off.
    /// </summary>
    /// <param name="quantile">The share of magnitudes up to which 1 is put.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not from 0 to 1.</exception>
    public AttributionMap Normalised(double quantile = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1);
        float[] sorted = Array.ConvertAll(Values, MathF.Abs);
        Array.Sort(sorted);
        float most = sorted[(int)Math.Round(quantile * (sorted.Length - 1))];
        most = most > 0 ? most : sorted[^1];
        float scale = most > 0 ? 1 / most : 0;
        return new(
            Width, Height, Array.ConvertAll(Values, v => Math.Clamp(v * scale, -1, 1)), IsSigned);
    }

    /// <summary>
    /// The number at a place between pixels, by distance to the four around it; beyond the edge it
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
