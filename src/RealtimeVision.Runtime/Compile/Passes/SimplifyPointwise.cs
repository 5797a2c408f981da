using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Algebra of pointwise functions: arithmetic with constants of one value becomes a x + b, those
/// merge, limits merge, and what exporters spell out in many nodes becomes the function that is
/// meant (Silu, HardSigmoid, HardSwish, Gelu). Looks at nodes of one function; those that have a
/// chain already are left as they are.
/// </summary>
public sealed class SimplifyPointwise : IGraphPass
{
    // A longer constant is hardly one value repeated, and the look at it not free.
    private const int MostRepeated = 1 << 16;

    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
    {
        if (FunctionOf(node) is not { } link)
        {
            return false;
        }

        var step = new Step(link, rewriter.MapInputs(node));
        bool isChanged = false;
        while (Apply(rewriter, node, step) is { } next)
        {
            step = next;
            isChanged = true;
        }

        if (step.Link.Function == Unary.Affine && step.Link is { A: 1, B: 0 })
        {
            rewriter.Replace(node.Outputs[0], step.Inputs[0]!);
            return true;
        }

        if (isChanged)
        {
            rewriter.Replace(node, new Pointwise(new PointwiseChain(step.Link)), step.Inputs);
        }

        return isChanged;
    });

    /// <summary>One simplification of a function of values, or null where there is none.</summary>
    private static Step? Apply(GraphRewriter rewriter, Node node, Step step) =>
        step.Link.Function switch
        {
            BinaryFunction function =>
                LargerFirst(function, step) ?? WithConstant(function, step)
                ?? WithItself(rewriter, node, function, step),
            UnaryFunction function => AfterUnary(rewriter, function, step) ?? OfProduct(step),
            _ => null,
        };

    /// <summary>A constant, or what broadcasts, is the second argument: an operand.</summary>
    private static Step? LargerFirst(BinaryFunction function, Step step)
    {
        var (x, y) = (step.Inputs[0]!, step.Inputs[1]!);
        return !y.IsConstant && Shape.Broadcast(x.Shape, y.Shape) == y.Shape
            && (x.IsConstant || x.Shape != y.Shape)
                ? new Step(new ChainLink(function.Swapped), [y, x])
                : null;
    }

    /// <summary>Arithmetic with a constant of one value.</summary>
    private static Step? WithConstant(BinaryFunction function, Step step)
    {
        var (x, y) = (step.Inputs[0]!, step.Inputs[1]!);
        if (RepeatedValue(y) is not { } c || x.Shape != Shape.Broadcast(x.Shape, y.Shape))
        {
            return null;
        }

        return function == Binary.Add ? Affine(x, 1, c)
            : function == Binary.Subtract ? Affine(x, 1, -c)
            : function == Binary.SubtractFrom ? Affine(x, -1, c)
            : function == Binary.Multiply ? Affine(x, c, 0)
            : function == Binary.Divide && c != 0 ? Affine(x, 1 / c, 0)
            : function == Binary.DivideInto && c == 1 ? Of(Unary.Reciprocal, x)
            : function == Binary.Minimum ? Of(Unary.Clip, x, float.NegativeInfinity, c)
            : function == Binary.Maximum ? Of(Unary.Clip, x, c, float.PositiveInfinity)
            : null;
    }

    /// <summary>Functions of a value and of what is computed of the same value.</summary>
    private static Step? WithItself(
        GraphRewriter rewriter, Node node, BinaryFunction function, Step step)
    {
        if (function == Binary.Add)
        {
            return Factored(rewriter, node, step);
        }

        if (function != Binary.Multiply || step.Inputs[0]!.Shape != step.Inputs[1]!.Shape)
        {
            return null;
        }

        for (int i = 0; i < 2; i++)
        {
            var (x, y) = (step.Inputs[i]!, step.Inputs[1 - i]!);
            if (x == y)
            {
                return Of(Unary.Square, x);
            }

            if (Producer(y) is not { } inner)
            {
                continue;
            }

            if (inner.Link.Function == Unary.Sigmoid && inner.Inputs[0] == x)
            {
                return Of(Unary.Silu, x);
            }

            if (IsHardSwishFactor(inner, x))
            {
                return Of(Unary.HardSwish, x);
            }

            if (IsGeluFactor(inner, x, 1))
            {
                return Of(Unary.Gelu, x);
            }

            // x (a y) = a (x y), where both come of one value: part of an idiom spelled out.
            if (inner.Link.Function == Unary.Affine && inner.Link.B == 0
                && RootOf(x) == RootOf(inner.Inputs[0]!))
            {
                return Affine(Multiply(rewriter, node, x, inner.Inputs[0]!), inner.Link.A, 0);
            }
        }

        return null;
    }

    /// <summary>
    /// x + x y = x (1 + y) where y broadcasts to x, as a gate a channel does: x is read once.
    /// </summary>
    private static Step? Factored(GraphRewriter rewriter, Node node, Step step)
    {
        for (int i = 0; i < 2; i++)
        {
            var (x, product) = (step.Inputs[i]!, step.Inputs[1 - i]!);
            if (Producer(product) is { } inner && inner.Link.Function == Binary.Multiply
                && inner.Inputs[0] == x && inner.Inputs[1]!.Shape.Count < x.Shape.Count
                && product.Shape == x.Shape)
            {
                var factor = rewriter.Target.Add(
                    new Pointwise(Unary.Affine, 1, 1), $"{node.Name}.factor", inner.Inputs[1]);
                return new Step(new ChainLink(Binary.Multiply), [x, factor]);
            }
        }

        return null;
    }

    /// <summary>Functions of what another function gave.</summary>
    private static Step? AfterUnary(GraphRewriter rewriter, UnaryFunction function, Step step)
    {
        var x = step.Inputs[0]!;
        var (a, b) = (step.Link.A, step.Link.B);
        if (function == Unary.Negate)
        {
            return Affine(x, -1, 0);
        }

        if (function == Unary.Clip && a == 0 && float.IsPositiveInfinity(b))
        {
            return Of(Unary.Relu, x);
        }

        if (Producer(x) is not { Link.Function: UnaryFunction inner } before)
        {
            return null;
        }

        var source = before.Inputs[0]!;
        var (p, q) = (before.Link.A, before.Link.B);
        // Where others read what lies between, it is computed all the same, and a formula of it is
        // easier to know while it is read by its name.
        if (function == Unary.Affine && inner == Unary.Affine && rewriter.IsReadOnce(x))
        {
            return Affine(source, Snap(a * p, 1), (a * q) + b);
        }

        if (function == Unary.Clip && inner == Unary.Affine && (a, b) == (0, 1))
        {
            return Of(Unary.HardSigmoid, source, p, q);
        }

        if (function == Unary.Affine && b == 0 && IsHardSigmoid(before, a) is { } sigmoid)
        {
            return sigmoid;
        }

        return Limits(function, a, b, source, inner, p, q);
    }

    /// <summary>Limits of limits; Relu is [0, infinity).</summary>
    private static Step? Limits(
        UnaryFunction outer, float a, float b, Value source, UnaryFunction inner, float p, float q)
    {
        if ((outer != Unary.Clip && outer != Unary.Relu)
            || (inner != Unary.Clip && inner != Unary.Relu))
        {
            return null;
        }

        var (low, high) = outer == Unary.Relu ? (0, float.PositiveInfinity) : (a, b);
        var (innerLow, innerHigh) = inner == Unary.Relu ? (0, float.PositiveInfinity) : (p, q);
        // Intervals that do not meet give one value whatever x is: not worth a rule.
        return low <= innerHigh && innerLow <= high
            ? Of(Unary.Clip, source, Math.Max(low, innerLow), Math.Min(high, innerHigh))
            : null;
    }

    /// <summary>
    /// <paramref name="scale"/> times what is limited to [0, 1 / scale]: limited to [0, 1].
    /// </summary>
    private static Step? IsHardSigmoid(Step clip, float scale) =>
        clip.Link.Function == Unary.Clip && clip.Link.A == 0 && IsNear(scale * clip.Link.B, 1)
            && Producer(clip.Inputs[0]!) is { } line && line.Link.Function == Unary.Affine
                ? Of(Unary.HardSigmoid, line.Inputs[0]!, line.Link.A * scale, line.Link.B * scale)
                : null;

    /// <summary>a x f(x) for what exporters make of HardSwish and Gelu.</summary>
    private static Step? OfProduct(Step step)
    {
        if (step.Link.Function != Unary.Affine || step.Link.B != 0
            || Producer(step.Inputs[0]!) is not { } product
            || product.Link.Function != Binary.Multiply)
        {
            return null;
        }

        for (int i = 0; i < 2; i++)
        {
            var x = product.Inputs[i]!;
            if (Producer(product.Inputs[1 - i]!) is not { } factor)
            {
                continue;
            }

            if (IsHardSigmoid(factor, step.Link.A) is { } sigmoid && IsHardSwishFactor(sigmoid, x))
            {
                return Of(Unary.HardSwish, x);
            }

            if (IsGeluFactor(factor, x, step.Link.A))
            {
                return Of(Unary.Gelu, x);
            }
        }

        return null;
    }

    private static bool IsHardSwishFactor(Step factor, Value x) =>
        factor.Link.Function == Unary.HardSigmoid && factor.Inputs[0] == x
        && IsNear(factor.Link.A, 1 / 6f) && IsNear(factor.Link.B, 0.5f);

    /// <summary>(1 + erf(x / sqrt 2)) / 2, after it is multiplied by the scale.</summary>
    private static bool IsGeluFactor(Step factor, Value x, float scale)
    {
        const float RootHalf = 0.70710678f;
        return factor.Link.Function == Unary.Affine
            && IsNear(factor.Link.A * scale, 0.5f) && IsNear(factor.Link.B * scale, 0.5f)
            && Producer(factor.Inputs[0]!) is { } erf && erf.Link.Function == Unary.Erf
            && Producer(erf.Inputs[0]!) is { } scaled && scaled.Link.Function == Unary.Affine
            && IsNear(scaled.Link.A, RootHalf) && scaled.Link.B == 0 && scaled.Inputs[0] == x;
    }

    /// <summary>The value that a chain of functions of one number starts from.</summary>
    private static Value RootOf(Value value) =>
        Producer(value) is { Link.Function: UnaryFunction } step ? RootOf(step.Inputs[0]!) : value;

    private static Value Multiply(GraphRewriter rewriter, Node node, Value x, Value y)
    {
        var product = rewriter.Target.Add(new Pointwise(Binary.Multiply), node.Name, x, y);
        return WithItself(rewriter, node, Binary.Multiply, Step.Of(product)!) is { } simpler
            ? rewriter.Target.Add(
                new Pointwise(new PointwiseChain(simpler.Link)), node.Name, simpler.Inputs)
            : product;
    }

    private static Step Of(UnaryFunction function, Value x, float a = 0, float b = 0) =>
        new(new ChainLink(function, a, b), [x]);

    private static Step Affine(Value x, float a, float b) => Of(Unary.Affine, x, a, b);

    private static Step? Producer(Value value) => Step.Of(value);

    private static ChainLink? FunctionOf(Node node) =>
        node.Operator is Pointwise { Chain: { Length: 1 } chain } ? chain.Links[0] : null;

    private static bool IsNear(float x, float y) => MathF.Abs(x - y) <= 1e-5f * MathF.Abs(y);

    /// <summary><paramref name="to"/> where rounding alone keeps x from it.</summary>
    private static float Snap(float x, float to) => MathF.Abs(x - to) <= 2e-7f ? to : x;

    /// <summary>The value that all elements of a constant have; null where they differ.</summary>
    private static float? RepeatedValue(Value value)
    {
        if (value is not { IsConstant: true, Type.Element: ElementType.Float32 }
            || value.Shape.Count is 0 or > MostRepeated)
        {
            return null;
        }

        var elements = MemoryMarshal.Cast<byte, float>(value.Variable!.Data);
        return elements.IndexOfAnyExcept(elements[0]) < 0 ? elements[0] : null;
    }

    /// <summary>A function and the values of the new graph that it is of.</summary>
    private sealed record Step(ChainLink Link, Value?[] Inputs)
    {
        public static Step? Of(Value value) =>
            value.Producer is { } node && FunctionOf(node) is { } link
                ? new Step(link, [.. node.Inputs])
                : null;
    }
}
