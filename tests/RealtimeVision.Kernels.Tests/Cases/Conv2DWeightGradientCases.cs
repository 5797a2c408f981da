using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class Conv2DWeightGradientCases
{
    public static IEnumerable<OperatorCase> All() => Cases().SelectMany(WithEveryGpuAlgorithm);

    private static IEnumerable<OperatorCase> Cases()
    {
        foreach (string name in GoldenFile.Names("conv2d_"))
        {
            var golden = GoldenFile.Open(name);
            var (strideH, strideW) = golden.Pair("stride");
            var (padH, padW) = golden.Pair("padding");
            var (dilationH, dilationW) = golden.Pair("dilation");
            var expected = golden["grad.w"].Permute(2, 3, 1, 0);
            var op = new Conv2DWeightGradient(
                new(expected.Shape[0], expected.Shape[1]),
                new(strideH, strideW),
                new(padH, padW, padH, padW),
                new(dilationH, dilationW),
                golden.Int("groups"));
            yield return new OperatorCase(
                $"Conv2DWeightGradient golden {name}",
                op,
                [golden.Picture("in.x"), golden.Picture("dout.y")],
                [expected]);
        }

        int seed = 7000;

        // Sizes on both sides of every tile: channels of a vector, rows and columns of tiles,
        // panels of outputs, steps of pixels.
        foreach (var (c, o, h, w) in new[]
        {
            (1, 1, 4, 4), (3, 16, 9, 14), (2, 9, 5, 3), (16, 24, 7, 7), (17, 33, 6, 13),
            (32, 32, 12, 12), (12, 66, 5, 9), (70, 132, 4, 5), (24, 1, 9, 13), (8, 7, 6, 5),
        })
        {
            yield return Case($"3x3 {c}>{o} {h}x{w}", new(3, 1, 1, 1), 1, h, w, c, o, ++seed);
            yield return Case($"1x1 {c}>{o} {h}x{w}", new(1, 1, 0, 1), 2, h, w, c, o, ++seed);
        }

        // Enough tiles for Winograd, in more slices and blocks of channels than one.
        yield return Case("3x3 72>70 of many tiles", new(3, 1, 1, 1), 65, 5, 6, 72, 70, ++seed);
        yield return Case("3x3 stride 2", new(3, 2, 1, 1), 2, 11, 13, 20, 40, ++seed);
        yield return Case("3x3 stride 2x3", new(3, new(2, 3), 1, 1), 3, 8, 10, 6, 10, ++seed);
        yield return Case(
            "3x3 asymmetric padding", new(3, 2, new(0, 0, 1, 1), 1), 1, 12, 12, 8, 16, ++seed);
        yield return Case(
            "2x2 even kernel", new(2, 1, new(0, 1, 1, 0), 1), 1, 7, 9, 5, 9, ++seed);
        yield return Case(
            "padding on one side", new(3, 1, new(3, 0, 0, 2), 1), 2, 5, 6, 4, 12, ++seed);
        yield return Case("7x7 stride 2 first layer", new(7, 2, 3, 1), 2, 16, 18, 3, 64, ++seed);
        yield return Case("1x1 stride 2", new(1, 2, 0, 1), 1, 9, 11, 12, 20, ++seed);
        yield return Case(
            "1x9", new(new(1, 9), 1, new(0, 4, 0, 4), 1), 1, 5, 21, 6, 7, ++seed);
        yield return Case("9x1", new(new(9, 1), 1, new(4, 0, 4, 0), 1), 1, 21, 5, 8, 8, ++seed);
        yield return Case("one column", new(3, 1, 1, 1), 3, 17, 1, 8, 12, ++seed);
        yield return Case("dilation 3", new(3, 1, 3, 3), 1, 14, 15, 6, 8, ++seed);
        yield return Case(
            "dilation 1x2", new(3, 1, new(1, 2, 1, 2), new(1, 2)), 2, 7, 9, 4, 8, ++seed);
        yield return Case(
            "padding beyond the kernel", new(3, 1, 4, 1), 1, 5, 6, 4, 8, ++seed);
        yield return Case(
            "window larger than the picture", new(5, 1, 2, 1), 2, 2, 3, 8, 12, ++seed);
        yield return Case(
            "stride larger than the window", new(2, 3, 0, 1), 1, 10, 11, 8, 12, ++seed);
        yield return Case(
            "gradient smaller than the output", new(3, 2, 1, 1), 2, 12, 13, 8, 12, ++seed, cut: 1);
        yield return Case("groups 4", new(3, 1, 1, 1, 4), 1, 9, 10, 64, 32, ++seed);
        yield return Case("groups 2 of odd sizes", new(3, 1, 1, 1, 2), 2, 5, 6, 10, 18, ++seed);
        yield return Case("groups 2 with 1x1", new(1, 1, 0, 1, 2), 1, 5, 6, 10, 6, ++seed);
        yield return Case("groups 2 with 4>8", new(3, 1, 1, 1, 2), 1, 5, 6, 8, 16, ++seed);
        foreach (int c in new[] { 1, 5, 16, 24, 35, 140 })
        {
            yield return Case($"depthwise 3x3 {c}", new(3, 1, 1, 1, c), 2, 8, 11, c, c, ++seed);
            yield return Case(
                $"depthwise 5x5 stride 2 {c}", new(5, 2, 2, 1, c), 1, 11, 14, c, c, ++seed);
        }

        yield return Case("depthwise dilation 2", new(3, 1, 2, 2, 20), 1, 12, 12, 20, 20, ++seed);
        yield return Case(
            "depthwise asymmetric padding",
            new(4, 1, new(0, 2, 3, 1), 1, 8), 1, 6, 7, 8, 8, ++seed);
        yield return Case("depthwise multiplier 2", new(3, 1, 1, 1, 12), 1, 6, 7, 12, 24, ++seed);
        foreach (var (c, o, groups) in new[]
        {
            (4, 8, 1), (3, 10, 1), (8, 8, 8), (5, 5, 5), (16, 1, 1),
        })
        {
            yield return Case(
                $"several slices of {c}>{o} in {groups} groups",
                new(3, 1, 1, 1, groups), 3, 41, 43, c, o, ++seed);
        }
    }

    private static OperatorCase Case(
        string name, Conv2DWeightGradient op, int n, int h, int w, int c, int o, int seed,
        int cut = 0)
    {
        var window = new Window2(op.Kernel, op.Stride, op.Padding, op.Dilation).Output(h, w);
        var x = HostTensor.Random(seed, n, h, w, c);
        var dy = HostTensor.Random(seed + 1000, n, window.Height - cut, window.Width - cut, o);
        var expected = Reference.Conv2DWeightGradient(op, x, dy);
        return new OperatorCase($"Conv2DWeightGradient {name}", op, [x, dy], [expected])
        {
            Tolerance = 2e-5,
        };
    }

    private static IEnumerable<OperatorCase> WithEveryGpuAlgorithm(OperatorCase test)
    {
        var op = (Conv2DWeightGradient)test.Operator;
        var (x, dy) = (test.Inputs[0]!.Shape, test.Inputs[1]!.Shape);
        int pixels = dy.N * dy.H * dy.W;
        yield return test with { IsForDebugDevice = pixels <= 128 };
        foreach (var algorithm in Enum.GetValues<GpuWeightGradientAlgorithm>())
        {
            if (op.CanRun(algorithm, x, dy))
            {
                yield return test with
                {
                    Name = $"{test.Name}, {algorithm} in 3 slices",
                    Operator = op with { ForcedGpuAlgorithm = algorithm, ForcedGpuSlices = 3 },
                    IsForGpus = true,
                    IsForDebugDevice = pixels <= 64 && test.Expected[0]!.Shape.Count <= 300,
                };
            }
        }
    }
}
