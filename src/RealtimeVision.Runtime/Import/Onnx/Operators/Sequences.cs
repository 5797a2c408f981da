using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Sequences of tensors whose lengths and positions are known when the graph is built.
/// </summary>
internal static class Sequences
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("SequenceEmpty", _ => new ImportedSequence([])),
        OperatorMapper.Of("SequenceConstruct", n => new ImportedSequence([.. n.Inputs])),
        OperatorMapper.Of("SequenceInsert", Insert),
        OperatorMapper.Of("SequenceErase", Erase),
        OperatorMapper.Of("SequenceAt", n => Items(n) is var items
            ? items[Position(n, 1, items.Count - 1)] : items[0]),
        OperatorMapper.Of(
            "SequenceLength", n => n.Host(new(), [(long)Items(n).Count]).WithFixed(false)),
        OperatorMapper.Of("SplitToSequence", Split),
        OperatorMapper.Of("ConcatFromSequence", Concat),
    ];

    private static IReadOnlyList<ImportedTensor> Items(NodeContext n) =>
        n.Input(0) is ImportedSequence sequence
            ? sequence.Items
            : throw n.Node.Bad("a sequence belongs there", "input[0]");

    // A place in 0 .. last; a negative one counts from the end, none is the last.
    private static int Position(NodeContext n, int input, int last)
    {
        if (n.Optional(input) is null)
        {
            return last;
        }

        long[] given = n.ConstantInts(input, "its position");
        long place = given.Length == 1 ? given[0] : long.MinValue;
        return place <= last && place >= -last - 1
            ? (int)(place < 0 ? place + last + 1 : place)
            : throw n.Node.Bad(
                $"there is no place [{string.Join(", ", given)}]", $"input[{input}]");
    }

    private static ImportedSequence Insert(NodeContext n)
    {
        List<ImportedTensor> items = [.. Items(n)];
        long[]? given = n.Optional(2) is null ? null : n.ConstantInts(2, "its position");

        // Negative positions count from the end of what is there already.
        int place = given is [< 0 and var back] && -back <= items.Count
            ? items.Count + (int)back
            : Position(n, 2, items.Count);
        items.Insert(place, n.Input(1));
        return new ImportedSequence(items);
    }

    private static ImportedSequence Erase(NodeContext n)
    {
        List<ImportedTensor> items = [.. Items(n)];
        items.RemoveAt(Position(n, 1, items.Count - 1));
        return new ImportedSequence(items);
    }

    private static ImportedSequence Split(NodeContext n)
    {
        var x = n.Input(0);
        int axis = n.Axis(n.Node.Int("axis", 0), x.Rank);
        int size = x.Shape[axis];
        if (n.Optional(1) is null)
        {
            bool keeps = n.Node.Flag("keepdims", true);
            return new ImportedSequence(
                [.. Enumerable.Range(0, size).Select(i => keeps
                    ? Slicing.Part(n, x, axis, i, 1, 1)
                    : Slicing.Entry(n, x, axis, i))]);
        }

        long[] sizes = n.ConstantInts(1, "the sizes of its parts");
        if (n.Input(1).Rank == 0 && sizes[0] > 0)
        {
            long each = sizes[0];
            sizes = [.. Enumerable.Range(0, (int)((size + each - 1) / each)).Select(
                i => Math.Min(each, size - (i * each)))];
        }

        if (sizes.Sum() != size || sizes.Any(s => s < 0))
        {
            throw n.Node.Bad(
                $"parts of [{string.Join(", ", sizes)}] do not make {size}", "input[1]");
        }

        var parts = new ImportedTensor[sizes.Length];
        int at = 0;
        for (int i = 0; i < parts.Length; at += (int)sizes[i++])
        {
            parts[i] = Slicing.Part(n, x, axis, at, (int)sizes[i], 1);
        }

        return new ImportedSequence(parts);
    }

    private static ImportedTensor Concat(NodeContext n)
    {
        var items = Items(n);
        if (items.Count == 0)
        {
            throw n.Node.Bad("the sequence is empty", "input[0]");
        }

        bool isNew = n.Node.Flag("new_axis");
        int axis = n.Axis(n.Node.Int("axis"), items[0].Rank + (isNew ? 1 : 0));
        return n.Graph.Concat(
            [.. items.Select(item => isNew ? Shaping.WithAxis(n, item, axis) : item)], axis);
    }
}
