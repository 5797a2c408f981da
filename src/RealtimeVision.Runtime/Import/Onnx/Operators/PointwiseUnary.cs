using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Functions of one tensor, element by element.</summary>
internal static class PointwiseUnary
{
    private const float SeluAlpha = 1.67326319217681884765625f;
    private const float SeluGamma = 1.05070102214813232421875f;

    public static IEnumerable<OperatorMapper> All =>
    [
        // Those that sizes are computed with are done on the host, too.
        Of("Abs", Unary.Abs, MathF.Abs, Integer.Abs),
        Of("Ceil", Unary.Ceiling, MathF.Ceiling),
        Of("Exp", Unary.Exp, MathF.Exp),
        Of("Floor", Unary.Floor, MathF.Floor),
        Of("Log", Unary.Log, MathF.Log),
        Of("Neg", Unary.Negate, f => -f, Integer.Negate),
        Of("Reciprocal", Unary.Reciprocal, f => 1 / f),
        Of("Round", Unary.Round, MathF.Round),
        Of("Sign", Unary.Sign, f => f > 0 ? 1 : f < 0 ? -1 : f, Integer.Sign),
        Of("Sqrt", Unary.Sqrt, MathF.Sqrt),

        Of("Acos", _ => new(new ChainLink(Unary.Acos))),
        Of("Acosh", _ => new(new ChainLink(Unary.Acosh))),
        Of("Asin", _ => new(new ChainLink(Unary.Asin))),
        Of("Asinh", _ => new(new ChainLink(Unary.Asinh))),
        Of("Atan", _ => new(new ChainLink(Unary.Atan))),
        Of("Atanh", _ => new(new ChainLink(Unary.Atanh))),
        Of("Cos", _ => new(new ChainLink(Unary.Cos))),
        Of("Cosh", _ => new(new ChainLink(Unary.Cosh))),
        Of("Sin", _ => new(new ChainLink(Unary.Sin))),
        Of("Sinh", _ => new(new ChainLink(Unary.Sinh))),
        Of("Tan", _ => new(new ChainLink(Unary.Tan))),

        Of("Erf", _ => new(new ChainLink(Unary.Erf))),
        Of("Relu", _ => new(new ChainLink(Unary.Relu))),
        Of("Sigmoid", _ => new(new ChainLink(Unary.Sigmoid))),
        Of("Softplus", _ => new(new ChainLink(Unary.Softplus))),
        Of("Tanh", _ => new(new ChainLink(Unary.Tanh))),
        Of("HardSwish", _ => new(new ChainLink(Unary.HardSwish))),
        Of("LeakyRelu", node => new(new ChainLink(Unary.LeakyRelu, node.Float("alpha", 0.01f)))),
        Of("Elu", node => new(new ChainLink(Unary.Elu, node.Float("alpha", 1)))),
        Of("Selu", node => new(new ChainLink(
            Unary.Selu, node.Float("alpha", SeluAlpha), node.Float("gamma", SeluGamma)))),
        Of("Celu", node => new(new ChainLink(Unary.Celu, node.Float("alpha", 1)))),
        Of("Mish", _ => new(new ChainLink(Unary.Mish))),
        Of("Softsign", _ => new(new ChainLink(Unary.Softsign))),
        Of("Shrink", node => new(new ChainLink(
            Unary.Shrink, node.Float("lambd", 0.5f), node.Float("bias", 0)))),
        Of("ThresholdedRelu", node => new(
            new ChainLink(Unary.ThresholdedRelu, node.Float("alpha", 1)))),
        Of("HardSigmoid", node => new(
            new ChainLink(Unary.HardSigmoid, node.Float("alpha", 0.2f), node.Float("beta", 0.5f)))),
        Of("Gelu", node => new(
            new ChainLink(
                node.Text("approximate", "none") == "tanh" ? Unary.GeluTanh : Unary.Gelu))),
        OperatorMapper.Of("Clip", Clip),
    ];

    private static OperatorMapper Of(
        string name,
        UnaryFunction function,
        Func<float, float> onHost,
        IntegerFunction? ofIntegers = null) =>
        OperatorMapper.Of(name, n => n.Input(0) switch
        {
            HostTensor { IsFloat: true } x =>
                n.Host(x.Shape, Array.ConvertAll(x.Floats, f => onHost(f))),
            HostTensor x =>
                n.Host(x.Shape, Array.ConvertAll(x.Integers, i => (long)onHost(i)), x.Type),
            { Element: not ElementType.Float32 } x when ofIntegers is not null =>
                n.Graph.Broadcast(new IntegerPointwise(ofIntegers), x),
            _ => n.Graph.Pointwise(n.Floats(0), function),
        });

    private static OperatorMapper Of(string name, Func<OnnxNode, PointwiseChain> chain) =>
        OperatorMapper.Of(name, n => n.Graph.Pointwise(n.Floats(0), chain(n.Node)));

    private static ImportedTensor Clip(NodeContext n)
    {
        if (n.IsOnHost)
        {
            return ClipOnHost(n);
        }

        if (n.Input(0).Element != ElementType.Float32)
        {
            var y = Limit(n.Input(0), Integer.Maximum, n.Optional(1));
            return Limit(y, Integer.Minimum, n.Optional(2));
        }

        var x = n.Floats(0);
        if (n.Optional(1) is GraphTensor || n.Optional(2) is GraphTensor)
        {
            x = n.Optional(1) is { } low
                ? n.Graph.Pointwise(x, PointwiseChain.Of(Binary.Maximum), low)
                : x;
            return n.Optional(2) is { } high
                ? n.Graph.Pointwise(x, PointwiseChain.Of(Binary.Minimum), high)
                : x;
        }

        float? min = n.Float("min", 1, "the lower limit");
        float? max = n.Float("max", 2, "the upper limit");
        return (min, max) switch
        {
            (null, null) => x,
            (0, null) => n.Graph.Pointwise(x, Unary.Relu),
            _ => n.Graph.Pointwise(
                x, Unary.Clip, min ?? float.NegativeInfinity, max ?? float.PositiveInfinity),
        };

        ImportedTensor Limit(ImportedTensor of, IntegerFunction by, ImportedTensor? limit) =>
            limit is null ? of : n.Graph.Broadcast(new IntegerPointwise(by), of, limit);
    }

    private static HostTensor ClipOnHost(NodeContext n)
    {
        var x = n.Constant(0, "its input");
        float min = n.Float("min", 1, "the lower limit") ?? float.NegativeInfinity;
        float max = n.Float("max", 2, "the upper limit") ?? float.PositiveInfinity;
        if (x.IsFloat)
        {
            return n.Host(
                x.Shape, Array.ConvertAll(x.Floats, f => MathF.Min(MathF.Max(f, min), max)));
        }

        long low = n.Optional(1) is HostTensor { IsFloat: false } l ? l.Integers[0] : long.MinValue;
        long high = n.Optional(2) is HostTensor { IsFloat: false } h
            ? h.Integers[0]
            : long.MaxValue;
        return n.Host(
            x.Shape, Array.ConvertAll(x.Integers, i => Math.Min(Math.Max(i, low), high)), x.Type);
    }
}
