using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Parts of tensors, and tensors with something around them: Slice and Pad.
/// </summary>
internal static class Slicing
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("Slice", Slice),
        OperatorMapper.Of("Pad", Pad, PadRefusal),
    ];

    /// <summary>Entries start, start + step, ... of a tensor along an axis.</summary>
    public static ImportedTensor Part(
        NodeContext n, ImportedTensor x, int axis, int start, int size, int step)
    {
        if (x is GraphTensor tensor)
        {
            return n.Graph.Slice(tensor, axis, start, size, step);
        }

        int[] entries = [.. Enumerable.Range(0, size).Select(i => start + (i * step))];
        return ((HostTensor)x).Take(
            x.Shape.With(axis, size), IndexWalk.Gather(x.Shape, axis, entries));
    }

    /// <summary>One entry of a tensor along an axis, without that axis.</summary>
    public static ImportedTensor Entry(NodeContext n, ImportedTensor x, int axis, int index) =>
        Shaping.Reshape(
            n, Part(n, x, axis, index, 1, 1),
            new Shape([.. x.Shape.Sizes[..axis], .. x.Shape.Sizes[(axis + 1)..]]));

    private static ImportedTensor Slice(NodeContext n)
    {
        var x = n.Input(0);
        long[] starts = n.Ints("starts", 1) ?? throw n.Node.Bad("the starts are missing", "starts");
        long[] ends = n.Ints("ends", 2) ?? throw n.Node.Bad("the ends are missing", "ends");
        int[] axes = n.Ints("axes", 3) is { } given
            ? n.AxesOf(given, x.Rank)
            : [.. Enumerable.Range(0, starts.Length)];
        long[] steps = n.Ints("steps", 4) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length
            || steps.Length != starts.Length
            || starts.Length > x.Rank)
        {
            throw n.Node.Bad(
                $"{starts.Length} starts, {ends.Length} ends, {axes.Length} axes and "
                + $"{steps.Length} steps");
        }

        var first = new int[x.Rank];
        int[] step = [.. Enumerable.Repeat(1, x.Rank)];
        int[] sizes = [.. x.Shape.Sizes];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            if (steps[i] == 0)
            {
                throw n.Node.Bad("a step is 0", "steps");
            }

            (first[axis], sizes[axis]) = Range(x.Shape[axis], starts[i], ends[i], steps[i]);
            step[axis] = (int)Math.Clamp(steps[i], -int.MaxValue, int.MaxValue);
        }

        var shape = new Shape(sizes);
        return x is HostTensor host
            ? host.Take(shape, IndexWalk.Slice(host.Shape, first, shape, step))
            : n.Graph.Slice((GraphTensor)x, first, shape, step);
    }

    // Negative numbers count from the end; what lies beyond the ends is cut.
    private static (int Start, int Size) Range(int size, long start, long end, long step)
    {
        start = start < 0 ? Math.Max(start, long.MinValue / 2) + size : start;
        end = end < 0 ? Math.Max(end, long.MinValue / 2) + size : end;
        if (step > 0)
        {
            (start, end) = (Math.Clamp(start, 0, size), Math.Clamp(end, 0, size));
        }
        else
        {
            (start, end) = (Math.Clamp(start, -1, size - 1), Math.Clamp(end, -1, size - 1));
        }

        long count = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step;
        return count > 0 ? ((int)start, (int)count) : (0, 0);
    }

    private static string? PadRefusal(OnnxNode node) =>
        ModeOf(node) is null
            ? $"mode '{node.Text("mode", "constant")}' is not supported"
            : null;

    private static PadMode? ModeOf(OnnxNode node) => node.Text("mode", "constant") switch
    {
        "constant" => PadMode.Constant,
        "reflect" => PadMode.Reflect,
        "edge" => PadMode.Edge,
        "wrap" => PadMode.Wrap,
        _ => null,
    };

    private static GraphTensor Pad(NodeContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        long[] pads = n.Ints("pads", 1) ?? throw n.Node.Bad("the pads are missing", "pads");
        int[] axes = n.Optional(3) is null ? [.. Enumerable.Range(0, x.Rank)]
            : n.AxesOf(n.ConstantInts(3, "its axes"), x.Rank);
        if (pads.Length != 2 * axes.Length)
        {
            throw n.Node.Bad($"{pads.Length} numbers where {2 * axes.Length} belong", "pads");
        }

        var before = new int[x.Rank];
        var after = new int[x.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            (before[axes[i]], after[axes[i]]) =
                (checked((int)pads[i]), checked((int)pads[i + axes.Length]));
        }

        if (before.All(b => b == 0) && after.All(a => a == 0))
        {
            return x;
        }

        var pad = new Pad(
            GraphWriter.ByOrder(before, x.Order),
            GraphWriter.ByOrder(after, x.Order),
            PadValue(n),
            ModeOf(n.Node)!.Value);
        return new GraphTensor(n.Graph.Add(pad, x.Value), x.Order);
    }

    private static double PadValue(NodeContext n) =>
        n.Optional(2) is null ? n.Node.Float("value", 0)
        : n.Constant(2, "the value") is not { Count: 1 } value
            ? throw n.Node.Bad("the value has to be one number", "input[2]")
        : value.IsFloat ? value.Floats[0] : value.Integers[0];
}
