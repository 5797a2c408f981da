using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>MatMul and Gemm.</summary>
internal static class Products
{
    private static readonly int[] Swap = [1, 0];

    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("MatMul", n => Multiply(n, n.Input(0), n.Input(1))),
        OperatorMapper.Of("Gemm", Gemm),
    ];

    private static GraphTensor Gemm(NodeContext n)
    {
        var a = n.Floats(0);
        var b = n.Input(1);
        if (a.Rank != 2 || b.Rank != 2)
        {
            throw new ShapeException($"{a.Shape} and {b.Shape} are no matrices");
        }

        a = n.Node.Flag("transA") ? a.Permuted(Swap) : a;
        float alpha = n.Node.Float("alpha", 1);
        float beta = n.Node.Float("beta", 1);
        var c = beta == 0 ? null : n.Optional(2);
        bool isTransposed = n.Node.Flag("transB");
        if (c is not null && alpha == 1 && beta == 1
            && Axes.WithoutLeadingOnes(c.Shape) is { Rank: 1 } shape
            && shape[0] == b.Shape[isTransposed ? 0 : 1])
        {
            var bias = c is HostTensor host
                ? (ImportedTensor)host.Reshape(shape)
                : n.Graph.Reshape(n.Floats(c), shape);
            return Product(n, a, b, isTransposed, n.Graph.InOrder(bias));
        }

        var y = Product(n, a, b, isTransposed, null);
        y = alpha == 1 ? y : n.Graph.Pointwise(y, Unary.Affine, alpha);
        if (c is null)
        {
            return y;
        }

        var added = beta == 1 ? c : n.Graph.Pointwise(n.Floats(c), Unary.Affine, beta);
        return n.Graph.Pointwise(y, PointwiseChain.Of(Binary.Add), added);
    }

    /// <summary>
    /// The product of matrices, or of stacks of them. A vector is a matrix of one row on the left,
    /// of one column on the right, and that axis is left out of the result.
    /// </summary>
    public static GraphTensor Multiply(NodeContext n, ImportedTensor left, ImportedTensor right)
    {
        if (left.Rank == 0 || right.Rank == 0)
        {
            throw new ShapeException($"{left.Shape} and {right.Shape} are no matrices");
        }

        var a = n.Floats(left);
        a = a.Rank > 1 ? a : n.Graph.Reshape(a, new(1, a.Shape[0]));
        var b = right.Rank > 1 ? right : n.Graph.Reshape(n.Floats(right), new(right.Shape[0], 1));
        var y = Product(n, a, b, false, null);
        if (left.Rank > 1 && right.Rank > 1)
        {
            return y;
        }

        List<int> sizes = [.. y.Shape.Sizes];
        sizes.RemoveAt(right.Rank == 1 ? sizes.Count - 1 : sizes.Count - 2);
        if (left.Rank == 1 && right.Rank == 1)
        {
            sizes.Clear();
        }

        return n.Graph.Reshape(y, new Shape([.. sizes]));
    }

    private static GraphTensor Product(
        NodeContext n, GraphTensor a, ImportedTensor b, bool isTransposed, Value? bias)
    {
        var (right, transposeB) = Right(n, b, isTransposed);

        // All but the axis that is summed over may lie in any order where one matrix serves all of
        // a batch.
        bool isLinear = b.Rank == 2 && a.Order[a.Rank - 1] == a.Rank - 1;
        bool transposeA = !isLinear && a.Order == SwappedLast(a.Rank);
        var order = isLinear ? a.Order : Axes.Identity(a.Rank);
        var left = transposeA ? a.Value : n.Graph.InOrder(a, order);
        var y = bias is null
            ? n.Graph.Add(new MatMul(transposeA, transposeB), left, right)
            : n.Graph.Add(new MatMul(transposeA, transposeB), left, right, bias);
        return isLinear ? new GraphTensor(y, order) : new GraphTensor(y);
    }

    // Weights are turned to [in, out] when they are loaded; what is computed is read as it lies,
    // where that can be.
    private static (Value Value, bool Transpose) Right(
        NodeContext n, ImportedTensor b, bool isTransposed)
    {
        if (b is HostTensor)
        {
            var order = isTransposed ? SwappedLast(b.Rank) : Axes.Identity(b.Rank);
            return (n.Graph.InOrder(b, order), false);
        }

        var tensor = n.Floats(b);
        tensor = isTransposed ? tensor.Permuted(Swap) : tensor;
        return tensor.Order == SwappedLast(b.Rank)
            ? (tensor.Value, true)
            : (n.Graph.InOrder(tensor), false);
    }

    private static IntList SwappedLast(int rank) =>
        [.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2];
}
