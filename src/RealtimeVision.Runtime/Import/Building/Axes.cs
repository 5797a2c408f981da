using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Import.Building;

/// <summary>
/// Orders of axes. An order says for each dimension in memory which axis of the file's tensor it
/// is: a picture that the file has as [N, C, H, W] lies as [N, H, W, C] in the order [0, 2, 3, 1].
/// </summary>
internal static class Axes
{
    /// <summary>The file's own order.</summary>
    public static IntList Identity(int rank) => [.. Enumerable.Range(0, rank)];

    /// <summary>
    /// Batch, then places, then channels: how the kernels want pictures and sequences of [N, C,
    /// ...].
    /// </summary>
    public static IntList ChannelsLast(int rank) =>
        rank < 3 ? Identity(rank) : [0, .. Enumerable.Range(2, rank - 2), 1];

    /// <summary>Sizes in memory of a tensor that the file gives these sizes.</summary>
    public static Shape Permute(Shape shape, IntList order)
    {
        var sizes = new int[order.Count];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = shape[order[i]];
        }

        return new Shape(sizes);
    }

    /// <summary>The sizes with ones before them, up to a rank.</summary>
    public static Shape WithRank(Shape shape, int rank) =>
        new([.. Enumerable.Repeat(1, Math.Max(rank - shape.Rank, 0)), .. shape.Sizes]);

    /// <summary>The sizes without the ones before them.</summary>
    public static Shape WithoutLeadingOnes(Shape shape)
    {
        int ones = 0;
        while (ones < shape.Rank && shape[ones] == 1)
        {
            ones++;
        }

        return new Shape(shape.Sizes[ones..]);
    }

    /// <summary>For each axis the dimension in memory.</summary>
    public static int[] Inverse(IntList order)
    {
        var inverse = new int[order.Count];
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return inverse;
    }

    /// <summary>
    /// True where both orders put the elements of a tensor in one sequence: axes of size 1 may be
    /// anywhere.
    /// </summary>
    public static bool AreEquivalent(Shape shape, IntList a, IntList b) =>
        Significant(shape, a).SequenceEqual(Significant(shape, b));

    /// <summary>The axes in their order in memory, without those of size 1.</summary>
    public static IEnumerable<int> Significant(Shape shape, IntList order) =>
        order.Values.ToArray().Where(axis => shape[axis] != 1);
}
