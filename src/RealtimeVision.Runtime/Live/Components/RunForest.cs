namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The 8-connected components of a mask as a forest of runs: neighbouring pixels of a row that are
/// of one class. Keeps its memory from mask to mask.
/// </summary>
/// <remarks>
/// Runs are joined row by row in a union-find forest (He, Chao and Suzuki, "A run-based two-scan
/// labeling algorithm", 2008): one pass over the pixels, and then one over the runs.
/// </remarks>
internal sealed class RunForest
{
    private Run[] _runs = new Run[1024];
    private int _count;
    private int _above;
    private int _row;

    /// <summary>Every run, in the order of the mask; roots stand for their components.</summary>
    public ReadOnlySpan<Run> Runs => _runs.AsSpan(0, _count);

    /// <summary>Refuses a mask that has not the bytes of its size.</summary>
    /// <exception cref="ArgumentException">It has not width x height bytes.</exception>
    public static void Check(ReadOnlySpan<byte> mask, int width, int height)
    {
        if (mask.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"a mask of {width}x{height} has {(long)width * height} bytes, not {mask.Length}",
                nameof(mask));
        }
    }

    /// <summary>Begins a mask.</summary>
    /// <param name="runs">Runs to make room for ahead.</param>
    public void Begin(int runs = 0)
    {
        if (_runs.Length < runs)
        {
            _runs = new Run[runs];
        }

        (_count, _above, _row) = (0, 0, 0);
    }

    /// <summary>Adds a run to the row that is being read, right of those before.</summary>
    public void Add(int type, int begin, int end, int y)
    {
        if (_count == _runs.Length)
        {
            Array.Resize(ref _runs, 2 * _runs.Length);
        }

        _runs[_count] = new Run
        {
            Class = type,
            Root = _count,
            Begin = begin,
            End = end,
            Left = begin,
            Right = end,
            Top = y,
            Bottom = y + 1,
            Area = end - begin,
        };
        _count++;
    }

    /// <summary>Ends a row: joins its runs with those above that they touch, corners too.</summary>
    public void EndRow()
    {
        int start = _above;
        for (int j = _row; j < _count; j++)
        {
            while (start < _row && _runs[start].End < _runs[j].Begin)
            {
                start++;
            }

            for (int i = start; i < _row && _runs[i].Begin <= _runs[j].End; i++)
            {
                if (_runs[i].Class == _runs[j].Class)
                {
                    Unite(RootOf(i), RootOf(j));
                }
            }
        }

        (_above, _row) = (_row, _count);
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

    /// <summary>
    /// Pixels from Begin up to, not with, End; in a root also the box and the area of its
    /// component.
    /// </summary>
    public struct Run
    {
        public int Class;
        public int Root;
        public int Begin;
        public int End;
        public int Left;
        public int Right;
        public int Top;
        public int Bottom;
        public int Area;

        /// <summary>The component's box, in a root.</summary>
        public readonly PixelBox Box => new(Left, Top, Right - Left, Bottom - Top);
    }
}
