using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Concat, Split, Tile and Expand.</summary>
internal static class Joining
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("Concat", Concat),
        new("Split", Split),
        OperatorMapper.Of("Tile", Tile),
        OperatorMapper.Of("Expand", Expand),
    ];

    private static ImportedTensor Concat(NodeContext n)
    {
        ImportedTensor[] parts = [.. n.Inputs];
        int axis = n.Axis(
            n.Opset < 4 ? n.Node.Int("axis", 1) : n.Node.Int("axis"), n.Input(0).Rank);
        if (!n.IsOnHost)
        {
            // Nothing is joined to something, as some exporters do.
            parts = [.. parts.Where(p => p.Shape.Count > 0 || p is GraphTensor)];
            return parts.Length == 1 ? parts[0] : n.Graph.Concat(parts, axis);
        }

        var first = n.Constant(0, "its parts");
        if (first.Rank == 1)
        {
            return first.IsFloat
                ? n.Host(SumOf(parts), [.. parts.Cast<HostTensor>().SelectMany(p => p.Floats)])
                : n.Host(
                    SumOf(parts), [.. parts.Cast<HostTensor>().SelectMany(p => p.Integers)],
                        first.Type);
        }

        return n.Graph.Concat(parts, axis);
    }

    private static Shape SumOf(ImportedTensor[] vectors) => new(vectors.Sum(v => v.Shape[0]));

    private static ImportedTensor?[] Split(NodeContext n)
    {
        var x = n.Input(0);
        int axis = n.Axis(n.Node.Int("axis", 0), x.Rank);
        int[] sizes = SplitSizes(n, x.Shape[axis]);
        var parts = new ImportedTensor[sizes.Length];
        int at = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = Slicing.Part(n, x, axis, at, sizes[i], 1);
            at += sizes[i];
        }

        return parts;
    }

    private static int[] SplitSizes(NodeContext n, int size)
    {
        if (n.Ints("split", 1) is { } given)
        {
            return given.Sum() == size && given.All(s => s >= 0)
                && given.Length == n.Node.Outputs.Count
                ? Array.ConvertAll(given, s => (int)s)
                : throw new ShapeException(
                    $"parts of [{string.Join(", ", given)}] do not make the {size} of "
                    + $"{n.Input(0).Shape} in {n.Node.Outputs.Count} outputs");
        }

        int parts = n.Node.Int("num_outputs", n.Node.Outputs.Count);
        int each = (size + parts - 1) / Math.Max(parts, 1);
        return [.. Enumerable.Range(0, parts).Select(i => Math.Clamp(size - (i * each), 0, each))];
    }

    private static ImportedTensor Tile(NodeContext n)
    {
        var x = n.Input(0);
        long[] repeats = n.ConstantInts(1, "its repeats");
        if (repeats.Length != x.Rank)
        {
            throw n.Node.Bad(
                $"{repeats.Length} numbers for the {x.Rank} axes of {x.Shape}", "input[1]");
        }

        if (repeats.Any(r => r < 0))
        {
            throw n.Node.Bad($"[{string.Join(", ", repeats)}] are no repeats", "input[1]");
        }

        int[] copies = Array.ConvertAll(repeats, r => checked((int)r));
        return x is HostTensor host ? Tile(host, copies) : Tile(n, (GraphTensor)x, copies);
    }

    // Copies one after the other are an axis of size 1 before each, expanded.
    private static GraphTensor Tile(NodeContext n, GraphTensor x, int[] copies)
    {
        var (apart, repeated, sizes) = (new List<int>(), new List<int>(), new List<int>());
        foreach (int axis in x.Order)
        {
            int size = x.Shape[axis];
            if (copies[axis] != 1 && size != 1)
            {
                apart.Add(1);
                repeated.Add(copies[axis]);
            }

            apart.Add(size);
            repeated.Add(size == 1 ? copies[axis] : size);
            sizes.Add(checked(size * copies[axis]));
        }

        var value = n.Graph.Add(new Reshape(new Shape([.. apart])), x.Value);
        value = n.Graph.Add(new Expand(new Shape([.. repeated])), value);
        value = n.Graph.Add(new Reshape(new Shape([.. sizes])), value);
        return new GraphTensor(value, x.Order);
    }

    private static HostTensor Tile(HostTensor x, int[] copies)
    {
        for (int axis = 0; axis < x.Rank; axis++)
        {
            int size = x.Shape[axis];
            int[] entries = [.. Enumerable.Range(0, size * copies[axis]).Select(i => i % size)];
            x = copies[axis] == 1 ? x : x.Take(
                x.Shape.With(axis, entries.Length), IndexWalk.Gather(x.Shape, axis, entries));
        }

        return x;
    }

    private static ImportedTensor Expand(NodeContext n)
    {
        var x = n.Input(0);
        var wanted = new Shape(
            [.. n.ConstantInts(1, "the sizes that it expands to").Select(s => checked((int)s))]);
        var shape = Shape.Broadcast(x.Shape, wanted);
        if (x is HostTensor host)
        {
            return HostBroadcast.To(host, shape);
        }

        var tensor = n.Graph.Reshape((GraphTensor)x, Axes.WithRank(x.Shape, shape.Rank));
        return tensor.Shape == shape ? tensor : new GraphTensor(
            n.Graph.Add(new Expand(Axes.Permute(shape, tensor.Order)), tensor.Value), tensor.Order);
    }
}
