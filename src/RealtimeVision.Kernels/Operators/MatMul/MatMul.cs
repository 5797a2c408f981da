using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Product of matrices, or of batches of them, with bias and a chain of pointwise functions on the
/// result: y = chain(a b + bias). With constant [in, out] weights as b it is the linear (dense,
/// fully connected) layer.
/// </summary>
/// <remarks>
/// Inputs: a [..., M, K], or [..., K, M] where it is transposed; b [..., K, N], or [..., N, K];
/// bias [N], may be absent; then the chain's operands, each of a shape that broadcasts to the
/// output. Both matrices have rank 2 or more; dimensions before the last two broadcast as NumPy has
/// it. Output: [..., M, N].
/// </remarks>
/// <param name="TransposeA">Whether the last two dimensions of a are swapped.</param>
/// <param name="TransposeB">Whether the last two dimensions of b are swapped.</param>
/// <param name="Epilogue">What is done to each sum before it is written.</param>
public sealed partial record MatMul(
    bool TransposeA = false, bool TransposeB = false, PointwiseChain Epilogue = default)
    : Operator, IEpilogueOperator
{
    /// <summary>Index of the left matrix among the inputs.</summary>
    public const int A = 0;

    /// <summary>Index of the right matrix, a linear layer's weights, among the inputs.</summary>
    public const int B = 1;

    /// <summary>Index of the bias among the inputs.</summary>
    public const int Bias = 2;

    /// <inheritdoc/>
    public int FirstOperand => 3;

    /// <inheritdoc/>
    public Operator WithEpilogue(PointwiseChain epilogue) => this with { Epilogue = epilogue };

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length >= 2, "takes two matrices");
        RequireFloat(inputs[A], "the left matrix");
        RequireFloat(inputs[B], "the right matrix");
        var (a, b) = (inputs[A].Shape, inputs[B].Shape);
        Require(a.Rank >= 2 && b.Rank >= 2, $"takes matrices of rank 2 or more, has {a} and {b}");
        Require(a.Count > 0 && b.Count > 0, $"takes matrices that are not empty, has {a} and {b}");
        int depth = TransposeA ? a[-2] : a[-1];
        Require(
            depth == (TransposeB ? b[-1] : b[-2]),
            $"{a}{(TransposeA ? " transposed" : "")} and "
                + $"{b}{(TransposeB ? " transposed" : "")} do not fit");
        var product = ProductOf(a, b);
        if (inputs.Length > Bias && inputs[Bias].IsPresent)
        {
            RequireFloat(inputs[Bias], "the bias", 1);
            Require(
                inputs[Bias].Shape[0] == product.N,
                $"bias {inputs[Bias].Shape} does not fit {product.N} columns of {b}");
        }

        this.RequireOperands(Epilogue, inputs, product.Output);
        return [new TensorType(ElementType.Float32, product.Output)];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        var product = ProductOf(inputs[A].Shape, inputs[B].Shape);
        return 2 * product.Output.Count * product.K;
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => Epilogue == PointwiseChain.Empty;

    /// <inheritdoc/>
    /// <remarks>
    /// With y = a b: da = dy b' and db = a' dy, each transposed as its matrix is, and summed along
    /// the batch where one matrix served for many.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var dy = g.OutputGradient();
        if (g.Wants(A))
        {
            var da = TransposeA
                ? g.Add(new MatMul(TransposeB, true), g.Input(B), dy)
                : g.Add(new MatMul(false, !TransposeB), dy, g.Input(B));
            g.Give(A, g.SumTo(da, g.Input(A).Shape));
        }

        if (g.Wants(B))
        {
            g.Give(B, GradientOfB(g, dy));
        }

        if (g.Wants(Bias))
        {
            g.Give(Bias, g.SumTo(dy, g.Input(Bias).Shape));
        }
    }

    private Value GradientOfB(GradientBuilder g, Value dy)
    {
        var (a, b) = (g.Input(A), g.Input(B));
        if (b.Shape.Rank == 2 && a.Shape.Rank > 2 && !TransposeA)
        {
            // One b for a batch: its gradient is one product over all rows of the batch.
            a = g.Add(new Reshape(new Shape(checked((int)(a.Shape.Count / a.Shape[-1])), a.Shape[-1])), a);
            dy = g.Add(new Reshape(new Shape(a.Shape[0], dy.Shape[-1])), dy);
        }

        var db = TransposeB
            ? g.Add(new MatMul(true, TransposeA), dy, a)
            : g.Add(new MatMul(!TransposeA, false), a, dy);
        return g.SumTo(db, b.Shape);
    }

    /// <summary>The sizes of the product of inputs of these shapes.</summary>
    internal MatrixProduct ProductOf(Shape a, Shape b)
    {
        var (batchA, batchB) = (new Shape(a.Sizes[..^2]), new Shape(b.Sizes[..^2]));
        var batch = Shape.Broadcast(batchA, batchB);
        var (m, k) = TransposeA ? (a[-1], a[-2]) : (a[-2], a[-1]);
        int n = TransposeB ? b[-2] : b[-1];
        var output = new Shape([.. batch.Sizes, m, n]);
        if (batchB.Count == 1 && !TransposeA)
        {
            // One b for all: the matrices of a follow one another, so they are one tall matrix.
            m = checked((int)(m * batch.Count));
            (batch, batchA, batchB) = (default, default, default);
        }

        return new MatrixProduct(m, n, k, TransposeA, TransposeB, batch, batchA, batchB, output);
    }
}

/// <summary>
/// Sizes of a batch of products, the batch merged into the rows where that can be.
/// </summary>
/// <param name="M">Rows of each product.</param>
/// <param name="N">Columns of each product.</param>
/// <param name="K">Terms of each sum.</param>
/// <param name="TransposeA">True where a is stored [K, M].</param>
/// <param name="TransposeB">True where b is stored [N, K].</param>
/// <param name="Batch">Dimensions of the batch.</param>
/// <param name="BatchA">
/// Dimensions of a before the last two, which broadcast to <paramref name="Batch"/>.
/// </param>
/// <param name="BatchB">
/// Dimensions of b before the last two, which broadcast to <paramref name="Batch"/>.
/// </param>
/// <param name="Output">Shape of the operator's output.</param>
internal sealed record MatrixProduct(
    int M, int N, int K, bool TransposeA, bool TransposeB, Shape Batch, Shape BatchA, Shape BatchB,
    Shape Output)
{
    /// <summary>Number of products.</summary>
    public int Count => checked((int)Batch.Count);

    /// <summary>Elements from a row of a to the next.</summary>
    public int RowStrideA => TransposeA ? 1 : K;

    /// <summary>Elements from a column of a to the next.</summary>
    public int DepthStrideA => TransposeA ? M : 1;
}
