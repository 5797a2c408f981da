using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;
using static RealtimeVision.Kernels.Tests.Cases.ShapeCases;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// Expand, and what gathers and scatters by indices: each type of element, indices that are
/// negative, that are there twice and that are outside, sizes on both sides of a piece of work.
/// </summary>
public static class IndexCases
{
    private static readonly ElementType[] Types = [ElementType.Float32, ElementType.Int32, ElementType.UInt8];

    public static IEnumerable<OperatorCase> All() =>
    [
        .. Types.SelectMany(Expands), .. Types.SelectMany(Gathers), .. Types.SelectMany(Elements),
        .. Types.SelectMany(Tuples), .. Scatters(),
    ];

    /// <summary>Indices from <paramref name="low"/> to below <paramref name="high"/>.</summary>
    internal static HostTensor Indices(int seed, int low, int high, params ReadOnlySpan<int> sizes)
    {
        var random = new Random(seed);
        var shape = new Shape(sizes);
        return HostTensor.OfInts(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.Next(low, high))]);
    }

    private static IEnumerable<OperatorCase> Expands(ElementType type)
    {
        int seed = 500;
        foreach (var (from, to) in new (int[] From, int[] To)[]
        {
            ([], [3, 4]), ([5], [2, 3, 5]), ([3, 1], [2, 3, 4]), ([3, 1], [3, 40]), ([1, 4, 1], [3, 4, 5]),
            ([2, 3], [2, 3]), ([1, 1, 1, 6], [2, 5, 7, 6]), ([4, 1, 1, 3], [4, 1, 300, 3]), ([1], [70000]),
            ([200, 1], [200, 333]), ([0, 1], [0, 4]), ([1, 3], [0, 3]), ([1, 2, 1, 3, 1, 2, 1, 3], [2, 2, 3, 3, 2, 2, 4, 3]),
        })
        {
            var op = new Expand(new Shape(to));
            var x = Random(type, ++seed, from);
            yield return new OperatorCase(
                $"Expand {type} {x.Shape} to {op.Shape}", op, [x], [Reference.Expand(op, x)])
            { Tolerance = 0 };
        }
    }

    private static IEnumerable<OperatorCase> Gathers(ElementType type)
    {
        int seed = 600;
        foreach (var (sizes, axis, indices) in new (int[] Sizes, int Axis, int[] Indices)[]
        {
            ([9, 5], 0, [4]), ([9, 5], 1, [7]), ([9, 5, 3], -2, [2, 3]), ([6], 0, []), ([3, 4, 5, 6], 3, [2, 2]),
            ([100, 33], 0, [70, 3]), ([100, 300], 0, [300]), ([3, 70, 40], 1, [50]), ([7, 90000], 0, [2]),
            ([500], 0, [70000]), ([4, 5], 0, [0]), ([4, 0], 0, [3]), ([2, 3, 19], 2, [6]),
        })
        {
            var op = new Gather(axis);
            var x = Random(type, ++seed, sizes);
            int size = x.Shape[axis];
            var at = Indices(seed, -size - 2, size + 2, indices);
            yield return new OperatorCase(
                $"Gather {type} {at.Shape} of {x.Shape} along {axis}", op, [x, at], [Reference.Gather(op, x, at)])
            { Tolerance = 0 };
        }
    }

    private static IEnumerable<OperatorCase> Elements(ElementType type)
    {
        int seed = 700;
        foreach (var (sizes, axis, rows) in new (int[] Sizes, int Axis, int Rows)[]
        {
            ([9, 5], 0, 4), ([9, 5], 1, 7), ([2, 9, 5, 3], -3, 1), ([6], 0, 8), ([20, 19, 30, 4], 1, 2),
            ([50, 20], 0, 3000), ([3, 70000], 0, 1), ([3, 5], 1, 0),
        })
        {
            var op = new GatherElements(axis);
            var x = Random(type, ++seed, sizes);
            int size = x.Shape[axis];
            var at = Indices(seed, -size - 2, size + 2, x.Shape.With(axis, rows).Sizes);
            yield return new OperatorCase(
                $"GatherElements {type} {rows} of {x.Shape} along {axis}", op, [x, at],
                [Reference.GatherElements(op, x, at)])
            { Tolerance = 0 };
        }
    }

    private static IEnumerable<OperatorCase> Tuples(ElementType type)
    {
        int seed = 800;
        foreach (var (sizes, batch, indices) in new (int[] Sizes, int Batch, int[] Indices)[]
        {
            ([9, 5], 0, [4, 2]), ([9, 5], 0, [4, 1]), ([9, 5], 0, [2, 3, 2]), ([2, 4, 5, 3], 1, [2, 7, 2]),
            ([2, 4, 5, 3], 2, [2, 4, 1]), ([2, 4, 5, 3], 0, [6, 4]), ([4, 5], 0, [3, 0]), ([30, 40, 50], 0, [900, 2]),
            ([6], 0, [1]), ([4, 5], 0, [0, 2]),
        })
        {
            var op = new GatherNd(batch);
            var x = Random(type, ++seed, sizes);
            var at = Indices(seed, -7, 7, indices);
            yield return new OperatorCase(
                $"GatherNd {type} {at.Shape} of {x.Shape} after {batch}", op, [x, at], [Reference.GatherNd(op, x, at)])
            { Tolerance = 0 };
        }
    }

    private static IEnumerable<OperatorCase> Scatters()
    {
        int seed = 900;
        foreach (var reduction in Enum.GetValues<ScatterReduction>())
        {
            foreach (var type in Types)
            {
                if (type == ElementType.UInt8 && reduction != ScatterReduction.None)
                {
                    continue;
                }

                foreach (var (sizes, axis, rows) in new (int[] Sizes, int Axis, int Rows)[]
                {
                    ([9, 5], 0, 4), ([9, 5], 1, 17), ([2, 9, 5, 3], -3, 1), ([6], 0, 80), ([20, 7, 30, 9], 1, 4),
                    ([50, 20], 0, 300), ([3, 5], 1, 0),
                })
                {
                    yield return Case(
                        new ScatterElements(axis, reduction), type, sizes, new Shape(sizes).With(axis, rows).Sizes.ToArray());
                }

                foreach (var (sizes, indices) in new (int[] Sizes, int[] Indices)[]
                {
                    ([9, 5], [4, 2]), ([9, 5], [40, 1]), ([9, 5], [2, 3, 2]), ([3, 4, 5, 2], [6, 4]), ([4, 5], [3, 0]),
                    ([11, 5000], [30, 1]), ([6], [1]), ([4, 5], [0, 1]),
                })
                {
                    yield return Case(new ScatterNd(reduction), type, sizes, indices);
                }
            }
        }

        // NaN stays, whichever of both it is, within vectors and behind them.
        foreach (var reduction in new[] { ScatterReduction.Minimum, ScatterReduction.Maximum })
        {
            var held = HostTensor.Random(++seed, 3, 37).Map(v => v > 0.6f ? float.NaN : v);
            var updates = HostTensor.Random(++seed, 2, 37).Map(v => v < -0.6f ? float.NaN : v);
            var rows = HostTensor.OfInts(new Shape(2, 1), [2, 0]);
            var op = new ScatterNd(reduction);
            yield return new OperatorCase(
                $"ScatterNd {reduction} with NaN", op, [held, rows, updates],
                [Reference.ScatterNd(op, held, rows, updates)])
            {
                IsSmooth = false,
            };
        }

        OperatorCase Case(Operator op, ElementType type, int[] sizes, int[] indices)
        {
            var data = Random(type, ++seed, sizes);
            var at = Indices(seed, -7, 7, indices);
            var updates = Random(
                type, -seed, op is ScatterElements ? indices : [.. indices[..^1], .. sizes[indices[^1]..]]);
            var expected = op is ScatterElements elements
                ? Reference.ScatterElements(elements, data, at, updates)
                : Reference.ScatterNd((ScatterNd)op, data, at, updates);
            string what = op is ScatterElements { Axis: var axis, Reduction: var r } ? $"{r} along {axis}"
                : $"{((ScatterNd)op).Reduction}";
            return new OperatorCase(
                $"{op.Name} {type} {what} {at.Shape} of {data.Shape}", op, [data, at, updates], [expected])
            { Tolerance = what.StartsWith("None", StringComparison.Ordinal) ? 0 : 1e-6 };
        }
    }
}
