using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class PointwiseCases
{
    public static IEnumerable<OperatorCase> All()
    {
        foreach (string name in GoldenFile.Names("activation_"))
        {
            var golden = GoldenFile.Open(name);
            yield return new OperatorCase(
                $"Pointwise golden {name}", ActivationOf(golden.Operation), [golden["in.x"]], [golden["out.y"]]);
        }

        foreach (var (name, function) in new[]
        {
            ("add_broadcast", Binary.Add), ("div_broadcast", Binary.Divide), ("mul_broadcast_channel", Binary.Multiply),
        })
        {
            var golden = GoldenFile.Open(name);
            yield return new OperatorCase(
                $"Pointwise golden {name}", new Pointwise(function), [golden["in.a"], golden["in.b"]], [golden["out.y"]]);
            yield return new OperatorCase(
                $"Pointwise golden {name} swapped",
                new Pointwise(function.Swapped), [golden["in.b"], golden["in.a"]], [golden["out.y"]]);
        }

        int seed = 500;
        foreach (var function in Unary.All)
        {
            var x = HostTensor.Random(++seed, 5, 41).Map(v => 6 * v);
            x = x.Map(v => InDomain(function, v));
            float a = function == Unary.Celu || function == Unary.Shrink ? 0.75f : -0.75f;
            yield return Case(function.Name, new Pointwise(function, a, 1.5f), x);
        }

        foreach (var function in Binary.All)
        {
            foreach (var (what, shape) in new (string, int[])[]
            {
                ("equal shapes", [2, 5, 7, 9]), ("a channel each", [9]), ("a channel and picture each", [2, 1, 1, 9]),
                ("a pixel each", [2, 5, 7, 1]), ("a scalar", []), ("a row each", [5, 1, 1]), ("two dimensions", [1, 7, 9]),
            })
            {
                yield return Case(
                    $"{function.Name} with {what}",
                    new Pointwise(function),
                    HostTensor.Random(++seed, 2, 5, 7, 9).Map(v => function == Binary.Power ? v + 1.01f : v),
                    HostTensor.Random(++seed, shape).Map(v => v + (v < 0 ? -0.1f : 0.1f)));
            }
        }

        // Rows on both sides of what is gathered, repeated and read as it is; more than one piece;
        // constants too.
        foreach (int c in new[] { 2, 3, 8, 31, 32, 64, 100, 255, 256, 300 })
        {
            int w = 20000 / c;
            foreach (var (what, shape) in new (string, int[])[]
            {
                ("a channel each", [c]), ("a channel and picture each", [3, 1, 1, c]), ("a pixel each", [3, 1, w, 1]),
            })
            {
                var test = Case(
                    $"Add of {c} channels with {what}",
                    new Pointwise(Binary.Add), HostTensor.Random(++seed, 3, 1, w, c), HostTensor.Random(++seed, shape));
                yield return test;
                yield return test with { Name = $"{test.Name}, constant", Constants = [1] };
            }
        }

        yield return Case(
            "both broadcast", new Pointwise(Binary.Subtract), HostTensor.Random(1, 4, 1, 6), HostTensor.Random(2, 5, 1));
        yield return Case(
            "scalar minus tensor", new Pointwise(Binary.Subtract), HostTensor.Random(3), HostTensor.Random(4, 3, 50, 7));
        yield return Case(
            "x repeated before a function of one number",
            new Pointwise(new PointwiseChain(new(Unary.Relu), new(Binary.Add))),
            HostTensor.Random(5, 13), HostTensor.Random(6, 40, 13));
        yield return Case(
            "longest chain",
            new Pointwise(new PointwiseChain(
                new(Binary.Multiply), new(Binary.Add), new(Unary.Clip, -0.5f, 0.5f), new(Binary.DivideInto))),
            HostTensor.Random(7, 2, 6, 6, 12),
            HostTensor.Random(8, 2, 1, 1, 12), HostTensor.Random(9, 12), HostTensor.Random(10, 2, 6, 6, 12).Map(v => v + 2));
        yield return Case(
            "clip with limits", new Pointwise(Unary.Clip, -0.25f, 0.125f), HostTensor.Random(11, 200, 500));
        yield return Case("one element", new Pointwise(Unary.Square), HostTensor.Random(12, 1, 1));
        yield return Case("nothing in, a copy out", new Pointwise(PointwiseChain.Empty), HostTensor.Random(13, 3, 5));
        yield return new OperatorCase(
            "Pointwise no elements", new Pointwise(Unary.Relu), [HostTensor.Random(14, 0, 5)], [HostTensor.Random(14, 0, 5)]);
        yield return new OperatorCase(
            "Pointwise NaN stays NaN",
            new Pointwise(new PointwiseChain(new(Unary.Relu), new(Unary.Clip, -1, 1), new(Unary.HardSwish))),
            [HostTensor.Of(new(5), [float.NaN, -1, 0.5f, 2, float.NaN])],
            [HostTensor.Of(new(5), [float.NaN, 0, 0.5f * (0.5f + (0.5f / 6)), 0.5f + (1f / 6), float.NaN])]);
    }

    private static float InDomain(UnaryFunction function, float x) =>
        function == Unary.Log || function == Unary.Sqrt || function == Unary.Reciprocal ? MathF.Abs(x) + 0.1f
        : function == Unary.Asin || function == Unary.Acos || function == Unary.Atanh ? x / 6.01f
        : function == Unary.Acosh ? MathF.Abs(x) + 1
        : function == Unary.Tan ? x / 5
        : x;

    private static OperatorCase Case(string name, Pointwise op, params HostTensor[] inputs) =>
        new($"Pointwise {name}", op, inputs, [Reference.Pointwise(op, inputs)]);

    public static Pointwise ActivationOf(string name) => name switch
    {
        "relu6" => new(Unary.Clip, 0, 6),
        "hard_sigmoid" => new(Unary.HardSigmoid, 1f / 6, 0.5f),
        "leaky_relu" => new(Unary.LeakyRelu, 0.1f),
        "elu" => new(Unary.Elu, 1),

        // Of what is positive.
        "log" => new(new PointwiseChain(new(Unary.Abs), new(Unary.Affine, 1, 0.5f), new(Unary.Log))),
        "sqrt" => new(new PointwiseChain(new(Unary.Abs), new(Unary.Affine, 1, 0.5f), new(Unary.Sqrt))),
        _ => new(Unary.All.Single(f => f.Name.Equals(name.Replace("_", ""), StringComparison.OrdinalIgnoreCase))),
    };
}
