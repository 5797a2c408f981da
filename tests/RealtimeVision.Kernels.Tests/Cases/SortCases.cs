using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;
using static RealtimeVision.Kernels.Tests.Cases.IndexCases;
using static RealtimeVision.Kernels.Tests.Cases.ShapeCases;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// TopK, CumSum, OneHot, ReverseSequence and Trilu, on lines on both sides of a group of threads and
/// of a piece of work.
/// </summary>
public static class SortCases
{
    private static readonly ElementType[] Types = [ElementType.Float32, ElementType.Int32, ElementType.UInt8];

    public static IEnumerable<OperatorCase> All() =>
    [
        .. Types.SelectMany(TopKs), .. SpecialTopKs(), .. CumSums(), .. Types.SelectMany(OneHots),
        .. Types.SelectMany(Reversed), .. Types.SelectMany(Triangles),
    ];

    private static IEnumerable<OperatorCase> TopKs(ElementType type)
    {
        int seed = 5000;
        foreach (var (sizes, axis, count) in new (int[] Sizes, int Axis, int Count)[]
        {
            ([3, 4], 1, 3), ([3, 4], 0, 1), ([9], -1, 9), ([2, 30, 5], 1, 7), ([40, 19], 1, 5), ([2, 300], 1, 300),
            ([3, 3000], 1, 100), ([1, 2300, 2], 1, 1), ([5000], 0, 333), ([4000, 3], 1, 2), ([3, 4], 1, 0),
        })
        {
            foreach (bool largest in new[] { true, false })
            {
                // Floats of few values, so that there are equals.
                var x = Random(type, ++seed, sizes);
                x = type == ElementType.Float32 && seed % 2 == 0 ? x.Map(v => MathF.Floor(v * 50)) : x;
                var op = new TopK(axis, count, largest);
                yield return new OperatorCase(
                    $"TopK {type} {count} {(largest ? "largest" : "smallest")} of {x.Shape} along {axis}", op, [x],
                    Reference.TopK(op, x))
                {
                    Tolerance = 0,

                    // A number of a dense line passes others within the distance of differences.
                    IsSmooth = count < 300 || x.Shape[0] == 5000,
                };
            }
        }
    }

    private static IEnumerable<OperatorCase> SpecialTopKs()
    {
        float[] values = [0f, float.NaN, -0f, float.NegativeInfinity, 1e-40f, float.PositiveInfinity, -1e-40f, -3f, float.NaN];
        int[] down = [1, 8, 5, 4, 0, 2, 6, 7, 3];
        int[] up = [3, 7, 6, 0, 2, 4, 5, 1, 8];
        foreach (var (largest, order) in new[] { (true, down), (false, up) })
        {
            yield return new OperatorCase(
                $"TopK special values {(largest ? "largest" : "smallest")}",
                new TopK(0, values.Length, largest),
                [HostTensor.Of(new Shape(values.Length), values)],
                [
                    HostTensor.Of(new Shape(values.Length), Array.ConvertAll(order, i => values[i])),
                    HostTensor.OfInts(new Shape(values.Length), order),
                ])
            { Tolerance = 0 };
        }
    }

    private static IEnumerable<OperatorCase> CumSums()
    {
        int seed = 5200;
        foreach (var type in new[] { ElementType.Float32, ElementType.Int32 })
        {
            foreach (var (sizes, axis) in new (int[] Sizes, int Axis)[]
            {
                ([5], 0), ([3, 4, 5], 1), ([3, 4, 5], -1), ([7, 300], 0), ([2, 1000], 1), ([2, 600, 3], 1), ([2500, 20], 1),
                ([1, 4], 0),
            })
            {
                foreach (var (exclusive, reversed) in new[] { (false, false), (false, true), (true, false), (true, true) })
                {
                    var op = new CumSum(axis, exclusive, reversed);
                    var x = Random(type, ++seed, sizes);
                    yield return new OperatorCase(
                        $"CumSum {type} {x.Shape} along {axis} {exclusive} {reversed}", op, [x], [Reference.CumSum(op, x)])
                    { Tolerance = 3e-6 };
                }
            }
        }
    }

    private static IEnumerable<OperatorCase> OneHots(ElementType type)
    {
        int seed = 5400;
        foreach (var (sizes, axis, depth) in new (int[] Sizes, int Axis, int Depth)[]
        {
            ([5], -1, 4), ([], 0, 3), ([3, 4], 1, 5), ([3, 4], 0, 6), ([1, 40, 50], 1, 21), ([3000], 1, 40), ([2, 3], -2, 1),
        })
        {
            foreach (var indexType in Types)
            {
                var at = Indices(++seed, indexType == ElementType.UInt8 ? 0 : -depth - 1, depth + 2, sizes);
                at = indexType switch
                {
                    ElementType.Float32 => HostTensor.Of(at.Shape, Array.ConvertAll(at.Ints.ToArray(), i => i * 1.01f)),
                    ElementType.UInt8 => HostTensor.OfBytes(at.Shape, Array.ConvertAll(at.Ints.ToArray(), i => (byte)i)),
                    _ => at,
                };
                var values = Random(type, seed, 2);
                var op = new OneHot(depth, axis);
                yield return new OperatorCase(
                    $"OneHot {type} by {at.Type} along {axis} of {depth}", op, [at, values],
                    [Reference.OneHot(op, at, values)])
                { Tolerance = 0 };
            }
        }
    }

    private static IEnumerable<OperatorCase> Reversed(ElementType type)
    {
        int seed = 5600;
        foreach (int time in new[] { 0, 1 })
        {
            foreach (int[] sizes in new int[][] { [4, 4], [5, 3, 2, 7], [60, 50, 17] })
            {
                var op = new ReverseSequence(time);
                var x = Random(type, ++seed, sizes);
                var lengths = Indices(seed, 0, sizes[time] + 2, sizes[1 - time]);
                yield return new OperatorCase(
                    $"ReverseSequence {type} {x.Shape} along {time}", op, [x, lengths],
                    [Reference.ReverseSequence(op, x, lengths)])
                { Tolerance = 0 };
            }
        }
    }

    private static IEnumerable<OperatorCase> Triangles(ElementType type)
    {
        int seed = 5800;
        foreach (int[] sizes in new int[][] { [4, 5], [2, 3, 7, 4], [3, 200, 300], [0, 4] })
        {
            foreach (int diagonal in new[] { 0, 2, -3, -500, int.MaxValue })
            {
                foreach (bool upper in new[] { true, false })
                {
                    var op = new Trilu(upper, diagonal);
                    var x = Random(type, ++seed, sizes);
                    yield return new OperatorCase(
                        $"Trilu {type} {(upper ? "upper" : "lower")} {diagonal} of {x.Shape}", op, [x],
                        [Reference.Trilu(op, x)])
                    { Tolerance = 0 };
                }
            }
        }
    }
}
