using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class Pool2DCases
{
    public static IEnumerable<OperatorCase> All()
    {
        foreach (string name in GoldenFile.Names("maxpool_").Concat(GoldenFile.Names("avgpool_")))
        {
            var golden = GoldenFile.Open(name);
            var op = GoldenOperator(golden);
            yield return new OperatorCase(
                $"{op.Name} golden {name}",
                op,
                [golden.Picture("in.x")],
                [golden.Picture("out.y")]);
        }

        int seed = 300;
        foreach (int c in new[] { 1, 3, 4, 5, 8, 13, 16, 24, 64, 70 })
        {
            foreach (var op in Kinds(new Window2(3, 2, 1, 1), false))
            {
                yield return Case($"3x3 stride 2 channels {c}", op, 2, 14, 17, c, ++seed);
            }
        }

        foreach (var (name, window) in new (string, Window2)[]
        {
            ("2x2", new(2, 2, 0, 1)),
            ("asymmetric padding", new(3, 2, new(0, 0, 1, 1), 1)),
            ("asymmetric padding before", new(new(2, 3), new(2, 1), new(1, 2, 0, 0), 1)),
            ("5x5 stride 1", new(5, 1, 2, 1)),
            ("1x9", new(new(1, 9), 1, new(0, 4, 0, 4), 1)),
            ("stride beyond the kernel", new(2, 3, 0, 1)),
            ("dilation", new(3, 2, new(2, 1, 2, 1), new(2, 1))),
            ("whole picture", new(new(11, 10), 1, 0, 1)),
            ("dilated beside a tiny picture", new(2, 1, 1, 20)),
        })
        {
            foreach (bool ceilMode in new[] { false, true })
            {
                foreach (var op in Kinds(window, ceilMode))
                {
                    var (h, w) = window.Dilation.Height == 20 ? (19, 20) : (11, 10);
                    yield return Case(
                        $"{name}{(ceilMode ? " ceil" : "")}", op, 2, h, w, 18, ++seed);
                }
            }
        }

        var holed = HostTensor.Random(++seed, 1, 9, 10, 18);
        holed = HostTensor.Of(
            holed.Shape,
            [.. holed.Floats.ToArray().Select((v, i) => i % 101 == 7 ? float.NaN : v)]);
        foreach (var op in Kinds(new(3, 2, 1, 1), false))
        {
            yield return new OperatorCase(
                $"{op} of NaN", op, [holed], [Reference.Pool2D(op, holed)]);
        }

        foreach (var indexed in Indexed())
        {
            yield return indexed;
        }

        yield return Case("many rows", new MaxPool2D(new(3, 2, 1, 1)), 1, 112, 112, 64, ++seed);
        var globalGolden = GoldenFile.Open("global_avgpool");
        yield return new OperatorCase(
            "GlobalAvgPool2D golden global_avgpool",
            new GlobalAvgPool2D(),
            [globalGolden.Picture("in.x")],
            [globalGolden.Picture("out.y")]);
        foreach (var (n, h, w, c) in new[]
        {
            (1, 1, 1, 1), (2, 7, 7, 3), (1, 7, 7, 512), (3, 5, 9, 40), (1, 80, 80, 17),
            (2, 40, 41, 16), (1, 3, 48, 960),
        })
        {
            var x = HostTensor.Random(++seed, n, h, w, c);
            yield return new OperatorCase(
                $"GlobalAvgPool2D {x.Shape}", new GlobalAvgPool2D(), [x],
                [Reference.GlobalAvgPool2D(x)])
            {
                Tolerance = 3e-6,
            };
        }
    }

    /// <summary>The operator of a golden case.</summary>
    public static Pool2D GoldenOperator(GoldenFile golden)
    {
        var (kernelH, kernelW) = golden.Pair("kernel");
        var (strideH, strideW) = golden.Pair("stride");
        var (padH, padW) = golden.Pair("padding");
        var window = new Window2(
            new(kernelH, kernelW), new(strideH, strideW), new(padH, padW, padH, padW),
            Size2.One);
        return golden.Operation == "maxpool2d"
            ? new MaxPool2D(window, golden.Bool("ceil_mode"))
            : new AvgPool2D(window, golden.Bool("ceil_mode"), golden.Bool("count_include_pad"));
    }

    private static Pool2D[] Kinds(Window2 window, bool ceilMode) =>
    [
        new MaxPool2D(window, ceilMode),
        new AvgPool2D(window, ceilMode),
        new AvgPool2D(window, ceilMode, CountIncludePad: true),
        new SumPool2D(window, ceilMode),
    ];

    private static IEnumerable<OperatorCase> Indexed()
    {
        int seed = 380;
        foreach (var (name, window) in new (string, Window2)[]
        {
            ("2x2", new(2, 2, 0, 1)),
            ("overlapping", new(3, 2, 1, 1)),
            ("dilated", new(new(2, 3), new(2, 1), new(1, 2, 0, 0), new(1, 2))),
        })
        {
            foreach (var op in new[]
            {
                new MaxPoolWithIndices2D(window),
                new MaxPoolWithIndices2D(window, CeilMode: true, ColumnMajor: true),
            })
            {
                var x = HostTensor.Random(++seed, 2, 9, 8, 5);
                var (largest, indices) = Reference.MaxPoolWithIndices2D(op, x);
                yield return new OperatorCase(
                    $"{op.Name} {name} {op.ColumnMajor}", op, [x], [largest, indices]);
                if (op.ColumnMajor)
                {
                    continue;
                }

                var unpool = new MaxUnpool2D(9, 8);
                yield return new OperatorCase(
                    $"MaxUnpool2D {name}", unpool, [largest, indices],
                    [Reference.MaxUnpool2D(unpool, largest, indices)]);
            }
        }

        var pixels = HostTensor.Random(++seed, 2, 4, 3, 20);
        var random = new Random(seed);
        int[] places = new int[pixels.Shape.Count];
        for (int i = 0; i < places.Length; i++)
        {
            // A few pixels go to each place, and some to places of another channel.
            int plane = (i / 240 * 20) + (i % 20);
            places[i] = (plane * 6) + random.Next(-1, 7);
        }

        var indicesOf = HostTensor.OfInts(pixels.Shape, places);
        var collisions = new MaxUnpool2D(2, 3);
        yield return new OperatorCase(
            "MaxUnpool2D to places taken", collisions, [pixels, indicesOf],
            [Reference.MaxUnpool2D(collisions, pixels, indicesOf)]);
    }

    private static OperatorCase Case(string name, Pool2D op, int n, int h, int w, int c, int seed)
    {
        var x = HostTensor.Random(seed, n, h, w, c);
        string padding = op is AvgPool2D { CountIncludePad: true } ? " counting padding" : "";
        return new OperatorCase($"{op.Name} {name}{padding}", op, [x], [Reference.Pool2D(op, x)]);
    }
}
