using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Softmax, Hardmax, Reduce and ArgMax: what works along lines of a tensor.</summary>
public static class LineCases
{
    // Lines on both sides of vectors, of what is turned on its side, of a group of threads, and of
    // more than one piece.
    private static readonly (int[] Sizes, int Axis)[] Lines =
    [
        ([5, 1], 1), ([7, 2], 1), ([301, 3], -1), ([2, 130, 4], 2), ([40, 19], 1), ([33, 47], 1), ([9, 48], 1),
        ([6, 100], 1), ([3, 127], 1), ([2, 128], -1), ([4, 1001], 1), ([20000, 5], 1), ([1, 70000], 1),
        ([3, 5, 2, 7], 1), ([2, 9, 33], 1), ([21, 64], 0), ([300, 50], 0), ([2, 150, 6, 7], 1), ([2, 3, 12000], 1),
        ([8], 0),
    ];

    public static IEnumerable<OperatorCase> All() => [.. Softmaxes(), .. Hardmaxes(), .. ArgMaxes(), .. Reductions()];

    private static IEnumerable<OperatorCase> Softmaxes()
    {
        var golden = GoldenFile.Open("softmax");
        yield return new OperatorCase("Softmax golden", new Softmax(1), [golden["in.x"]], [golden["out.y"]]);
        golden = GoldenFile.Open("log_softmax_channel");
        yield return new OperatorCase(
            "Softmax golden logarithm", new Softmax(1, IsLog: true), [golden["in.x"]], [golden["out.y"]]);
        yield return new OperatorCase(
            "Softmax golden logarithm of NHWC",
            new Softmax(3, IsLog: true), [golden.Picture("in.x")], [golden.Picture("out.y")]);
        int seed = 1000;
        foreach (var (sizes, axis) in Lines)
        {
            var x = HostTensor.Random(++seed, sizes).Map(v => 8 * v);
            foreach (bool isLog in new[] { false, true })
            {
                var op = new Softmax(axis, isLog);
                yield return new OperatorCase(
                    $"Softmax {(isLog ? "logarithm " : "")}{new Shape(sizes)} along {axis}", op, [x], [Reference.Softmax(op, x)]);
            }
        }

        foreach (int length in new[] { 3, 60, 200 })
        {
            var large = HostTensor.Random(++seed, 4, length).Map(v => (1e4f * v) + 3e4f);
            yield return new OperatorCase(
                $"Softmax {length} large scores", new Softmax(1), [large], [Reference.Softmax(new Softmax(1), large)]);
        }
    }

    private static IEnumerable<OperatorCase> Hardmaxes()
    {
        int seed = 1500;
        foreach (var (sizes, axis) in Lines)
        {
            // Few values, so that there are equals.
            var x = HostTensor.Random(++seed, sizes).Map(v => MathF.Floor(v * 6));
            var op = new Hardmax(axis);
            yield return new OperatorCase(
                $"Hardmax {new Shape(sizes)} along {axis}", op, [x], [Reference.Hardmax(op, x)]);
        }
    }

    private static IEnumerable<OperatorCase> ArgMaxes()
    {
        int seed = 2000;
        foreach (var (sizes, axis) in Lines)
        {
            // Few values, so that there are equals.
            var x = HostTensor.Random(++seed, sizes).Map(v => MathF.Floor(v * 6));
            foreach (var (last, smallest) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                var op = new ArgMax(axis, KeepDims: sizes.Length % 2 == 0, last, smallest);
                yield return new OperatorCase(
                    $"ArgMax {new Shape(sizes)} along {axis}{(last ? " last" : "")}{(smallest ? " smallest" : "")}",
                    op, [x], [Reference.ArgMax(op, x)]);
            }
        }

        foreach (int length in new[] { 4, 50, 200 })
        {
            // One number among NaN; nothing but negative infinity; nothing but NaN.
            var known = HostTensor.Of(
                new Shape(3, length),
                [.. Enumerable.Range(0, 3 * length).Select(i => (i / length) switch
                {
                    0 => i % 4 == 2 ? 1f : float.NaN,
                    1 => float.NegativeInfinity,
                    _ => float.NaN,
                })]);
            yield return new OperatorCase(
                $"ArgMax {length} with NaN", new ArgMax(1), [known], [HostTensor.OfInts(new Shape(3), [2, 0, 0])]);
            yield return new OperatorCase(
                $"ArgMax {length} with NaN last",
                new ArgMax(1, false, true),
                [known],
                [HostTensor.OfInts(new Shape(3), [((length - 3) / 4 * 4) + 2, length - 1, length - 1])]);
        }
    }

    private static IEnumerable<OperatorCase> Reductions()
    {
        int seed = 4000;
        foreach (var kind in Enum.GetValues<ReduceKind>())
        {
            foreach (var (sizes, axis) in Lines)
            {
                yield return Case($"{kind} {new Shape(sizes)} along {axis}", new Reduce(kind, [axis]), sizes);
            }

            foreach (int[] axes in new int[][] { [], [1, 2], [0, 3], [0, 2], [1, 3], [-1, -2], [0, 1, 2, 3] })
            {
                foreach (bool keep in new[] { false, true })
                {
                    yield return Case(
                        $"{kind} of a picture along {string.Join(' ', axes)}{(keep ? " kept" : "")}",
                        new Reduce(kind, [.. axes], keep), [2, 13, 11, 20]);
                }
            }

            foreach (int c in new[] { 1, 3, 15, 16, 24, 64, 100 })
            {
                yield return Case($"{kind} of {c} channels", new Reduce(kind, [1, 2]), [2, 31, 67, c]);
            }

            yield return Case($"{kind} of many rows", new Reduce(kind, [0]), [9000, 70]);
            yield return Case($"{kind} of two long rows", new Reduce(kind, [0]), [2, 5000]);
            yield return Case($"{kind} of size 1", new Reduce(kind, [1], false), [30, 1, 5]);
            yield return Case($"{kind} of a scalar", new Reduce(kind, []), []);
        }

        // All of one sign: sums that are taken one after the other lose digits here.
        var x = HostTensor.Random(++seed, 1, 1500, 400, 1).Map(v => v + 1);
        var mean = new Reduce(ReduceKind.Mean, [1, 2]);
        yield return new OperatorCase("Reduce Mean of 600000", mean, [x], [Reference.Reduce(mean, x)]) { Tolerance = 1e-6 };
        yield return new OperatorCase(
            "Reduce Max with NaN",
            new Reduce(ReduceKind.Max, [1]),
            [HostTensor.Of(new(2, 2), [1, float.NaN, 2, 3])], [HostTensor.Of(new(2, 1), [float.NaN, 3])]);

        yield return new OperatorCase(
            "Reduce Product of known numbers",
            new Reduce(ReduceKind.Product, [1], false),
            [HostTensor.Of(new(3, 3), [2, 3, -4, 0.5f, 0, 7, 1, float.NaN, 2])],
            [HostTensor.Of(new(3), [-24, 0, float.NaN])]);
        foreach (var kind in new[] { ReduceKind.Sum, ReduceKind.Product, ReduceKind.Max, ReduceKind.Min })
        {
            foreach (var (sizes, axis) in Lines)
            {
                var op = new Reduce(kind, [axis], false);
                yield return Integers($"{kind} of integers {new Shape(sizes)} along {axis}", op, sizes);
            }

            yield return Integers($"{kind} of integers along two", new Reduce(kind, [0, 2]), [3, 5, 700, 9]);
            yield return Integers($"{kind} of all integers", new Reduce(kind, []), [3, 5, 700, 9]);
        }

        OperatorCase Integers(string name, Reduce op, int[] sizes)
        {
            var random = new Random(++seed);
            var shape = new Shape(sizes);
            var input = HostTensor.OfInts(
                shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.Next(int.MinValue, int.MaxValue) | 1)]);
            return new($"Reduce {name}", op, [input], [Reference.Reduce(op, input)]);
        }

        OperatorCase Case(string name, Reduce op, int[] sizes)
        {
            // A product of many is exact, and neither 0 nor infinite, where few are not 1 or -1.
            var input = HostTensor.Random(++seed, sizes);
            input = op.Kind == ReduceKind.Product ? input.Map(v => v > 0.99f ? 2 : v < -0.99f ? 0.5f : v < 0 ? -1 : 1) : input;
            return new($"Reduce {name}", op, [input], [Reference.Reduce(op, input)]);
        }
    }
}
