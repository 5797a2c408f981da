using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Softmax(Softmax op, HostTensor x)
    {
        var results = new float[x.Shape.Count];
        foreach (var line in Lines(x.Shape, [op.Axis]))
        {
            double maximum = line.Max(i => (double)x.Floats[i]);
            double sum = line.Sum(i => Math.Exp(x.Floats[i] - maximum));
            foreach (int i in line)
            {
                double shifted = x.Floats[i] - maximum;
                results[i] = (float)(op.IsLog ? shifted - Math.Log(sum) : Math.Exp(shifted) / sum);
            }
        }

        return HostTensor.Of(x.Shape, results);
    }

    public static HostTensor Hardmax(Hardmax op, HostTensor x)
    {
        var results = new float[x.Shape.Count];
        foreach (var line in Lines(x.Shape, [op.Axis]))
        {
            float largest = line.Max(i => x.Floats[i]);
            results[line.First(i => x.Floats[i] == largest)] = 1;
        }

        return HostTensor.Of(x.Shape, results);
    }

    public static HostTensor Reduce(Reduce op, HostTensor x)
    {
        int[] axes = op.Axes.Count == 0 ? [.. Enumerable.Range(0, x.Shape.Rank)] : op.Axes.Values.ToArray();
        var y = op.Infer([x.Type])[0];
        if (y.Element == ElementType.Int32)
        {
            return HostTensor.OfInts(y.Shape, [.. Lines(x.Shape, axes).Select(line => op.Kind switch
            {
                ReduceKind.Sum => line.Aggregate(0, (sum, i) => unchecked(sum + x.Ints[i])),
                ReduceKind.Product => line.Aggregate(1, (product, i) => unchecked(product * x.Ints[i])),
                ReduceKind.Max => line.Max(i => x.Ints[i]),
                _ => line.Min(i => x.Ints[i]),
            })]);
        }

        return HostTensor.Of(y.Shape, [.. Lines(x.Shape, axes).Select(line => (float)(op.Kind switch
        {
            ReduceKind.Product => line.Aggregate(1.0, (product, i) => product * x.Floats[i]),
            ReduceKind.SumOfMagnitudes => line.Sum(i => Math.Abs((double)x.Floats[i])),
            ReduceKind.SumOfSquares => line.Sum(i => (double)x.Floats[i] * x.Floats[i]),
            ReduceKind.Sum => line.Sum(i => (double)x.Floats[i]),
            ReduceKind.Mean => line.Average(i => (double)x.Floats[i]),
            ReduceKind.Max => line.Max(i => (double)x.Floats[i]),
            _ => line.Min(i => (double)x.Floats[i]),
        }))]);
    }

    public static HostTensor ArgMax(ArgMax op, HostTensor x) => HostTensor.OfInts(
        op.Infer([x.Type])[0].Shape,
        [.. Lines(x.Shape, [op.Axis]).Select(line =>
        {
            float best = op.Smallest ? line.Min(i => x.Floats[i]) : line.Max(i => x.Floats[i]);
            int[] at = [.. Enumerable.Range(0, line.Length).Where(l => x.Floats[line[l]] == best)];
            return op.SelectLast ? at[^1] : at[0];
        })]);

    /// <summary>
    /// For each element that is left when some dimensions are reduced, the indices that it is made
    /// of.
    /// </summary>
    private static IEnumerable<int[]> Lines(Shape shape, int[] axes)
    {
        var strides = shape.Strides();
        int[] reduced = [.. axes.Select(a => a < 0 ? a + shape.Rank : a).Order()];
        int[] kept = [.. Enumerable.Range(0, shape.Rank).Except(reduced)];
        int[] within = [.. Offsets(reduced)];
        return Offsets(kept).Select(start => Array.ConvertAll(within, offset => start + offset));

        IEnumerable<int> Offsets(int[] dimensions) => dimensions.Aggregate(
            Enumerable.Repeat(0, 1),
            (offsets, d) => offsets.SelectMany(o => Enumerable.Range(0, shape[d]).Select(i => o + (i * strides[d]))));
    }
}
