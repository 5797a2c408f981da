using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class Conv2DCases
{
    /// <summary>The operator of a golden case.</summary>
    public static Conv2D GoldenOperator(GoldenFile golden)
    {
        var (strideH, strideW) = golden.Pair("stride");
        var (padH, padW) = golden.Pair("padding");
        var (dilationH, dilationW) = golden.Pair("dilation");
        return new Conv2D(
            new(strideH, strideW), new(padH, padW, padH, padW), new(dilationH, dilationW), golden.Int("groups"));
    }

    private static readonly PointwiseChain ResidualRelu = new(new(Binary.Add), new(Unary.Relu));

    public static IEnumerable<OperatorCase> All()
    {
        foreach (string name in GoldenFile.Names("conv2d_"))
        {
            var golden = GoldenFile.Open(name);
            var op = GoldenOperator(golden);
            yield return new OperatorCase(
                $"Conv2D golden {name}",
                op,
                [golden.Picture("in.x"), golden["in.w"].Permute(2, 3, 1, 0), golden.Has("in.b") ? golden["in.b"] : null],
                [golden.Picture("out.y")])
            { Constants = [1, 2] };
        }

        int seed = 100;

        // Sizes on both sides of every tile: rows and columns of tiles, channels of a vector,
        // panels of outputs.
        foreach (var (c, o, h, w) in new[]
        {
            (1, 1, 4, 4), (3, 16, 9, 14), (16, 24, 7, 7), (17, 33, 6, 13), (32, 32, 12, 12),
            (40, 64, 14, 28), (64, 48, 15, 5), (70, 96, 8, 25),
        })
        {
            yield return Case($"3x3 {c}>{o} {h}x{w}", new Conv2D(1, 1, 1), 1, h, w, c, 3, 3, o, ++seed);
            yield return Case($"1x1 {c}>{o} {h}x{w}", new Conv2D(), 2, h, w, c, 1, 1, o, ++seed);
        }

        yield return Case("3x3 stride 2", new Conv2D(2, 1, 1), 2, 11, 13, 20, 3, 3, 40, ++seed);
        yield return Case("3x3 asymmetric padding", new Conv2D(2, new(0, 0, 1, 1), 1), 1, 12, 12, 8, 3, 3, 16, ++seed);
        yield return Case("2x2 even kernel", new Conv2D(1, new(0, 1, 1, 0), 1), 1, 7, 9, 5, 2, 2, 9, ++seed);
        yield return Case("7x7 stride 2 first layer", new Conv2D(2, 3, 1), 1, 32, 36, 3, 7, 7, 64, ++seed);
        yield return Case("1x1 stride 2", new Conv2D(2, 0, 1), 1, 9, 11, 12, 1, 1, 20, ++seed);
        yield return Case("1x9", new Conv2D(1, new(0, 4, 0, 4), 1), 1, 5, 21, 6, 1, 9, 7, ++seed);
        yield return Case("dilation 3", new Conv2D(1, 3, 3), 1, 14, 15, 6, 3, 3, 8, ++seed);
        yield return Case("padding beyond the kernel", new Conv2D(1, 4, 1), 1, 5, 6, 4, 3, 3, 8, ++seed);
        yield return Case("groups 4", new Conv2D(1, 1, 1, 4), 1, 9, 10, 64, 3, 3, 32, ++seed);
        yield return Case("groups 2 with 1x1", new Conv2D(1, 0, 1, 2), 1, 5, 6, 10, 1, 1, 6, ++seed);
        foreach (int c in new[] { 1, 5, 16, 24, 35, 96 })
        {
            yield return Case($"depthwise 3x3 {c}", new Conv2D(1, 1, 1, c), 2, 8, 11, c, 3, 3, c, ++seed);
            yield return Case($"depthwise 5x5 stride 2 {c}", new Conv2D(2, 2, 1, c), 1, 11, 14, c, 5, 5, c, ++seed);
        }

        yield return Case("depthwise 3x3 dilation 2", new Conv2D(1, 2, 2, 20), 1, 12, 12, 20, 3, 3, 20, ++seed);
        yield return Case("depthwise multiplier 2", new Conv2D(1, 1, 1, 12), 1, 6, 7, 12, 3, 3, 24, ++seed);
        yield return Case("without bias", new Conv2D(1, 1, 1), 1, 6, 6, 8, 3, 3, 8, ++seed, bias: false);
        yield return Case(
            "weights that are computed", new Conv2D(1, 1, 1), 1, 6, 6, 8, 3, 3, 8, ++seed, constant: false);
        yield return Case(
            "many weights that are computed", new Conv2D(1, 1, 1), 2, 17, 19, 38, 3, 3, 70, ++seed, constant: false);
        foreach (var (name, chain) in new (string, PointwiseChain)[]
        {
            ("relu", PointwiseChain.Of(Unary.Relu)),
            ("clip", PointwiseChain.Of(Unary.Clip, -5f, 8f)),
            ("hard swish", PointwiseChain.Of(Unary.HardSwish)),
            ("residual relu", ResidualRelu),
            ("gate", PointwiseChain.Of(Binary.WherePositive)),
            ("relu residual", new(new(Unary.Relu), new(Binary.Add))),
            ("channel scale, silu", new(new(Binary.Multiply), new(Unary.Silu))),
        })
        {
            var operand = chain.Operands == 0 ? default(Shape?)
                : name.StartsWith("channel", StringComparison.Ordinal) ? new Shape(2, 1, 1, 40) : new Shape(2, 13, 14, 40);
            foreach (var (kernel, groups) in new[] { (3, 1), (1, 1), (3, 40) })
            {
                yield return Case(
                    $"{kernel}x{kernel} groups {groups} with {name}",
                    new Conv2D(1, kernel / 2, 1, groups, chain),
                    2, 13, 14, 40, kernel, kernel, 40, ++seed, operand: operand);
            }
        }
    }

    private static OperatorCase Case(
        string name, Conv2D op, int n, int h, int w, int c, int kh, int kw, int o, int seed, bool bias = true,
        bool constant = true, Shape? operand = null)
    {
        var inputs = new List<HostTensor?>
        {
            HostTensor.Random(seed, n, h, w, c),
            HostTensor.Random(seed + 1000, kh, kw, c / op.Groups, o),
            bias || operand is not null ? HostTensor.Random(seed + 2000, o) : null,
        };
        if (operand is { } shape)
        {
            inputs.Add(HostTensor.Random(seed + 3000, shape.Sizes));
        }

        return new OperatorCase($"Conv2D {name}", op, [.. inputs], [Reference.Conv2D(op, inputs)])
        {
            Constants = constant ? [1, 2] : [],
            Tolerance = 2e-5,
        };
    }
}
