using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Einsum, as diagonals, sums, products of matrices and orders of axes. Operands are joined from
/// left to right, each pair by one product.
/// </summary>
internal static class Einsums
{
    public static IEnumerable<OperatorMapper> All => [OperatorMapper.Of("Einsum", Einsum)];

    private static GraphTensor Einsum(NodeContext n)
    {
        GraphTensor[] inputs = [.. n.Inputs.Select(n.Floats)];
        EinsumEquation equation;
        try
        {
            equation = EinsumEquation.Parse(
                n.Node.Text("equation", ""), [.. inputs.Select(x => x.Shape)]);
        }
        catch (FormatException e)
        {
            throw n.Node.Bad(e.Message, "equation");
        }

        Labelled[] operands =
            [.. inputs.Select((x, i) => Diagonal(n, new Labelled(x, equation.Operands[i])))];
        var joined = operands[0];
        for (int i = 0; i < operands.Length; i++)
        {
            // What neither the result nor an operand that is still to come has is done with.
            HashSet<int> wanted =
                [.. equation.Result, .. operands.Skip(i + 1).SelectMany(o => o.Labels)];
            joined = i == 0 ? joined : Join(n, joined, operands[i], wanted);
            joined = Sum(n, joined, wanted);
        }

        return InOrder(joined, equation.Result).Tensor;
    }

    /// <summary>
    /// Axes of one label become one: every n + 1st element of both laid out as one.
    /// </summary>
    private static Labelled Diagonal(NodeContext n, Labelled x)
    {
        for (int i = 0; i < x.Labels.Length; i++)
        {
            int other = Array.IndexOf(x.Labels, x.Labels[i], i + 1);
            if (other < 0)
            {
                continue;
            }

            var shape = x.Tensor.Shape;
            if (shape[i] != shape[other])
            {
                throw new ShapeException($"axes {i} and {other} of {shape} have one label");
            }

            int[] rest = [.. Enumerable.Range(0, shape.Rank).Except([i, other])];
            int[] sizes = [.. rest.Select(axis => shape[axis])];
            int size = shape[i];
            var square = n.Graph.Reshape(
                x.Tensor.Permuted([.. rest, i, other]), new Shape([.. sizes, size * size]));
            var diagonal = n.Graph.Slice(square, rest.Length, 0, size, size + 1);
            x = new Labelled(diagonal, [.. rest.Select(axis => x.Labels[axis]), x.Labels[i]]);
            i = -1;
        }

        return x;
    }

    /// <summary>The sum over all axes that nobody wants.</summary>
    private static Labelled Sum(NodeContext n, Labelled x, HashSet<int> wanted)
    {
        int[] axes =
            [.. Enumerable.Range(0, x.Labels.Length).Where(i => !wanted.Contains(x.Labels[i]))];
        return axes.Length == 0 ? x : new Labelled(
            Reductions.Reduce(n, x.Tensor, ReduceKind.Sum, axes, keep: false),
            [.. x.Labels.Where(wanted.Contains)]);
    }

    private static Labelled Join(NodeContext n, Labelled a, Labelled b, HashSet<int> wanted)
    {
        // Sums over axes of one of both are taken before.
        a = Sum(n, a, [.. wanted, .. b.Labels]);
        b = Sum(n, b, [.. wanted, .. a.Labels]);
        var shared = a.Labels.Intersect(b.Labels);
        int[] batch = [.. shared.Where(wanted.Contains)];
        int[] summed = [.. shared.Where(label => !wanted.Contains(label))];
        int[] rows = [.. a.Labels.Except(b.Labels)];
        int[] columns = [.. b.Labels.Except(a.Labels)];
        var left = InOrder(a, [.. batch, .. rows, .. summed]);
        var right = InOrder(b, [.. batch, .. summed, .. columns]);
        int[] labels = [.. batch, .. rows, .. columns];
        Require(summed, a, b);

        // Axes under an ellipsis may be of size 1 in one of both.
        Shape shape = new(
            [
                .. batch.Select(label => Math.Max(a.SizeOf(label), b.SizeOf(label))),
                .. rows.Select(a.SizeOf), .. columns.Select(b.SizeOf),
            ]);
        if (summed.Length == 0)
        {
            var wide = n.Graph.Reshape(left.Tensor, new Shape(
                [.. left.Tensor.Shape.Sizes, .. Enumerable.Repeat(1, columns.Length)]));
            var tall = n.Graph.Reshape(right.Tensor, new Shape(
                [
                    .. batch.Select(b.SizeOf), .. Enumerable.Repeat(1, rows.Length),
                    .. columns.Select(b.SizeOf),
                ]));
            return new Labelled(
                n.Graph.Broadcast(new Pointwise(Binary.Multiply), wide, tall), labels);
        }

        var product = Products.Multiply(
            n,
            n.Graph.Reshape(left.Tensor, new Shape(
                [.. batch.Select(a.SizeOf), Count(rows, a), Count(summed, a)])),
            n.Graph.Reshape(right.Tensor, new Shape(
                [.. batch.Select(b.SizeOf), Count(summed, b), Count(columns, b)])));
        return new Labelled(n.Graph.Reshape(product, shape), labels);
    }

    private static void Require(int[] summed, Labelled a, Labelled b)
    {
        foreach (int label in summed)
        {
            if (a.SizeOf(label) != b.SizeOf(label))
            {
                throw new ShapeException(
                    $"{a.Tensor.Shape} and {b.Tensor.Shape} differ along an axis of one label");
            }
        }
    }

    private static int Count(int[] labels, Labelled x) =>
        labels.Aggregate(1, (count, label) => checked(count * x.SizeOf(label)));

    private static Labelled InOrder(Labelled x, int[] labels) => new(
        x.Tensor.Permuted([.. labels.Select(label => Array.IndexOf(x.Labels, label))]), labels);

    /// <summary>A tensor and the label of each axis.</summary>
    private sealed record Labelled(GraphTensor Tensor, int[] Labels)
    {
        public int SizeOf(int label) => Tensor.Shape[Array.IndexOf(Labels, label)];
    }
}
