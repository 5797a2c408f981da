using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor MatMul(MatMul op, IReadOnlyList<HostTensor?> inputs)
    {
        var (a, b) = (inputs[0]!, inputs[1]!);
        if (op.TransposeA)
        {
            a = SwapLastTwo(a);
        }

        if (op.TransposeB)
        {
            b = SwapLastTwo(b);
        }

        var (m, k, n) = (a.Shape[-2], a.Shape[-1], b.Shape[-1]);
        var (batchA, batchB) = (new Shape(a.Shape.Sizes[..^2]), new Shape(b.Shape.Sizes[..^2]));
        var batch = Shape.Broadcast(batchA, batchB);
        var (matrixA, matrixB) = (BroadcastIndex(batchA, batch), BroadcastIndex(batchB, batch));
        var y = new Shape([.. batch.Sizes, m, n]);
        var sums = new double[y.Count];
        for (int i = 0; i < sums.Length; i++)
        {
            int column = i % n;
            int row = i / n % m;
            int matrix = i / (n * m);
            double sum = inputs.Count > 2 && inputs[2] is { } bias ? bias.Floats[column] : 0;
            for (int t = 0; t < k; t++)
            {
                sum += (double)a.Floats[(((matrixA(matrix) * m) + row) * k) + t]
                    * b.Floats[(((matrixB(matrix) * k) + t) * n) + column];
            }

            sums[i] = sum;
        }

        return Chain(sums, y, op.Epilogue, [.. inputs.Skip(op.FirstOperand)]);
    }

    private static HostTensor SwapLastTwo(HostTensor x)
    {
        int[] order = [.. Enumerable.Range(0, x.Shape.Rank)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return x.Permute(order);
    }
}
