using System.Collections.Frozen;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Derivatives of the pointwise functions, as functions.</summary>
internal static class Derivatives
{
    private static readonly FrozenDictionary<UnaryFunction, Func<ChainLink, Derivative>> Table =
        new Dictionary<UnaryFunction, Func<ChainLink, Derivative>>
        {
            [Unary.Abs] = _ => OfInput(new ChainLink(Unary.Sign)),
            [Unary.Acos] = _ => OneOver(
                new(Unary.Square), new(Unary.Affine, -1, 1), new(Unary.Sqrt), new(Unary.Negate)),
            [Unary.Acosh] = _ => OneOver(
                new(Unary.Square), new(Unary.Affine, 1, -1), new(Unary.Sqrt)),
            [Unary.Affine] = f => Constant(f.A),
            [Unary.Asin] = _ => OneOver(
                new(Unary.Square), new(Unary.Affine, -1, 1), new(Unary.Sqrt)),
            [Unary.Asinh] = _ => OneOver(
                new(Unary.Square), new(Unary.Affine, 1, 1), new(Unary.Sqrt)),
            [Unary.Atan] = _ => OneOver(new(Unary.Square), new(Unary.Affine, 1, 1)),
            [Unary.Atanh] = _ => OneOver(new(Unary.Square), new(Unary.Affine, -1, 1)),
            [Unary.Ceiling] = _ => Constant(0),
            [Unary.Celu] = f => OfInput(f with { Function = Unary.CeluDerivative }),
            [Unary.Clip] = f => OfInput(f with { Function = Unary.Inside }),
            [Unary.Cos] = _ => OfInput(new(Unary.Sin), new(Unary.Negate)),
            [Unary.Cosh] = _ => OfInput(new ChainLink(Unary.Sinh)),
            [Unary.Elu] = f => OfInput(f with { Function = Unary.EluDerivative }),
            [Unary.Erf] = _ => OfInput(
                new(Unary.Square), new(Unary.Negate), new(Unary.Exp), new(Unary.Affine, 1.12837917f)),
            [Unary.Exp] = _ => OfOutput(),
            [Unary.Floor] = _ => Constant(0),
            [Unary.Gelu] = _ => OfInput(new ChainLink(Unary.GeluDerivative)),
            [Unary.GeluTanh] = _ => OfInput(new ChainLink(Unary.GeluTanhDerivative)),
            [Unary.HardSigmoid] = f => OfInput(f with { Function = Unary.HardSigmoidDerivative }),
            [Unary.HardSwish] = _ => OfInput(new ChainLink(Unary.HardSwishDerivative)),
            [Unary.LeakyRelu] = f => OfInput(f with { Function = Unary.LeakyReluDerivative }),
            [Unary.Log] = _ => OneOver(),
            [Unary.LogSigmoid] = _ => OfInput(new(Unary.Negate), new(Unary.Sigmoid)),
            [Unary.Mish] = _ => OfInput(new ChainLink(Unary.MishDerivative)),
            [Unary.Negate] = _ => Constant(-1),
            [Unary.Reciprocal] = _ => OfOutput(new(Unary.Square), new(Unary.Negate)),

            [Unary.Relu] = _ => OfOutput(new ChainLink(Unary.UnitStep)),
            [Unary.Round] = _ => Constant(0),
            [Unary.Selu] = f => OfInput(f with { Function = Unary.SeluDerivative }),
            [Unary.Shrink] = f => OfInput(f with { Function = Unary.Outside }),
            [Unary.Sigmoid] = _ => OfOutput(new ChainLink(Unary.SigmoidDerivative)),
            [Unary.Sign] = _ => Constant(0),
            [Unary.Silu] = _ => OfInput(new ChainLink(Unary.SiluDerivative)),
            [Unary.Sin] = _ => OfInput(new ChainLink(Unary.Cos)),
            [Unary.Sinh] = _ => OfInput(new ChainLink(Unary.Cosh)),
            [Unary.Softplus] = _ => OfInput(new ChainLink(Unary.Sigmoid)),
            [Unary.Softsign] = _ => OneOver(
                new(Unary.Abs), new(Unary.Affine, 1, 1), new(Unary.Square)),
            [Unary.Sqrt] = _ => OfOutput(new(Unary.Reciprocal), new(Unary.Affine, 0.5f)),
            [Unary.Square] = _ => OfInput(new ChainLink(Unary.Affine, 2)),
            [Unary.Tan] = _ => OfOutput(new(Unary.Square), new(Unary.Affine, 1, 1)),
            [Unary.Tanh] = _ => OfOutput(new ChainLink(Unary.TanhDerivative)),
            [Unary.ThresholdedRelu] = f => OfInput(f with { Function = Unary.UnitStep }),
            [Unary.Truncate] = _ => Constant(0),
        }.ToFrozenDictionary();

    /// <summary>True where a function has a derivative.</summary>
    public static bool Has(PointwiseFunction function) => function is UnaryFunction unary
        ? Table.ContainsKey(unary)
        : function == Binary.Add || function == Binary.Subtract || function == Binary.SubtractFrom
            || function == Binary.Multiply || function == Binary.Divide
            || function == Binary.DivideInto || function == Binary.Minimum
            || function == Binary.Maximum || function == Binary.Power || function == Binary.Atan2
            || function == Binary.Modulo || function == Binary.Remainder;

    /// <summary>The gradient of x of y = f(x).</summary>
    public static Value Of(GradientBuilder g, ChainLink f, Value x, Value y, Value dy)
    {
        if (f.Function == Unary.Relu)
        {
            // Of the result, so that the input need not be kept; and one function of the gradient,
            // which what computes the gradient may take in.
            return g.Apply(Binary.WherePositive, dy, y);
        }

        var derivative = Table[(UnaryFunction)f.Function](f);
        if (derivative.IsConstant is { } constant)
        {
            return g.Apply(Unary.Affine, dy, constant);
        }

        var from = derivative.IsOfOutput ? y : x;
        var last = new PointwiseChain(
            new ChainLink(derivative.IsDivisor ? Binary.DivideInto : Binary.Multiply));
        if (derivative.Chain.CanAppend(last))
        {
            return g.Add(new Pointwise(derivative.Chain.Then(last)), from, dy);
        }

        return g.Add(new Pointwise(last), g.Add(new Pointwise(derivative.Chain), from), dy);
    }

    /// <summary>
    /// The gradients of x and of the operand o of y = f(x, o), in the shape of y; that of the
    /// operand only where it is wanted.
    /// </summary>
    public static (Value X, Value? Operand) Of(
        GradientBuilder g, BinaryFunction f, Value x, Value o, Value y, Value dy, bool wantsOperand)
    {
        if (f == Binary.Add)
        {
            return (dy, dy);
        }

        if (f == Binary.Subtract)
        {
            return (dy, wantsOperand ? g.Apply(Unary.Negate, dy) : null);
        }

        if (f == Binary.SubtractFrom)
        {
            return (g.Apply(Unary.Negate, dy), dy);
        }

        if (f == Binary.Multiply)
        {
            return (g.Apply(f, dy, o), wantsOperand ? g.Apply(f, dy, x) : null);
        }

        if (f == Binary.Divide)
        {
            var dx = g.Apply(Binary.Divide, dy, o);
            return (dx, wantsOperand ? MinusProduct(g, dx, y) : null);
        }

        if (f == Binary.DivideInto)
        {
            var dOperand = g.Apply(Binary.Divide, dy, x);
            return (MinusProduct(g, dOperand, y), dOperand);
        }

        if (f == Binary.Power)
        {
            return OfPower(g, x, o, y, dy, wantsOperand);
        }

        if (f == Binary.Atan2)
        {
            return OfAtan2(g, x, o, dy);
        }

        if (f == Binary.Modulo || f == Binary.Remainder)
        {
            // x less the quotient, which is a whole number, times o.
            return (dy, wantsOperand
                ? MinusProduct(
                    g, g.Apply(
                        f == Binary.Modulo ? Unary.Floor : Unary.Truncate,
                        g.Apply(Binary.Divide, x, o)), dy)
                : null);
        }

        // The smaller takes it all; equals share it.
        var (lesser, greater) = f == Binary.Minimum ? (x, o) : (o, x);
        var share = g.Apply(Binary.Below, lesser, greater);
        var other = g.Apply(Unary.Affine, share, -1, 1);
        return (g.Apply(Binary.Multiply, dy, share),
            wantsOperand ? g.Apply(Binary.Multiply, dy, other) : null);
    }

    // d x^o = o x^(o - 1) dx + x^o ln(x) do.
    private static (Value X, Value? Operand) OfPower(
        GradientBuilder g, Value x, Value o, Value y, Value dy, bool wantsOperand)
    {
        var lower = g.Apply(Binary.Power, x, g.Apply(Unary.Affine, o, 1, -1));
        var dx = g.Apply(Binary.Multiply, g.Apply(Binary.Multiply, lower, o), dy);
        return (dx, wantsOperand
            ? g.Apply(Binary.Multiply, g.Apply(Binary.Multiply, dy, y), g.Apply(Unary.Log, x))
            : null);
    }

    // d atan2(x, o) = (o dx - x do) / (x^2 + o^2).
    private static (Value X, Value Operand) OfAtan2(GradientBuilder g, Value x, Value o, Value dy)
    {
        var squares = g.Apply(Binary.Add, g.Apply(Unary.Square, x), g.Apply(Unary.Square, o));
        var share = g.Apply(Binary.Divide, dy, squares);
        return (g.Apply(Binary.Multiply, share, o), MinusProduct(g, share, x));
    }

    private static Value MinusProduct(GradientBuilder g, Value a, Value b) => g.Add(
        new Pointwise(new PointwiseChain(new(Binary.Multiply), new(Unary.Negate))), a, b);

    private static Derivative OfInput(params ReadOnlySpan<ChainLink> links) =>
        new(new PointwiseChain(links));

    private static Derivative OfOutput(params ReadOnlySpan<ChainLink> links) =>
        new(new PointwiseChain(links), IsOfOutput: true);

    private static Derivative OneOver(params ReadOnlySpan<ChainLink> links) =>
        new(new PointwiseChain(links), IsDivisor: true);

    private static Derivative Constant(float value) => new(default, IsConstant: value);

    /// <summary>A derivative of x, or of the result, or what divides the gradient.</summary>
    private readonly record struct Derivative(
        PointwiseChain Chain,
        bool IsOfOutput = false,
        bool IsDivisor = false,
        float? IsConstant = null);
}
