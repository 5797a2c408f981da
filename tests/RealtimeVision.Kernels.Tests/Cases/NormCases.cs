using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>What normalises groups of elements.</summary>
public static class NormCases
{
    // Rows on both sides of vectors, of four of them, of a group of threads and of a block of sums.
    private static readonly int[] Rows = [1, 3, 16, 47, 64, 127, 128, 130, 768, 1000, 5000];

    // Pictures whose channels are narrow, wide and wider than a stripe; more than one block.
    private static readonly int[][] Pictures =
    [
        [2, 1, 1, 8], [3, 5, 7, 4], [1, 67, 33, 12], [2, 9, 11, 64], [1, 64, 65, 68], [2, 3, 5, 300],
        [1, 2, 3, 1100], [40, 3, 3, 4],
    ];

    public static IEnumerable<OperatorCase> All() =>
        [.. Golden(), .. Layers(), .. Groups(), .. Batches(), .. Others(), .. LocalResponses(),
        .. Gradients()];

    private static IEnumerable<OperatorCase> Golden()
    {
        var golden = GoldenFile.Open("layernorm");
        yield return new OperatorCase(
            "LayerNorm golden", new LayerNorm(),
            [golden["in.x"], golden["in.gamma"], golden["in.beta"]], [golden["out.y"]]);
        golden = GoldenFile.Open("groupnorm");
        yield return new OperatorCase(
            "GroupNorm golden", new GroupNorm(golden.Int("groups")),
            [golden.Picture("in.x"), golden["in.gamma"], golden["in.beta"]],
            [golden.Picture("out.y")]);
        golden = GoldenFile.Open("batchnorm_training");
        yield return new OperatorCase(
            "BatchNormTraining golden", new BatchNormTraining(),
            [golden.Picture("in.x"), golden["in.gamma"], golden["in.beta"]],
            [golden.Picture("out.y")]);
    }

    private static IEnumerable<OperatorCase> Layers()
    {
        int seed = 5000;
        foreach (int length in Rows)
        {
            yield return Case($"of {length}", new LayerNorm(), ++seed, [7, length]);
            yield return Case($"of {length}", new RmsNorm(), ++seed, [7, length], shift: false);
        }

        yield return Case("of many rows", new LayerNorm(), ++seed, [2, 700, 96]);
        yield return Case("without beta", new LayerNorm(), ++seed, [5, 40], shift: false);
        yield return Case("alone", new LayerNorm(-1, 0.1f), ++seed, [5, 40], false, false);
        yield return Case("alone", new RmsNorm(-1, 0.1f), ++seed, [5, 40], false, false);
        foreach (int axis in new[] { 0, 1, 2, -2 })
        {
            yield return Case($"from {axis}", new LayerNorm(axis), ++seed, [3, 5, 7]);
            yield return Case($"from {axis}", new RmsNorm(axis), ++seed, [3, 5, 7], shift: false);
        }

        var equal = HostTensor.Random(++seed, 4, 33).Map(_ => 7.25f);
        yield return Case("of equal elements", new LayerNorm(), [equal, null, null]);

        // A mean that is large beside the deviation costs no digits.
        var far = HostTensor.Random(++seed, 4, 900).Map(v => MathF.Round(v * 64) + 3000);
        yield return Case("far from zero", new LayerNorm(), [far, null, null]);
    }

    private static IEnumerable<OperatorCase> Groups()
    {
        int seed = 5500;
        foreach (int[] sizes in Pictures)
        {
            foreach (int groups in new[] { 1, 4, sizes[^1] }.Distinct())
            {
                yield return Case($"of {groups} groups", new GroupNorm(groups), ++seed, sizes);
            }
        }

        yield return Case("of vectors", new GroupNorm(3), ++seed, [6, 12]);
        yield return Case("of sequences", new GroupNorm(2, 0.01f), ++seed, [3, 50, 6], shift: false);
        yield return Case("alone", new GroupNorm(2), ++seed, [1, 8, 8, 32], false, false);
        var far = HostTensor.Random(++seed, 1, 70, 80, 8).Map(v => MathF.Round(v * 64) + 3000);
        yield return Case("far from zero", new GroupNorm(4), [far, null, null]);
    }

    private static IEnumerable<OperatorCase> Batches()
    {
        int seed = 6000;
        foreach (int[] sizes in Pictures)
        {
            yield return Case("of pictures", new BatchNormTraining(), ++seed, sizes);
        }

        yield return Case("of rows", new BatchNormTraining(1e-3f), ++seed, [200, 33]);
        yield return Case("of one row", new BatchNormTraining(0.5f), ++seed, [1, 5]);
    }

    private static IEnumerable<OperatorCase> Others()
    {
        int seed = 6500;
        foreach (IntList axes in new IntList[]
        {
            [0, 1, 2], [1, 2], [3], [1, 3], [0, 3], [-1, -2], [0, 1, 2, 3], [1],
        })
        {
            var op = new MeanVarianceNorm(axes);
            yield return Case($"along {axes}", op, [HostTensor.Random(++seed, 3, 5, 6, 20)]);
        }

        yield return Case(
            "of equal elements", new MeanVarianceNorm([1]),
            [HostTensor.Of(new Shape(2, 2), [3f, 3f, 0f, 1f])]) with
        { IsSmooth = false };
        foreach (int p in new[] { 1, 2 })
        {
            foreach (int axis in new[] { 0, 1, 2, -1 })
            {
                var x = HostTensor.Random(++seed, 4, 9, 70);
                yield return Case($"{p} along {axis}", new LpNormalise(axis, p), [x]);
            }

            var zeros = HostTensor.Of(new Shape(2, 3), [0f, 0f, 0f, 1f, -2f, 2f]);
            yield return Case(
                $"{p} of zeros", new LpNormalise(1, p), [zeros]) with
            { IsSmooth = false };
        }
    }

    private static IEnumerable<OperatorCase> LocalResponses()
    {
        int seed = 6800;
        foreach (var (channels, size) in new[]
        {
            (1, 1), (1, 5), (3, 2), (20, 3), (33, 5), (70, 4), (12, 40),
        })
        {
            var op = new LocalResponseNorm(size, 0.3f, 0.8f, 1.5f);
            var x = HostTensor.Random(++seed, 2, 3, 5, channels).Map(v => 4 * v);
            yield return new OperatorCase(
                $"LocalResponseNorm {channels} by {size}", op, [x],
                [Reference.LocalResponseNorm(op, x)]);
        }
    }

    /// <summary>The gradients of what normalises, over the same tensors.</summary>
    private static IEnumerable<OperatorCase> Gradients()
    {
        int seed = 6900;
        OperatorCase[] forward = [.. Layers(), .. Groups(), .. Batches()];

        // Of groups of one or two elements all that is left of dx is what was rounded away.
        forward =
        [
            .. forward.Where(t =>
                ((NormOperator)t.Operator).GroupsOf(t.Inputs[0]!.Shape).Length > 2),
        ];
        foreach (var test in forward)
        {
            var op = (NormOperator)test.Operator;
            var gamma = test.Inputs.ElementAtOrDefault(1);
            var x = test.Inputs[0]!;
            HostTensor?[] inputs = op switch
            {
                RmsNorm => [test.Expected[1], null],
                BatchNormTraining batch =>
                [
                    test.Expected[2]!.Map(v => 1 / MathF.Sqrt(v + batch.Epsilon)), test.Expected[1],
                ],
                _ => [test.Expected[2], test.Expected[1]],
            };
            inputs = [HostTensor.Random(++seed, x.Shape.Sizes), x, .. inputs, gamma];
            (bool OfInput, bool OfParameters)[] wanted = gamma is null
                ? [(true, false)]
                : seed % 4 == 0 ? [(true, true), (true, false), (false, true)] : [(true, true)];
            foreach (var (ofInput, ofParameters) in wanted)
            {
                var gradient = new NormGradient(op, ofInput, ofParameters);
                string what = (ofInput, ofParameters) switch
                {
                    (true, true) => "",
                    (true, false) => ", input only",
                    _ => ", parameters only",
                };
                yield return new OperatorCase(
                    $"NormGradient {test.Name}{what}", gradient, inputs,
                    Reference.NormGradient(gradient, inputs))
                { Tolerance = 2e-5 };
            }
        }
    }

    private static OperatorCase Case(
        string name, NormOperator op, int seed, int[] sizes, bool scale = true, bool shift = true)
    {
        int axis = op switch
        {
            LayerNorm layer => layer.Axis,
            RmsNorm rms => rms.Axis,
            _ => -1,
        };
        int[] parameters = axis < 0 ? sizes[^-axis..] : sizes[axis..];
        var inputs = new List<HostTensor?> { HostTensor.Random(seed, sizes).Map(v => (3 * v) + 1) };
        if (scale)
        {
            inputs.Add(HostTensor.Random(seed + 10000, parameters));
        }

        if (shift && scale)
        {
            inputs.Add(HostTensor.Random(seed + 20000, parameters));
        }

        return Case($"{name} {new Shape(sizes)}", op, [.. inputs]);
    }

    private static OperatorCase Case(string name, NormOperator op, HostTensor?[] inputs) =>
        new($"{op.Name} {name}", op, inputs, Reference.Norm(op, inputs))
        {
            Constants = inputs.Length > 2 && inputs[1] is not null ? [1, 2] : [],
        };
}
