using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Elements of one tensor copied to another, where both are walked with strides of their own: what
/// Transpose, Concat, Slice, Pad and Expand come down to. Neighbouring dimensions that can be walked
/// as one are merged.
/// </summary>
/// <param name="Sizes">Turns of each loop, outermost first, in the target's order; at least one
/// loop.</param>
/// <param name="SourceStrides">Elements of the source between turns; negative where it is read
/// backwards, 0 where one element is repeated.</param>
/// <param name="TargetStrides">Elements of the target between turns.</param>
/// <param name="SourceOffset">Element of the source where the walk begins.</param>
/// <param name="TargetOffset">Element of the target where the walk begins.</param>
internal sealed partial record StridedCopy(
    int[] Sizes, int[] SourceStrides, int[] TargetStrides, int SourceOffset, int TargetOffset)
{
    /// <summary>Elements copied.</summary>
    public long Count => Product(0, Sizes.Length);

    /// <summary>
    /// True where the innermost loop of the target is the source's next to innermost and the other
    /// way round: a matrix is transposed, or many of them are.
    /// </summary>
    public bool IsTransposition =>
        Sizes.Length >= 2 && SourceStrides[^2] == 1 && SourceStrides[^1] is not (0 or 1) && TargetStrides[^1] == 1;

    /// <summary>Merges the dimensions of a walk.</summary>
    public static StridedCopy Of(
        ReadOnlySpan<int> sizes,
        ReadOnlySpan<int> sourceStrides,
        ReadOnlySpan<int> targetStrides,
        int sourceOffset = 0,
        int targetOffset = 0)
    {
        var (n, s, t) = (new List<int>(), new List<int>(), new List<int>());
        for (int d = 0; d < sizes.Length; d++)
        {
            if (sizes[d] == 1)
            {
                continue;
            }

            if (n.Count > 0 && s[^1] == sourceStrides[d] * sizes[d] && t[^1] == targetStrides[d] * sizes[d])
            {
                (n[^1], s[^1], t[^1]) = (n[^1] * sizes[d], sourceStrides[d], targetStrides[d]);
            }
            else
            {
                n.Add(sizes[d]);
                s.Add(sourceStrides[d]);
                t.Add(targetStrides[d]);
            }
        }

        if (n.Count == 0)
        {
            n.Add(1);
            s.Add(1);
            t.Add(1);
        }

        return new StridedCopy([.. n], [.. s], [.. t], sourceOffset, targetOffset);
    }

    private long Product(int from, int to)
    {
        long product = 1;
        for (int d = from; d < to; d++)
        {
            product *= Sizes[d];
        }

        return product;
    }

    /// <summary>True for elements of one or four bytes.</summary>
    public static bool CanMove(TensorType type) => type.Element.Size() is 1 or 4;
}
