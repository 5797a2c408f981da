using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Tensors put together and taken apart.</summary>
internal static class Joining
{
    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of("CONCATENATION", Concat),
        TfLiteMapper.Of("PACK", Pack),
        new("SPLIT", Split),
        new("SPLIT_V", SplitV),
        new("UNPACK", Unpack),
    ];

    private static GraphTensor Concat(TfLiteContext n)
    {
        var parts = Parts(n);
        int axis = n.Axis(n.Node.Int(0, "axis"), parts[0].Rank);
        return n.Activated(n.Graph.Concat(parts, axis), 1);
    }

    private static GraphTensor Pack(TfLiteContext n)
    {
        var parts = Parts(n);
        int axis = n.Axis(n.Node.Int(1, "axis"), parts[0].Rank + 1);
        return n.Graph.Concat(
            [
                .. parts.Select(part => n.Graph.Reshape(
                    n.Graph.ToGraph(part), Shaping.With(part.Shape, axis))),
            ],
            axis);
    }

    private static ImportedTensor[] Split(TfLiteContext n)
    {
        var x = n.Graph.ToGraph(n.Input(1));
        int axis = n.Axis(n.Int(0, "its axis"), x.Rank);
        int parts = n.Node.Int(0, "num_splits");
        return parts > 0 && x.Shape[axis] % parts == 0
            ? Cut(n, x, axis, Enumerable.Repeat(x.Shape[axis] / parts, n.Node.Outputs.Count))
            : throw n.Node.Bad($"{x.Shape[axis]} cannot be cut in {parts}", "num_splits");
    }

    private static ImportedTensor[] SplitV(TfLiteContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        int axis = n.Axis(n.Int(2, "its axis"), x.Rank);
        int[] sizes = n.Ints(1, "its sizes");
        int known = sizes.Where(size => size >= 0).Aggregate(0, (a, b) => checked(a + b));
        return Cut(n, x, axis, sizes.Select(size => size < 0 ? x.Shape[axis] - known : size));
    }

    private static ImportedTensor[] Unpack(TfLiteContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        int axis = n.Axis(n.Node.Int(1, "axis"), x.Rank);
        return
        [
            .. Cut(n, x, axis, Enumerable.Repeat(1, n.Node.Outputs.Count)).Select(
                part => n.Graph.Reshape((GraphTensor)part, Shaping.Without(part.Shape, axis))),
        ];
    }

    private static ImportedTensor[] Cut(
        TfLiteContext n, GraphTensor x, int axis, IEnumerable<int> sizes)
    {
        int start = 0;
        return
        [
            .. sizes.Select(size =>
            {
                var part = n.Graph.Slice(x, axis, start, size);
                start += size;
                return part;
            }),
        ];
    }

    private static ImportedTensor[] Parts(TfLiteContext n) =>
        n.InputCount > 0 ? [.. Enumerable.Range(0, n.InputCount).Select(n.Input)]
            : throw n.Node.Bad("it has no inputs", "inputs");
}
