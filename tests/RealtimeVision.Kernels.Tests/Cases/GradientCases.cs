using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Operators that are there for the gradients of others.</summary>
public static partial class GradientCases
{
    public static IEnumerable<OperatorCase> All() =>
        [.. AxisProducts(), .. MaxPools(), .. CrossEntropies(), .. Samplings(), .. Updates()];

    private static IEnumerable<OperatorCase> AxisProducts()
    {
        int seed = 9100;
        foreach (var (sizes, axis, rows, perRow) in new (int[] Sizes, int Axis, int Rows, int PerRow)[]
        {
            ([2, 5, 7, 3], 1, 9, 2), ([2, 5, 7, 3], 2, 4, 3), ([2, 5, 7, 3], -1, 6, 1), ([7], 0, 3, 5),
            ([1, 40, 33, 17], 1, 80, 2), ([1, 40, 33, 17], 2, 11, 4), ([3, 6], 1, 5, 0), ([4, 5], 0, 0, 1),
            ([4, 0], 0, 3, 1), ([2, 64, 70], 1, 300, 3),
        })
        {
            var random = new Random(++seed);
            var x = HostTensor.Random(seed, sizes);
            int columns = x.Shape[axis];
            var matrix = SparseMatrix.Of(columns, Enumerable.Range(0, rows).Select(
                _ => Enumerable.Range(0, random.Next(perRow + 1)).Select(
                    _ => (random.Next(columns), random.NextSingle() - 0.5f)).ToArray()).ToArray());
            var op = new AxisProduct(axis, matrix);
            yield return new OperatorCase(
                $"AxisProduct {x.Shape} along {axis}, {rows} rows", op, [x], [Reference.AxisProduct(op, x)]);
        }
    }

    private static IEnumerable<OperatorCase> MaxPools()
    {
        int seed = 9200;
        foreach (var (name, window) in new (string, Window2)[]
        {
            ("2x2", new(2, 2, 0, 1)),
            ("overlapping", new(3, 2, 1, 1)),
            ("5x5 stride 1", new(5, 1, 2, 1)),
            ("stride beyond the kernel", new(2, 3, 0, 1)),
            ("dilated", new(new(2, 3), new(2, 1), new(1, 2, 0, 0), new(1, 2))),
        })
        {
            foreach (int c in new[] { 1, 5, 16, 23 })
            {
                // Few values, so that windows have several largest.
                var x = HostTensor.Random(++seed, 2, 13, 12, c).Map(v => MathF.Round(v * 3));
                var pool = new MaxPool2D(window, CeilMode: c == 5);
                var y = Reference.Pool2D(pool, x);
                var dy = HostTensor.Random(++seed, [.. y.Shape.Sizes]);
                var op = new MaxPool2DGradient(window);
                yield return new OperatorCase(
                    $"{op.Name} {name}, channels {c}", op, [x, y, dy],
                    [Reference.MaxPool2DGradient(op, x, y, dy)]);
            }
        }
    }
}
