using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Import.Building;

/// <summary>
/// Row-major indices of the elements that a rearrangement takes, in the order in which it takes
/// them: how constants are transposed, sliced and broadcast.
/// </summary>
internal static class IndexWalk
{
    /// <summary>Of a tensor whose axes are put in another order.</summary>
    public static int[] Permutation(Shape shape, IntList order)
    {
        var strides = shape.Strides();
        int[] permuted = [.. order.Values.ToArray().Select(axis => strides[axis])];
        return Walk(Axes.Permute(shape, order).Sizes, 0, permuted);
    }

    /// <summary>Of a tensor that is broadcast to a shape (NumPy's rule).</summary>
    public static int[] Broadcast(Shape shape, Shape target)
    {
        var padded = Axes.WithRank(shape, target.Rank);
        var strides = padded.Strides();
        for (int i = 0; i < strides.Length; i++)
        {
            strides[i] = padded[i] == 1 ? 0 : strides[i];
        }

        return Walk(target.Sizes, 0, strides);
    }

    /// <summary>Of a part of a tensor.</summary>
    public static int[] Slice(
        Shape shape, ReadOnlySpan<int> starts, Shape sizes, ReadOnlySpan<int> steps)
    {
        var strides = shape.Strides();
        int offset = 0;
        for (int i = 0; i < strides.Length; i++)
        {
            offset += starts[i] * strides[i];
            strides[i] *= steps[i];
        }

        return Walk(sizes.Sizes, offset, strides);
    }

    /// <summary>Of a tensor of which some entries along an axis are taken.</summary>
    public static int[] Gather(Shape shape, int axis, ReadOnlySpan<int> entries)
    {
        int inner = checked((int)shape.Product(axis + 1, shape.Rank));
        int outer = checked((int)shape.Product(0, axis));
        var indices = new int[outer * entries.Length * inner];
        int at = 0;
        for (int o = 0; o < outer; o++)
        {
            foreach (int entry in entries)
            {
                for (int i = 0; i < inner; i++)
                {
                    indices[at++] = (((o * shape[axis]) + entry) * inner) + i;
                }
            }
        }

        return indices;
    }

    private static int[] Walk(ReadOnlySpan<int> sizes, int offset, ReadOnlySpan<int> strides)
    {
        var indices = new int[checked((int)new Shape(sizes).Count)];
        var counters = new int[sizes.Length];
        int index = offset;
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = index;
            for (int d = sizes.Length - 1; d >= 0; d--)
            {
                index += strides[d];
                if (++counters[d] < sizes[d])
                {
                    break;
                }

                index -= counters[d] * strides[d];
                counters[d] = 0;
            }
        }

        return indices;
    }
}
