using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A tensor as groups of elements that are normalised together: [N, P, C], where the C neighbours
/// are G runs of K elements, and a group is run g of all P places of one n.
/// </summary>
/// <param name="N">Independent parts.</param>
/// <param name="P">Places of a part.</param>
/// <param name="G">Groups of a part.</param>
/// <param name="K">Neighbours of a place that are in one group.</param>
internal readonly record struct NormGroups(int N, int P, int G, int K)
{
    /// <summary>Elements of a place: from one to the next.</summary>
    public int C => checked(G * K);

    /// <summary>Number of groups.</summary>
    public int Count => checked(N * G);

    /// <summary>Elements of a group.</summary>
    public long Length => (long)P * K;

    /// <summary>Elements of a part.</summary>
    public long PartLength => (long)P * C;

    /// <summary>
    /// The groups that reduced dimensions make; null where they alternate with the others too often
    /// for the four sizes.
    /// </summary>
    public static NormGroups? Of(Shape shape, ReadOnlySpan<bool> isReduced)
    {
        // N and G are of dimensions that stay, P and K of reduced ones.
        Span<int> sizes = [1, 1, 1, 1];
        int slot = 0;
        for (int d = 0; d < shape.Rank; d++)
        {
            if (shape[d] == 1)
            {
                continue;
            }

            if (slot % 2 == (isReduced[d] ? 0 : 1))
            {
                slot++;
            }

            if (slot > 3)
            {
                return null;
            }

            sizes[slot] = checked(sizes[slot] * shape[d]);
        }

        // Reduced dimensions with nothing after them are neighbours in memory.
        return slot == 1
            ? new NormGroups(sizes[0], 1, 1, sizes[1])
            : new NormGroups(sizes[0], sizes[1], sizes[2], sizes[3]);
    }
}
