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
public sealed class ComponentFinder
{
    private readonly MaskComponent[] _found;
    private readonly RunForest _forest = new();

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
        RunForest.Check(mask, width, height);
        _forest.Begin();
        for (int y = 0; y < height; y++)
        {
            AddRuns(mask.Slice(y * width, width), y, classes);
            _forest.EndRow();
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
            if (value < classes.Length && classes[value])
            {
                _forest.Add(value, begin, x, y);
            }
        }
    }

    /// <summary>The largest components, in order; of equal ones the first.</summary>
    private int Collect(int leastArea)
    {
        int found = 0;
        ReadOnlySpan<RunForest.Run> runs = _forest.Runs;
        for (int i = 0; i < runs.Length; i++)
        {
            ref readonly RunForest.Run run = ref runs[i];
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
                _found[at] = new MaskComponent(run.Class, run.Box, run.Area);
            }
        }

        return found;
    }
}
