using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class ConvTranspose2DCases
{
    public static IEnumerable<OperatorCase> All()
    {
        foreach (string name in GoldenFile.Names("conv_transpose2d_"))
        {
            var golden = GoldenFile.Open(name);
            var op = GoldenOperator(golden);
            yield return new OperatorCase(
                $"ConvTranspose2D golden {name}",
                op,
                [golden.Picture("in.x"), golden["in.w"].Permute(2, 3, 1, 0), golden["in.b"]],
                [golden.Picture("out.y")])
            { Constants = [1, 2] };
        }

        int seed = 500;

        // Sizes on both sides of every tile: rows of a tile, vectors and panels of outputs.
        foreach (var (c, o, h, w) in new[]
        {
            (1, 1, 3, 4), (24, 1, 9, 13), (24, 24, 5, 25), (16, 8, 4, 12), (33, 17, 3, 7),
            (64, 32, 14, 14), (5, 70, 2, 3),
        })
        {
            yield return Case($"2x2 stride 2 {c}>{o} {h}x{w}", new(2), 2, h, w, c, 2, 2, o, ++seed);
            yield return Case(
                $"3x3 stride 2 {c}>{o} {h}x{w}", new(2, 1, 1, 1), 1, h, w, c, 3, 3, o, ++seed);
            yield return Case(
                $"4x4 stride 2 {c}>{o} {h}x{w}", new(2, 1, 0, 1), 1, h, w, c, 4, 4, o, ++seed);
        }

        yield return Case("3x3 stride 1", new(1, 1, 0, 1), 2, 7, 9, 6, 3, 3, 10, ++seed);
        foreach (var (c, o, h, w) in new[]
        {
            (16, 24, 7, 7), (17, 33, 6, 13), (32, 32, 12, 12), (40, 64, 14, 28), (70, 96, 8, 25),
        })
        {
            yield return Case($"3x3 stride 1 {c}>{o} {h}x{w}", new(1, 1, 0, 1), 2, h, w, c, 3, 3, o, ++seed);
            yield return Case(
                $"3x3 stride 1 {c}>{o} {h}x{w}, weights that are computed", new(1, 1, 0, 1), 2, h, w, c, 3, 3, o,
                ++seed, constant: false);
        }

        yield return Case("3x3 stride 1 padding 0", new(1), 2, 9, 10, 20, 3, 3, 16, ++seed);
        yield return Case(
            "3x3 stride 1 asymmetric padding", new(1, new(0, 1, 2, 0), 0, 1), 2, 17, 18, 20, 3, 3, 16, ++seed,
            constant: false);
        yield return Case(
            "3x3 stride 1 with residual relu", new(1, 1, 0, 1, 1, new(new(Binary.Add), new(Unary.Relu))),
            2, 15, 17, 20, 3, 3, 24, ++seed, constant: false, operand: new Shape(2, 15, 17, 24));
        yield return Case(
            "3x3 stride 1 with gate", new(1, 1, 0, 1, 1, PointwiseChain.Of(Binary.WherePositive)),
            2, 15, 17, 20, 3, 3, 24, ++seed, constant: false, operand: new Shape(2, 15, 17, 24));
        yield return Case("1x1 stride 3", new(3), 1, 4, 5, 6, 1, 1, 7, ++seed);
        yield return Case("2x2 stride 3 leaves gaps", new(3), 1, 4, 5, 6, 2, 2, 7, ++seed);
        yield return Case("8x8 stride 4", new(4, 2, 0, 1), 1, 5, 6, 4, 8, 8, 3, ++seed);
        yield return Case(
            "5x3 stride 2x1", new(new(2, 1), new(2, 1, 2, 1), new(1, 0), 1),
            1, 6, 7, 9, 5, 3, 8, ++seed);
        yield return Case("2x3 stride 1x3", new(new Size2(1, 3)), 2, 6, 7, 9, 2, 3, 8, ++seed);
        yield return Case(
            "asymmetric padding", new(2, new(0, 1, 2, 0), 0, 1), 1, 6, 7, 9, 3, 3, 8, ++seed);
        yield return Case(
            "padding beyond the kernel", new(2, 4, 1, 1), 1, 8, 9, 5, 3, 3, 6, ++seed);
        yield return Case("dilation 2 with stride 3", new(3, 1, 2, 2), 1, 5, 6, 7, 3, 3, 8, ++seed);
        yield return Case(
            "dilation 3 with stride 2", new(2, 2, 1, new(3, 2)), 1, 5, 6, 7, 3, 2, 8, ++seed);
        yield return Case("one pixel", new(2), 1, 1, 1, 40, 3, 3, 20, ++seed);
        yield return Case("groups 3", new(2, 1, 1, 1, 3), 2, 5, 6, 12, 3, 3, 18, ++seed);
        yield return Case(
            "groups 2 with 2x2 stride 2", new(2, 0, 0, 1, 2), 2, 5, 6, 12, 2, 2, 40, ++seed);
        yield return Case("depthwise", new(2, 1, 0, 1, 20), 1, 5, 6, 20, 4, 4, 20, ++seed);
        yield return Case("without bias", new(2), 1, 5, 6, 8, 2, 2, 8, ++seed, bias: false);
        yield return Case(
            "weights that are computed", new(2), 1, 5, 6, 8, 2, 2, 8, ++seed, constant: false);
        yield return Case("many rows", new(2), 1, 80, 80, 24, 2, 2, 24, ++seed);
        foreach (var (name, chain) in new (string, PointwiseChain)[]
        {
            ("relu", PointwiseChain.Of(Unary.Relu)),
            ("sigmoid", PointwiseChain.Of(Unary.Sigmoid)),
            ("residual relu", new(new(Binary.Add), new(Unary.Relu))),
            ("channel scale, silu", new(new(Binary.Multiply), new(Unary.Silu))),
        })
        {
            foreach (int kernel in new[] { 2, 3 })
            {
                var op = new ConvTranspose2D(2, kernel - 2, kernel - 2, 1, 1, chain);
                var operand = chain.Operands == 0 ? default(Shape?)
                    : name.StartsWith("channel", StringComparison.Ordinal) ? new Shape(2, 1, 1, 20)
                    : new Shape(2, 10, 14, 20);
                yield return Case(
                    $"{kernel}x{kernel} with {name}", op, 2, 5, 7, 12, kernel, kernel, 20, ++seed,
                    operand: operand);
            }
        }
    }

    /// <summary>The operator of a golden case.</summary>
    public static ConvTranspose2D GoldenOperator(GoldenFile golden)
    {
        var (strideH, strideW) = golden.Pair("stride");
        var (padH, padW) = golden.Pair("padding");
        var (outputH, outputW) = golden.Pair("output_padding");
        var (dilationH, dilationW) = golden.Pair("dilation");
        return new ConvTranspose2D(
            new(strideH, strideW),
            new(padH, padW, padH, padW),
            new(outputH, outputW),
            new(dilationH, dilationW),
            golden.Int("groups"));
    }

    private static OperatorCase Case(
        string name, ConvTranspose2D op, int n, int h, int w, int c, int kh, int kw, int o,
        int seed, bool bias = true, bool constant = true, Shape? operand = null)
    {
        var inputs = new List<HostTensor?>
        {
            HostTensor.Random(seed, n, h, w, c),
            HostTensor.Random(seed + 1000, kh, kw, o / op.Groups, c),
            bias || operand is not null ? HostTensor.Random(seed + 2000, o) : null,
        };
        if (operand is { } shape)
        {
            inputs.Add(HostTensor.Random(seed + 3000, shape.Sizes));
        }

        return new OperatorCase(
            $"ConvTranspose2D {name}", op, [.. inputs], [Reference.ConvTranspose2D(op, inputs)])
        {
            Constants = constant ? [1, 2] : [],
            Tolerance = 2e-5,
        };
    }
}
