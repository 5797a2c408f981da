namespace RealtimeVision.Runtime.Live;

/// <summary>A connected component of a mask of classes.</summary>
/// <param name="Class">The class of its pixels.</param>
/// <param name="Box">The smallest box around it, in pixels of the mask.</param>
/// <param name="Area">Its pixels.</param>
public readonly record struct MaskComponent(int Class, PixelBox Box, int Area);

/// <summary>
/// Finds the 8-connected components of a mask of classes: neighbours of one class. Keeps its memory
/// from call to call, so that a mask no more ragged than those before allocates nothing.
/// </summary>
/// <remarks>
/// Runs of equal pixels are joined row by row in a union-find forest (He, Chao and Suzuki, "A
/// run-based two-scan labeling algorithm", 2008).
/// </remarks>
public sealed class ComponentFinder
{
    private readonly MaskComponent[] _found;
    private Run[] _runs = new Run[1024];
    private int _count;

    /// <summary>Makes a finder.</summary>
    /// <param name="most">How many components it gives at most: the largest.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public ComponentFinder(int most = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        _found = new MaskComponent[most];
    }

    /// <summary>Finds the components, the largest first.</summary>
    /// <param name="mask">Height x width class indices, row-major.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="classes">
    /// Whether the class of that index counts; one beyond the end does not.
    /// </param>
    /// <param name="leastArea">Pixels that a component has at least.</param>
    /// <returns>The components; valid until the next call.</returns>
    /// <exception cref="ArgumentException">The mask has not width x height bytes.</exception>
    public ReadOnlySpan<MaskComponent> Find(
        ReadOnlySpan<byte> mask, int width, int height, ReadOnlySpan<bool> classes,
        int leastArea = 1)
    {
        if (mask.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"a mask of {width}x{height} has {(long)width * height} bytes, not {mask.Length}",
                nameof(mask));
        }

        _count = 0;
        int above = 0;
        for (int y = 0; y < height; y++)
        {
            int first = _count;
            AddRuns(mask.Slice(y * width, width), y, classes);
            Join(above, first);
            above = first;
        }

        return _found.AsSpan(0, Collect(leastArea));
    }

    private void AddRuns(ReadOnlySpan<byte> row, int y, ReadOnlySpan<bool> classes)
    {
        int x = 0;
        while (x < row.Length)
        {
            int begin = x;
            byte value = row[x];
            int length = row[x..].IndexOfAnyExcept(value);
            x = length < 0 ? row.Length : x + length;
            if (value >= classes.Length || !classes[value])
            {
                continue;
            }

            if (_count == _runs.Length)
            {
                Array.Resize(ref _runs, 2 * _runs.Length);
            }

            _runs[_count] = new Run
            {
                Class = value,
                Root = _count,
                Begin = begin,
                End = x,
                Left = begin,
                Right = x,
                Top = y,
                Bottom = y + 1,
                Area = x - begin,
            };
            _count++;
        }
    }

    /// <summary>Joins the runs of the newest row with those above, corners too.</summary>
    private void Join(int above, int first)
    {
        int start = above;
        for (int j = first; j < _count; j++)
        {
            while (start < first && _runs[start].End < _runs[j].Begin)
            {
                start++;
            }

            for (int i = start; i < first && _runs[i].Begin <= _runs[j].End; i++)
            {
                if (_runs[i].Class == _runs[j].Class)
                {
                    Unite(RootOf(i), RootOf(j));
                }
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

    /// <summary>The largest components, in order; of equal ones the first.</summary>
    private int Collect(int leastArea)
    {
        int found = 0;
        for (int i = 0; i < _count; i++)
        {
            ref Run run = ref _runs[i];
            if (run.Root != i || run.Area < leastArea)
            {
                continue;
            }

            int at = found;
            while (at > 0 && _found[at - 1].Area < run.Area)
            {
                at--;
            }

            if (at < _found.Length)
            {
                found = Math.Min(found + 1, _found.Length);
                _found.AsSpan(at, found - at - 1).CopyTo(_found.AsSpan(at + 1));
                _found[at] = new MaskComponent(
                    run.Class,
                    new PixelBox(run.Left, run.Top, run.Right - run.Left, run.Bottom - run.Top),
                    run.Area);
            }
        }

        return found;
    }

    /// <summary>
    /// Equal neighbours of a row, from Begin up to, not with, End; in a root also the box and the
    /// area of its component.
    /// </summary>
    private struct Run
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
    }
}
