using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Parts of tensors, and tensors with something around them.</summary>
internal static class Slicing
{
    private const int BeginMask = 0;
    private const int EndMask = 1;
    private const int EllipsisMask = 2;
    private const int NewAxisMask = 3;
    private const int ShrinkMask = 4;

    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of("SLICE", Slice),
        TfLiteMapper.Of("STRIDED_SLICE", StridedSlice, StridedSliceRefusal),
        TfLiteMapper.Of("PAD", n => Pad(n, 0)),
        TfLiteMapper.Of("PADV2", n => Pad(n, n.Input(2) is HostTensor { Count: 1 } value
            ? value.Floats[0]
            : throw TfLiteContext.Unsupported("what it pads with depends on data"))),
        TfLiteMapper.Of("MIRROR_PAD", MirrorPad),
    ];

    private static GraphTensor Slice(TfLiteContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        int[] starts = Each(n, 1, x.Rank, "its starts");
        int[] sizes = Each(n, 2, x.Rank, "its sizes");
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = sizes[i] < 0 ? x.Shape[i] - starts[i] : sizes[i];
        }

        return n.Graph.Slice(x, starts, new Shape(sizes), Ones(x.Rank));
    }

    private static string? StridedSliceRefusal(TfLiteNode node) =>
        node.Int(EllipsisMask, "ellipsis_mask") != 0 ? "ellipsis_mask is not supported"
        : node.Int(NewAxisMask, "new_axis_mask") != 0 ? "new_axis_mask is not supported"
        : node.Flag(5, "offset") ? "ends that count from the starts are not supported"
        : null;

    // A bit of a mask is an axis: from or to its end, or one entry of it, the axis left out.
    private static GraphTensor StridedSlice(TfLiteContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        int[] begins = n.Ints(1, "its starts");
        int[] ends = n.Ints(2, "its ends");
        int[] strides = n.Ints(3, "its strides");
        if (begins.Length > x.Rank || ends.Length != begins.Length
            || strides.Length != begins.Length || strides.Contains(0))
        {
            throw n.Node.Bad(
                $"{begins.Length} starts, {ends.Length} ends and strides "
                + $"[{string.Join(", ", strides)}] do not fit {x.Shape}");
        }

        var starts = new int[x.Rank];
        int[] steps = Ones(x.Rank);
        int[] sizes = [.. x.Shape.Sizes];
        var dropped = new List<int>();
        for (int i = 0; i < begins.Length; i++)
        {
            int size = x.Shape[i];
            steps[i] = strides[i];
            if (Has(ShrinkMask, "shrink_axis_mask", i))
            {
                (starts[i], sizes[i], steps[i]) = (Entry(begins[i], size), 1, 1);
                dropped.Add(i);
                continue;
            }

            int first = strides[i] > 0 ? 0 : -1;
            int from = Has(BeginMask, "begin_mask", i) ? (strides[i] > 0 ? 0 : size - 1)
                : Math.Clamp(Entry(begins[i], size), 0, size + first);
            int to = Has(EndMask, "end_mask", i) ? (strides[i] > 0 ? size : -1)
                : Math.Clamp(Entry(ends[i], size), first, size + first);
            long step = strides[i];
            long count = step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
            (starts[i], sizes[i]) = (from, (int)Math.Max(count, 0));
        }

        var y = n.Graph.Slice(x, starts, new Shape(sizes), steps);
        return dropped.Count == 0 ? y : n.Graph.Reshape(
            y, new Shape([.. Enumerable.Range(0, x.Rank).Except(dropped).Select(i => sizes[i])]));

        bool Has(int mask, string name, int axis) => (n.Node.Int(mask, name) >> axis & 1) != 0;

        static int Entry(int index, int size) => index < 0 ? index + size : index;
    }

    private static GraphTensor Pad(
        TfLiteContext n, double value, PadMode mode = PadMode.Constant)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        var (before, after) = Paddings(n, x.Rank);
        var pad = new Pad(
            GraphWriter.ByOrder(before, x.Order), GraphWriter.ByOrder(after, x.Order), value, mode);
        return new GraphTensor(n.Graph.Add(pad, x.Value), x.Order);
    }

    // Reflections leave out the edge itself, symmetric ones have it again.
    private static GraphTensor MirrorPad(TfLiteContext n)
    {
        return n.Node.Enumeration(0, "mode") switch
        {
            0 => Pad(n, 0, PadMode.Reflect),
            1 => Symmetric(n, n.Graph.ToGraph(n.Input(0))),
            var other => throw n.Node.Bad($"there is no mode {other}", "mode"),
        };
    }

    // What lies before the edge, backwards, then the tensor, then what lies before the other edge.
    private static GraphTensor Symmetric(TfLiteContext n, GraphTensor x)
    {
        var (before, after) = Paddings(n, x.Rank);
        for (int axis = 0; axis < before.Length; axis++)
        {
            int size = x.Shape[axis];
            if (Math.Max(before[axis], after[axis]) > size)
            {
                throw new ShapeException(
                    $"axis {axis} of {x.Shape} is too short to be mirrored over {before[axis]} "
                    + $"and {after[axis]}");
            }

            var parts = new List<ImportedTensor>();
            if (before[axis] > 0)
            {
                parts.Add(n.Graph.Slice(x, axis, before[axis] - 1, before[axis], -1));
            }

            parts.Add(x);
            if (after[axis] > 0)
            {
                parts.Add(n.Graph.Slice(x, axis, size - 1, after[axis], -1));
            }

            x = parts.Count == 1 ? x : n.Graph.Concat(parts, axis);
        }

        return x;
    }

    private static (int[] Before, int[] After) Paddings(TfLiteContext n, int rank)
    {
        int[] pairs = n.Ints(1, "its paddings");
        return pairs.Length == 2 * rank && pairs.All(padding => padding >= 0)
            ? ([.. pairs.Where((_, i) => i % 2 == 0)], [.. pairs.Where((_, i) => i % 2 == 1)])
            : throw n.Node.Bad(
                $"paddings [{string.Join(", ", pairs)}] do not fit {rank} axes", "inputs[1]");
    }

    private static int[] Each(TfLiteContext n, int input, int rank, string what) =>
        n.Ints(input, what) is var values && values.Length == rank ? values
            : throw n.Node.Bad($"{what} have to be one an axis", $"inputs[{input}]");

    private static int[] Ones(int rank) => [.. Enumerable.Repeat(1, rank)];
}
