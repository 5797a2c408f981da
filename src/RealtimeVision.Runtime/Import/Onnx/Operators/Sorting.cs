using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// The best, sums and sequences along an axis, one-hot lines, triangles, and what has as many
/// results as data say: that is done where the data are known, and refused by name where not.
/// </summary>
internal static class Sorting
{
    public static IEnumerable<OperatorMapper> All =>
    [
        new("TopK", TopK),
        OperatorMapper.Of("CumSum", CumSum),
        OperatorMapper.Of("OneHot", OneHot),
        OperatorMapper.Of("ReverseSequence", ReverseSequence),
        OperatorMapper.Of("Trilu", Trilu),
        OperatorMapper.Of("NonZero", NonZero),
        new("Unique", Unique),
    ];

    // Always sorted: where that is not asked for, any order will do.
    private static ImportedTensor?[] TopK(NodeContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        int axis = n.Axis(n.Node.Int("axis", -1), x.Rank);
        long count = n.Opset < 10 ? n.Node.Int("k")
            : n.ConstantInts(1, "the number of elements that it gives does") is [var k] ? k
            : throw n.Node.Bad("k has to be one number", "input[1]");
        if (count < 0 || count > x.Shape[axis])
        {
            throw new ShapeException($"axis {axis} of {x.Shape} does not have {count} elements");
        }

        var values = n.Graph.AddAll(
            new TopK(x.DimensionOf(axis), (int)count, n.Node.Flag("largest", true)), x.Value);
        return [.. values.Select(v => new GraphTensor(v, x.Order))];
    }

    private static GraphTensor CumSum(NodeContext n)
    {
        var x = n.Graph.ToGraph(n.Input(0));
        if (x.Element == ElementType.UInt8)
        {
            throw NodeContext.Unsupported("no kernel adds bytes up");
        }

        int axis = n.ConstantInts(1, "its axis does") is [var given] ? n.Axis(given, x.Rank)
            : throw n.Node.Bad("the axis has to be one number", "input[1]");
        var sum = new CumSum(
            x.DimensionOf(axis), n.Node.Flag("exclusive"), n.Node.Flag("reverse"));
        return new GraphTensor(n.Graph.Add(sum, x.Value), x.Order);
    }

    private static GraphTensor OneHot(NodeContext n)
    {
        var indices = n.Input(0);
        var depth = n.Constant(1, "the depth does");
        if (depth.Count != 1)
        {
            throw n.Node.Bad("the depth has to be one number", "input[1]");
        }

        int axis = n.Axis(n.Node.Int("axis", -1), indices.Rank + 1);
        var oneHot = new OneHot(
            depth.IsFloat ? (int)depth.Floats[0] : checked((int)depth.Integers[0]), axis);
        return new GraphTensor(
            n.Graph.Add(oneHot, n.Graph.InOrder(indices), n.Graph.InOrder(n.Input(2))));
    }

    private static GraphTensor ReverseSequence(NodeContext n)
    {
        var x = n.Input(0);
        int time = n.Axis(n.Node.Int("time_axis", 0), x.Rank, "time_axis");
        int batch = n.Axis(n.Node.Int("batch_axis", 1), x.Rank, "batch_axis");
        if (time + batch != 1)
        {
            throw n.Node.Bad($"axes {time} and {batch} are not the first two", "time_axis");
        }

        return new GraphTensor(n.Graph.Add(
            new ReverseSequence(time), n.Graph.InOrder(x), n.Graph.InOrder(n.Input(1))));
    }

    private static GraphTensor Trilu(NodeContext n)
    {
        long diagonal = n.Optional(1) is null ? 0
            : n.ConstantInts(1, "the diagonal does") is [var k] ? k
            : throw n.Node.Bad("the diagonal has to be one number", "input[1]");
        var trilu = new Trilu(
            n.Node.Flag("upper", true), (int)Math.Clamp(diagonal, int.MinValue, int.MaxValue));
        return new GraphTensor(n.Graph.Add(trilu, n.Graph.InOrder(n.Input(0))));
    }

    private static HostTensor NonZero(NodeContext n)
    {
        var x = n.Constant(0, "the number of elements that are not zero and with it the shape");
        var strides = x.Shape.Strides();
        int[] found = [.. Enumerable.Range(0, x.Count)
            .Where(i => x.IsFloat ? x.Floats[i] != 0 : x.Integers[i] != 0)];
        long[] places = [.. Enumerable.Range(0, x.Rank)
            .SelectMany(d => found.Select(i => (long)(i / strides[d] % x.Shape[d])))];
        return n.Host(new Shape(x.Rank, found.Length), places);
    }

    // The entries of an axis that are different, or the elements where no axis is given.
    private static ImportedTensor?[] Unique(NodeContext n)
    {
        var x = n.Constant(0, "the number of different elements and with it the shape");
        bool isFlat = !n.Node.Has("axis");
        int axis = isFlat ? 0 : n.Axis(n.Node.Int("axis"), x.Rank);
        x = isFlat ? x.Reshape(new Shape(x.Count)) : x;
        double[][] entries = [.. Enumerable.Range(0, x.Shape[axis]).Select(entry =>
            IndexWalk.Gather(x.Shape, axis, [entry])
                .Select(i => x.IsFloat ? x.Floats[i] : (double)x.Integers[i]).ToArray())];
        var groups = Enumerable.Range(0, entries.Length)
            .GroupBy(i => string.Join(' ', entries[i].Select(BitConverter.DoubleToInt64Bits)))
            .Select(group => group.ToArray()).ToList();
        if (n.Node.Flag("sorted", true))
        {
            groups.Sort((a, b) => entries[a[0]].AsSpan().SequenceCompareTo(entries[b[0]]));
        }

        int[] firsts = [.. groups.Select(g => g[0])];
        var inverse = new long[entries.Length];
        for (int g = 0; g < groups.Count; g++)
        {
            foreach (int entry in groups[g])
            {
                inverse[entry] = g;
            }
        }

        var count = new Shape(firsts.Length);
        return
        [
            x.Take(x.Shape.With(axis, firsts.Length), IndexWalk.Gather(x.Shape, axis, firsts)),
            n.Host(count, Array.ConvertAll(firsts, i => (long)i)),
            n.Host(new Shape(inverse.Length), inverse),
            n.Host(count, [.. groups.Select(g => (long)g.Length)]),
        ];
    }
}
