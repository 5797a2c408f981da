namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Finds the box of the largest 8-connected component of a mask. Keeps its memory from call to
/// call, so that a mask no larger than those before allocates nothing.
/// </summary>
public sealed class LargestSegment
{
    private readonly RunForest _forest = new();

    /// <summary>Pixels of the component that was found last; 0 where there was none.</summary>
    public int Area { get; private set; }

    /// <summary>
    /// The box of the component with the most pixels of at least <paramref name="threshold"/>; of
    /// several equal ones, the one that begins highest, then leftmost.
    /// </summary>
    /// <param name="mask">Height x width bytes, row-major.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="threshold">The least value of a pixel that belongs to a component.</param>
    /// <returns>The box in pixels of the mask; empty where no pixel belongs to one.</returns>
    /// <exception cref="ArgumentException">The mask has not width x height bytes.</exception>
    public PixelBox Find(ReadOnlySpan<byte> mask, int width, int height, byte threshold)
    {
        RunForest.Check(mask, width, height);
        // Runs are apart by at least a pixel, so a row has no more than this.
        _forest.Begin(checked(((width + 1) / 2) * height));
        for (int y = 0; y < height; y++)
        {
            AddRuns(mask.Slice(y * width, width), y, threshold);
            _forest.EndRow();
        }

        ReadOnlySpan<RunForest.Run> runs = _forest.Runs;
        PixelBox found = default;
        Area = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            if (runs[i].Root == i && runs[i].Area > Area)
            {
                (found, Area) = (runs[i].Box, runs[i].Area);
            }
        }

        return found;
    }

    private void AddRuns(ReadOnlySpan<byte> row, int y, byte threshold)
    {
        int x = 0;
        while (x < row.Length)
        {
            if (row[x] < threshold)
            {
                x++;
                continue;
            }

            int begin = x;
            while (x < row.Length && row[x] >= threshold)
            {
                x++;
            }

            _forest.Add(1, begin, x, y);
        }
    }
}
