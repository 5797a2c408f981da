using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A tensor whose every dimension takes its entries from those of the source in any order, and as
/// often as it likes: what padding by repetition comes down to. The source's place of an element
/// is the sum of one table entry a dimension. Neighbouring dimensions that keep their entries as
/// they are are merged.
/// </summary>
/// <param name="Sizes">Turns of each loop, outermost first; at least one.</param>
/// <param name="Table">
/// For each loop, one loop after the other, the source's elements before each entry.
/// </param>
/// <param name="Run">Elements of an entry of the innermost loop, which lie together.</param>
internal sealed partial record TableCopy(int[] Sizes, int[] Table, int Run)
{
    /// <summary>Elements copied.</summary>
    public long Count => Sizes.Aggregate((long)Run, (product, size) => product * size);

    /// <summary>The copy for entries of each dimension of a source.</summary>
    /// <param name="source">Sizes of the source.</param>
    /// <param name="entries">For each dimension the source's entry for each of the target.</param>
    public static TableCopy Of(Shape source, IReadOnlyList<int[]> entries)
    {
        var strides = source.Strides();
        int run = 1;
        int last = source.Rank - 1;
        for (; last >= 0 && IsWhole(last); last--)
        {
            run *= source[last];
        }

        // Dimensions that change nothing are merged into one loop.
        var sizes = new List<int>();
        var tables = new List<int[]>();
        for (int d = 0; d <= last;)
        {
            int end = d + 1;
            int size = source[d];
            bool isWhole = IsWhole(d);
            for (; isWhole && end <= last && IsWhole(end); end++)
            {
                size *= source[end];
            }

            int stride = strides[end - 1];
            tables.Add(isWhole
                ? [.. Enumerable.Range(0, size).Select(i => i * stride)]
                : Array.ConvertAll(entries[d], i => i * stride));
            sizes.Add(tables[^1].Length);
            d = end;
        }

        return sizes.Count > 0
            ? new TableCopy([.. sizes], [.. tables.SelectMany(t => t)], run)
            : new TableCopy([1], [0], run);

        bool IsWhole(int d) =>
            entries[d].Length == source[d] && !entries[d].Where((entry, i) => entry != i).Any();
    }
}
