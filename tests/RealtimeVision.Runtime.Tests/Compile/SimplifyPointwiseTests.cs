using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Tests.Compile;

/// <summary>
/// Algebra of pointwise nodes: what is left of formulas that exporters spell out.
/// </summary>
public class SimplifyPointwiseTests
{
    private static readonly float Root2 = MathF.Sqrt(2);

    private static IEnumerable<TestCaseData> Formulas()
    {
        yield return Case("x + 2", f => f.Add(f.X, 2), "Affine");
        yield return Case("2 - x", f => f.Binary(Binary.Subtract, f.Scalar(2), f.X), "Affine");
        yield return Case("x / 4 - 1", f => f.Add(f.Divide(f.X, 4), -1), "Affine");
        yield return Case("-(3 x)", f => f.Unary(Unary.Negate, f.Multiply(f.X, 3)), "Affine");
        yield return Case("1 / x", f => f.Binary(Binary.Divide, f.Scalar(1), f.X), "Reciprocal");
        yield return Case("2 / x", f => f.Binary(Binary.Divide, f.Scalar(2), f.X), "DivideInto");
        yield return Case("max(x, 0)", f => f.Binary(Binary.Maximum, f.X, f.Scalar(0)), "Relu");
        yield return Case("x x", f => f.Multiply(f.X, f.X), "Square");
        yield return Case("x 6 / 6", f => f.Divide(f.Multiply(f.X, 6), 6), "");
        yield return Case(
                "vector of equal values",
                f => f.Binary(Binary.Add, f.X, f.Vector(3, 3, 3, 3)),
                "Affine");
        yield return Case("vector", f => f.Binary(Binary.Add, f.X, f.Vector(3, 3, 4, 3)), "Add");

        yield return Case(
                "relu6",
                f => f.Unary(Unary.Clip, f.Unary(Unary.Relu, f.X), -1, 6),
                "Clip");
        yield return Case(
                "clip relu",
                f => f.Unary(Unary.Relu, f.Unary(Unary.Clip, f.X, -1, 6)),
                "Clip");
        yield return Case(
                "clip clip",
                f => f.Unary(Unary.Clip, f.Unary(Unary.Clip, f.X, -1, 2), 0, 3),
                "Clip");
        yield return Case(
                "clips apart",
                f => f.Unary(Unary.Clip, f.Unary(Unary.Clip, f.X, -1, 0), 1, 2),
                "Clip > Clip");
        yield return Case("relu relu", f => f.Unary(Unary.Relu, f.Unary(Unary.Relu, f.X)), "Relu");

        yield return Case("silu", f => f.Multiply(f.X, f.Unary(Unary.Sigmoid, f.X)), "Silu");
        yield return Case(
                "silu swapped",
                f => f.Multiply(f.Unary(Unary.Sigmoid, f.X), f.X),
                "Silu");
        yield return Case("hard sigmoid", f => f.Divide(f.Clip6(f.Add(f.X, 3)), 6), "HardSigmoid");
        yield return Case(
                "x relu6(x + 3) / 6",
                f => f.Divide(f.Multiply(f.X, f.Clip6(f.Add(f.X, 3))), 6),
                "HardSwish");
        yield return Case(
                "relu6(x + 3) x / 6",
                f => f.Multiply(f.Multiply(f.Clip6(f.Add(f.X, 3)), f.X), 1 / 6f),
                "HardSwish");
        yield return Case(
                "x (relu6(x + 3) / 6)",
                f => f.Multiply(f.X, f.Divide(f.Clip6(f.Add(f.X, 3)), 6)),
                "HardSwish");
        yield return Case(
                "(x / 6) relu6(x + 3)",
                f => f.Multiply(f.Divide(f.X, 6), f.Clip6(f.Add(f.X, 3))),
                "HardSwish");
        yield return Case(
                "x hardsigmoid(x)",
                f => f.Multiply(f.X, f.Unary(Unary.HardSigmoid, f.X, 1 / 6f, 0.5f)),
                "HardSwish");
        yield return Case(
            "x hardsigmoid(x) of another slope",
            f => f.Multiply(f.X, f.Unary(Unary.HardSigmoid, f.X, 0.2f, 0.5f)),
            "HardSigmoid > Multiply");
        yield return Case("gelu", f => f.Multiply(f.Multiply(f.X, f.Erf1()), 0.5f), "Gelu");
        yield return Case(
                "gelu, half first",
                f => f.Multiply(f.Multiply(f.X, 0.5f), f.Erf1()),
                "Gelu");
        yield return Case(
                "gelu, half on the other",
                f => f.Multiply(f.X, f.Multiply(f.Erf1(), 0.5f)),
                "Gelu");

        yield return Case(
            "hard swish of a line",
            f => f.HardSwish(f.Add(f.Multiply(f.X, 2), 1)),
            "Affine > HardSwish");
        yield return Case(
            "line of a hard swish", f => f.Multiply(f.HardSwish(f.X), 2), "HardSwish > Affine");

        static TestCaseData Case(string name, Func<Formula, Value> formula, string expected) =>
            new TestCaseData(formula, expected).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Formulas))]
    public void FormulaBecomesFunction(Delegate formula, string expected)
    {
        var f = new Formula();
        f.Graph.Output(((Func<Formula, Value>)formula)(f));

        string nodes = CompiledPair.Check(f.Graph);
        Assert.That(nodes, Is.EqualTo(expected == "" ? "" : $"Pointwise({expected})"));
    }

    /// <summary>A graph of x, [3, 4], in the making.</summary>
    private sealed class Formula
    {
        public Formula() => X = Graph.Input("x", TensorType.Float(3, 4));

        public Graph Graph { get; } = new();

        public Value X { get; }

        public Value Scalar(float value) => Graph.Constant($"c{value}", default, [value]);

        public Value Vector(params ReadOnlySpan<float> values) =>
            Graph.Constant("v", new Shape(values.Length), values);

        public Value Unary(UnaryFunction function, Value x, float a = 0, float b = 0) =>
            Graph.Add(new Pointwise(function, a, b), $"n{Graph.Nodes.Count}", x);

        public Value Binary(BinaryFunction function, Value x, Value y) =>
            Graph.Add(new Pointwise(function), $"n{Graph.Nodes.Count}", x, y);

        public Value Add(Value x, float y) => Binary(Kernels.Functions.Binary.Add, x, Scalar(y));

        public Value Multiply(Value x, float y) => Multiply(x, Scalar(y));

        public Value Multiply(Value x, Value y) => Binary(Kernels.Functions.Binary.Multiply, x, y);

        public Value Divide(Value x, float y) =>
            Binary(Kernels.Functions.Binary.Divide, x, Scalar(y));

        public Value Clip6(Value x) => Unary(Kernels.Functions.Unary.Clip, x, 0, 6);

        public Value HardSwish(Value x) => Divide(Multiply(x, Clip6(Add(x, 3))), 6);

        public Value Erf1() => Add(Unary(Kernels.Functions.Unary.Erf, Divide(X, Root2)), 1);
    }
}
