using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class MatMulCases
{
    public static IEnumerable<OperatorCase> All() => Plain().SelectMany(WithEveryGpuAlgorithm);

    private static readonly (bool A, bool B)[] Transposes =
        [(false, false), (false, true), (true, false), (true, true)];

    private static IEnumerable<OperatorCase> Plain()
    {
        var linear = GoldenFile.Open("linear");
        yield return new OperatorCase(
            "MatMul golden linear",
            new MatMul(),
            [linear["in.x"], linear["in.w"].Permute(1, 0), linear["in.b"]],
            [linear["out.y"]])
        { Constants = [1, 2] };
        yield return new OperatorCase(
            "MatMul golden linear, weights [out, in]",
            new MatMul(TransposeB: true),
            [linear["in.x"], linear["in.w"], linear["in.b"]],
            [linear["out.y"]])
        { Constants = [1, 2] };
        var batched = GoldenFile.Open("matmul_batched");
        yield return new OperatorCase(
            "MatMul golden matmul_batched", new MatMul(), [batched["in.a"], batched["in.b"]],
            [batched["out.y"]]);

        int seed = 500;

        // Sizes on both sides of rows at a time, panels, blocks, tiles and slices; each way round.
        foreach (var (m, k, n) in new[]
        {
            (1, 1, 1), (1, 40, 1), (1, 300, 64), (1, 17, 130), (2, 33, 9), (4, 64, 96), (5, 8, 31),
            (6, 16, 32),
            (13, 20, 33), (49, 200, 36), (64, 16, 64), (67, 45, 71), (130, 24, 132), (12, 500, 64),
        })
        {
            foreach (var (a, b) in Transposes)
            {
                string name =
                    $"{m}x{k}{(a ? " transposed" : "")} by {k}x{n}{(b ? " transposed" : "")}";
                yield return Case(
                    name, new MatMul(a, b), a ? [k, m] : [m, k], b ? [n, k] : [k, n], ++seed);
                if (!a)
                {
                    yield return Case(
                        $"{name}, constant with bias", new MatMul(a, b), [m, k],
                        b ? [n, k] : [k, n], ++seed,
                        constant: true, bias: true);
                }
            }
        }

        yield return Case("batch 2x3", new MatMul(), [2, 3, 5, 7], [2, 3, 7, 6], ++seed);
        yield return Case(
            "one b for a batch", new MatMul(), [2, 3, 5, 7], [7, 6], ++seed, constant: true,
            bias: true);
        yield return Case(
            "one b for a batch, a transposed", new MatMul(true), [3, 7, 5], [7, 6], ++seed);
        yield return Case("one a for a batch", new MatMul(), [5, 7], [4, 7, 36], ++seed);
        yield return Case("one row for a batch", new MatMul(), [1, 40], [3, 40, 64], ++seed);
        yield return Case(
            "batches that broadcast both ways", new MatMul(false, true), [2, 1, 9, 7], [3, 11, 7],
            ++seed);
        yield return Case(
            "batch of constants", new MatMul(), [2, 3, 9, 8], [2, 1, 8, 40], ++seed,
            constant: true);
        yield return Case(
            "batch of large", new MatMul(), [2, 70, 40], [2, 40, 66], ++seed, bias: true);
        foreach (var (name, chain, operand) in new (string, PointwiseChain, int[]?)[]
        {
            ("relu", PointwiseChain.Of(Unary.Relu), null),
            ("gelu", PointwiseChain.Of(Unary.Gelu), null),
            ("residual relu", new(new(Binary.Add), new(Unary.Relu)), [2, 35, 40]),
            ("row scale", PointwiseChain.Of(Binary.Multiply), [35, 1]),
        })
        {
            yield return Case(
                $"with {name}", new MatMul(Epilogue: chain), [2, 35, 18], [18, 40], ++seed,
                constant: true, bias: true,
                operand: operand);
            yield return Case(
                $"batched with {name}", new MatMul(Epilogue: chain), [2, 35, 18], [2, 18, 40],
                ++seed, operand: operand);
        }

        yield return Case(
            "one row in many blocks, with relu",
            new MatMul(Epilogue: PointwiseChain.Of(Unary.Relu)),
            [1, 400], [400, 700], ++seed, constant: true, bias: true);
    }

    private static IEnumerable<OperatorCase> WithEveryGpuAlgorithm(OperatorCase test)
    {
        yield return test;
        var op = (MatMul)test.Operator;
        var product = op.ProductOf(test.Inputs[0]!.Shape, test.Inputs[1]!.Shape);
        foreach (var algorithm in Enum.GetValues<GpuMatMulAlgorithm>())
        {
            if (algorithm != MatMul.Choose(product) && MatMul.CanRun(algorithm, product))
            {
                yield return test with
                {
                    Name = $"{test.Name}, {algorithm}",
                    Operator = op with { ForcedGpuAlgorithm = algorithm },
                    IsForGpus = true,
                };
            }
        }
    }

    private static OperatorCase Case(
        string name, MatMul op, int[] a, int[] b, int seed, bool constant = false,
        bool bias = false,
        int[]? operand = null)
    {
        var inputs = new List<HostTensor?>
        {
            HostTensor.Random(seed, a),
            HostTensor.Random(seed + 1000, b),
            bias ? HostTensor.Random(seed + 2000, op.TransposeB ? b[^2] : b[^1]) : null,
        };
        if (operand is not null)
        {
            inputs.Add(HostTensor.Random(seed + 3000, operand));
        }

        return new OperatorCase($"MatMul {name}", op, [.. inputs], [Reference.MatMul(op, inputs)])
        {
            Constants = constant ? [1, 2] : [],
        };
    }
}
