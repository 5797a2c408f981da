using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// Pointwise functions where they are special: small and large arguments, both sides of each seam
/// between formulas, the ends of their domains.
/// </summary>
public static class FunctionCases
{
    private const float Infinity = float.PositiveInfinity;

    public static IEnumerable<OperatorCase> All()
    {
        foreach (var function in new[]
        {
            Unary.Sin, Unary.Tan, Unary.Asin, Unary.Atan, Unary.Sinh, Unary.Asinh, Unary.Atanh, Unary.Softsign,
        })
        {
            // Relative to the largest, and so to all of them.
            foreach (float size in new[] { 1e-6f, 1e-3f, 0.05f })
            {
                yield return Case($"{function.Name} of some {size}", function, HostTensor.Random(77, 64).Map(v => size * v));
            }
        }

        foreach (var function in new[] { Unary.Atan, Unary.Asinh, Unary.Sign, Unary.Softsign })
        {
            yield return Case($"{function.Name} of large numbers", function, HostTensor.Random(78, 64).Map(v => 1e30f * v));
        }

        yield return Case("Sin of many turns", Unary.Sin, HostTensor.Random(79, 500).Map(v => 4000 * v));
        yield return Case("Cos of many turns", Unary.Cos, HostTensor.Random(80, 500).Map(v => 4000 * v));
        yield return Case("Sinh near its overflow", Unary.Sinh, HostTensor.Random(81, 64).Map(v => 88 * v));
        yield return Case("Cosh near its overflow", Unary.Cosh, HostTensor.Random(82, 64).Map(v => 88 * v));
        yield return Case("Acosh near 1", Unary.Acosh, HostTensor.Random(83, 64).Map(v => 1 + (1e-3f * MathF.Abs(v))));
        yield return Case("Acosh of large numbers", Unary.Acosh, HostTensor.Random(84, 64).Map(v => 2 + (1e20f * MathF.Abs(v))));
        yield return Case("Mish of large numbers", Unary.Mish, HostTensor.Random(85, 64).Map(v => 200 * v));
        yield return Case("LogSigmoid of large numbers", Unary.LogSigmoid, HostTensor.Random(86, 64).Map(v => 80 * v));
        yield return Known(
            "Asin", Unary.Asin, [-1, -0.5f, 0, 0.5f, 1, 1.5f], [-MathF.PI / 2, -MathF.PI / 6, 0, MathF.PI / 6, MathF.PI / 2, float.NaN]);
        yield return Known(
            "Acos", Unary.Acos, [-1, -0.5f, 0, 0.5f, 1, -1.5f], [MathF.PI, MathF.PI * 2 / 3, MathF.PI / 2, MathF.PI / 3, 0, float.NaN]);
        yield return Known("Atan", Unary.Atan, [-Infinity, -1, 0, 1, Infinity], [-MathF.PI / 2, -MathF.PI / 4, 0, MathF.PI / 4, MathF.PI / 2]);
        yield return Known("Acosh", Unary.Acosh, [0.5f, 1, float.NaN], [float.NaN, 0, float.NaN]);
        yield return Known("Atanh", Unary.Atanh, [-1, 0, 1, 2], [-Infinity, 0, Infinity, float.NaN]);
        yield return Known(
            "Round",
            Unary.Round,
            [-2.5f, -1.5f, -0.5f, 0.5f, 0.50001f, 1.5f, 2.5f, 1e9f, -8388609f, 4194303.5f, Infinity, float.NaN],
            [-2, -2, 0, 0, 1, 2, 2, 1e9f, -8388609f, 4194304, Infinity, float.NaN]);
        yield return Known(
            "Truncate", Unary.Truncate, [-2.5f, -0.5f, 0.5f, 1.9f, 1e9f, -Infinity, float.NaN], [-2, 0, 0, 1, 1e9f, -Infinity, float.NaN]);
        yield return Known("Sign", Unary.Sign, [-3, 0, 1e-30f, Infinity, float.NaN], [-1, 0, 1, 1, float.NaN]);

        yield return Known(
            "Power",
            Binary.Power,
            [2, -2, -2, -2, -2, 0, 0, 0, 5, float.NaN, -8, Infinity, 1e-30f, 10],
            [10, 3, 4, 0, 0.5f, 0, 2, -1, 0, 2, 1f / 3, 2, 2, -2],
            [1024, -8, 16, 1, float.NaN, 1, 0, Infinity, 1, float.NaN, float.NaN, Infinity, 0, 0.01f]);
        yield return Known(
            "Remainder",
            Binary.Remainder,
            [-4.3f, 7.2f, 5, 4.3f, -7.2f, 8, 6, 3, 1, 1e7f],
            [2.1f, -3.4f, 8, -2.1f, 3.4f, 5, 3, Infinity, 0, 3],
            [-4.3f % 2.1f, 7.2f % -3.4f, 5, 4.3f % -2.1f, -7.2f % 3.4f, 3, 0, 3, float.NaN, 1e7f % 3]);
        yield return Known(
            "Modulo",
            Binary.Modulo, [-4, 7, 5, 4, -7, 8, -6, 0], [3, -3, 8, -3, 3, 5, 3, -2], [2, -2, 5, -2, 2, 3, 0, 0]);
        yield return Known(
            "Atan2",
            Binary.Atan2,
            [0, 1, 0, -1, 1, 0, -1],
            [1, 0, -1, 0, -1, 0, -1],
            [0, MathF.PI / 2, MathF.PI, -MathF.PI / 2, MathF.PI * 3 / 4, 0, -MathF.PI * 3 / 4]) with
        {
            // (0, 0) has no angle.
            IsSmooth = false,
        };

        var x = HostTensor.Random(90, 30, 21).Map(v => 5 * v);
        var whole = HostTensor.Random(91, 21).Map(v => MathF.Round(4 * v));
        yield return Both("Power of negative numbers", Binary.Power, x, whole);
        yield return Both("Remainder of broadcast numbers", Binary.Remainder, x, HostTensor.Random(92, 30, 1));
        yield return Both("Modulo of broadcast numbers", Binary.Modulo, x, HostTensor.Random(93, 21));
        yield return Both("Power with the exponent first", Binary.Power, whole, x.Map(v => MathF.Round(v)));
        yield return Both(
            "Power of large exponents", Binary.Power, x.Map(v => 1 + (0.1f * MathF.Abs(v))), x.Map(v => 40 * v));
    }

    private static OperatorCase Case(string name, UnaryFunction function, HostTensor x)
    {
        var op = new Pointwise(function);
        return new($"Pointwise function {name}", op, [x], [Reference.Pointwise(op, [x])]);
    }

    private static OperatorCase Both(string name, BinaryFunction function, HostTensor x, HostTensor y)
    {
        var op = new Pointwise(function);
        return new($"Pointwise function {name}", op, [x, y], [Reference.Pointwise(op, [x, y])]);
    }

    private static OperatorCase Known(string name, UnaryFunction function, float[] x, float[] y) => new(
        $"Pointwise function {name} of known numbers",
        new Pointwise(function), [HostTensor.Of(new(x.Length), x)], [HostTensor.Of(new(x.Length), y)]);

    private static OperatorCase Known(string name, BinaryFunction function, float[] x, float[] y, float[] expected) => new(
        $"Pointwise function {name} of known numbers",
        new Pointwise(function),
        [HostTensor.Of(new(x.Length), x), HostTensor.Of(new(x.Length), y)],
        [HostTensor.Of(new(x.Length), expected)]);
}
