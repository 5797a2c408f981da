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

/// <summary>
/// Finds the box of the largest 8-connected component of a mask. Keeps its memory from call to
/// call, so that a mask no larger than those before allocates nothing.
/// </summary>
/// <remarks>
/// Components are joined from runs of pixels, row by row, in a union-find forest (He, Chao and
/// Suzuki, "A run-based two-scan labeling algorithm", 2008): one pass over the pixels, and then one
/// over the runs.
/// </remarks>
public sealed class LargestSegment
{
    private Run[] _runs = [];

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
        if (mask.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"a mask of {width}x{height} has {(long)width * height} bytes, not {mask.Length}",
                nameof(mask));
        }

        // Runs are apart by at least a pixel, so a row has no more than this.
        int most = checked(((width + 1) / 2) * height);
        if (_runs.Length < most)
        {
            _runs = new Run[most];
        }

        int count = 0;
        int above = 0;
        for (int y = 0; y < height; y++)
        {
            int first = count;
            count = FindRuns(mask.Slice(y * width, width), y, threshold, count);
            Join(above, first, count);
            above = first;
        }

        return LargestOf(count);
    }

    private int FindRuns(ReadOnlySpan<byte> row, int y, byte threshold, int count)
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

            _runs[count] = new Run
            {
                Root = count,
                Left = begin,
                Right = x,
                Top = y,
                Bottom = y + 1,
                Area = x - begin,
                Begin = begin,
                End = x,
            };
            count++;
        }

        return count;
    }

    /// <summary>Joins the runs of a row with those above that they touch, corners too.</summary>
    private void Join(int above, int first, int end)
    {
        int i = above;
        int j = first;
        while (i < first && j < end)
        {
            if (_runs[i].Begin <= _runs[j].End && _runs[j].Begin <= _runs[i].End)
            {
                Unite(RootOf(i), RootOf(j));
            }

            if (_runs[i].End < _runs[j].End)
            {
                i++;
            }
            else
            {
                j++;
            }
        }
    }

    // The earlier run becomes the root, so that roots are the first runs of components.
    private void Unite(int a, int b)
    {
        if (a == b)
        {
            return;
        }

        (a, b) = (Math.Min(a, b), Math.Max(a, b));
        ref Run root = ref _runs[a];
        ref Run other = ref _runs[b];
        other.Root = a;
        root.Area += other.Area;
        root.Left = Math.Min(root.Left, other.Left);
        root.Right = Math.Max(root.Right, other.Right);
        root.Top = Math.Min(root.Top, other.Top);
        root.Bottom = Math.Max(root.Bottom, other.Bottom);
    }

    private int RootOf(int run)
    {
        while (_runs[run].Root != run)
        {
            // Path halving.
            _runs[run].Root = _runs[_runs[run].Root].Root;
            run = _runs[run].Root;
        }

        return run;
    }

    private PixelBox LargestOf(int count)
    {
        Area = 0;
        int best = -1;
        for (int i = 0; i < count; i++)
        {
            if (_runs[i].Root == i && _runs[i].Area > Area)
            {
                best = i;
                Area = _runs[i].Area;
            }
        }

        if (best < 0)
        {
            return default;
        }

        Run found = _runs[best];
        return new PixelBox(
            found.Left, found.Top, found.Right - found.Left, found.Bottom - found.Top);
    }

    /// <summary>
    /// Neighbouring pixels of a row, from Begin up to, not with, End; in a root also the box and
    /// the area of its component.
    /// </summary>
    private struct Run
    {
        public int Root;
        public int Begin;
        public int End;
        public int Left;
        public int Right;
        public int Top;
        public int Bottom;
        public int Area;
    }
}
