using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Functions of one tensor, element by element.</summary>
internal static class PointwiseUnary
{
    private const float SeluAlpha = 1.67326319217681884765625f;
    private const float SeluGamma = 1.05070102214813232421875f;

    public static IEnumerable<OperatorMapper> All =>
    [
        // Those that sizes are computed with are done on the host, too.
        Of("Abs", Unary.Abs, MathF.Abs),
        Of("Ceil", Unary.Ceiling, MathF.Ceiling),
        Of("Exp", Unary.Exp, MathF.Exp),
        Of("Floor", Unary.Floor, MathF.Floor),
        Of("Log", Unary.Log, MathF.Log),
        Of("Neg", Unary.Negate, f => -f),
        Of("Reciprocal", Unary.Reciprocal, f => 1 / f),
        Of("Sqrt", Unary.Sqrt, MathF.Sqrt),

        Of("Erf", _ => new(new ChainLink(Unary.Erf))),
        Of("Relu", _ => new(new ChainLink(Unary.Relu))),
        Of("Sigmoid", _ => new(new ChainLink(Unary.Sigmoid))),
        Of("Softplus", _ => new(new ChainLink(Unary.Softplus))),
        Of("Tanh", _ => new(new ChainLink(Unary.Tanh))),
        Of("HardSwish", _ => new(new ChainLink(Unary.HardSwish))),
        Of("LeakyRelu", node => new(new ChainLink(Unary.LeakyRelu, node.Float("alpha", 0.01f)))),
        Of("Elu", node => new(new ChainLink(Unary.Elu, node.Float("alpha", 1)))),
        Of("Selu", node => new(
            new ChainLink(Unary.Elu, node.Float("alpha", SeluAlpha)),
            new ChainLink(Unary.Affine, node.Float("gamma", SeluGamma)))),
        Of("Celu", Celu),
        Of("HardSigmoid", node => new(
            new ChainLink(Unary.HardSigmoid, node.Float("alpha", 0.2f), node.Float("beta", 0.5f)))),
        Of("Gelu", node => new(
            new ChainLink(
                node.Text("approximate", "none") == "tanh" ? Unary.GeluTanh : Unary.Gelu))),

        // x tanh(softplus(x)) and x / (1 + |x|).
        OperatorMapper.Of("Mish", n => n.Graph.Pointwise(
            n.Floats(0),
            new(new ChainLink(Unary.Softplus), new ChainLink(Unary.Tanh), new ChainLink(
                Binary.Multiply)),
            n.Floats(0))),
        OperatorMapper.Of("Softsign", n => n.Graph.Pointwise(
            n.Floats(0),
            new(new ChainLink(Unary.Abs), new ChainLink(Unary.Affine, 1, 1), new ChainLink(
                Binary.DivideInto)),
            n.Floats(0))),
        OperatorMapper.Of("Clip", Clip),
    ];

    private static OperatorMapper Of(
        string name, UnaryFunction function, Func<float, float> onHost) =>
        OperatorMapper.Of(name, n => n.Input(0) switch
        {
            HostTensor { IsFloat: true } x =>
                n.Host(x.Shape, Array.ConvertAll(x.Floats, f => onHost(f))),
            HostTensor x =>
                n.Host(x.Shape, Array.ConvertAll(x.Integers, i => (long)onHost(i)), x.Type),
            _ => n.Graph.Pointwise(n.Floats(0), function),
        });

    private static OperatorMapper Of(string name, Func<OnnxNode, PointwiseChain> chain) =>
        OperatorMapper.Of(name, n => n.Graph.Pointwise(n.Floats(0), chain(n.Node)));

    // max(x, 0) + min(alpha (e^(x / alpha) - 1), 0) is alpha elu(x / alpha).
    private static PointwiseChain Celu(OnnxNode node)
    {
        float alpha = node.Float("alpha", 1);
        return new(
            new ChainLink(Unary.Affine, 1 / alpha), new ChainLink(Unary.Elu, 1), new ChainLink(
                Unary.Affine, alpha));
    }

    private static ImportedTensor Clip(NodeContext n)
    {
        if (n.IsOnHost)
        {
            return ClipOnHost(n);
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
