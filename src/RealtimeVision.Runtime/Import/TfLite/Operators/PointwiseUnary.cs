using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Functions of one tensor, element by element.</summary>
internal static class PointwiseUnary
{
    public static IEnumerable<TfLiteMapper> All =>
    [
        Of("ABS", _ => new(new ChainLink(Unary.Abs))),
        Of("CEIL", _ => new(new ChainLink(Unary.Ceiling))),
        Of("ELU", _ => new(new ChainLink(Unary.Elu, 1))),
        Of("EXP", _ => new(new ChainLink(Unary.Exp))),
        Of("FLOOR", _ => new(new ChainLink(Unary.Floor))),
        Of("GELU", node => new(
            new ChainLink(node.Flag(0, "approximate") ? Unary.GeluTanh : Unary.Gelu))),
        Of("HARD_SWISH", _ => new(new ChainLink(Unary.HardSwish))),
        Of("LEAKY_RELU", node => new(new ChainLink(Unary.LeakyRelu, node.Float(0, "alpha")))),
        Of("LOG", _ => new(new ChainLink(Unary.Log))),
        Of("LOGISTIC", _ => new(new ChainLink(Unary.Sigmoid))),
        Of("NEG", _ => new(new ChainLink(Unary.Negate))),
        Of("RELU", _ => new(new ChainLink(Unary.Relu))),
        Of("RELU6", _ => new(new ChainLink(Unary.Clip, 0, 6))),
        Of("RELU_0_TO_1", _ => new(new ChainLink(Unary.Clip, 0, 1))),
        Of("RELU_N1_TO_1", _ => new(new ChainLink(Unary.Clip, -1, 1))),
        Of("RSQRT", _ => new(new ChainLink(Unary.Sqrt), new ChainLink(Unary.Reciprocal))),
        Of("SQRT", _ => new(new ChainLink(Unary.Sqrt))),
        Of("SQUARE", _ => new(new ChainLink(Unary.Square))),
        Of("TANH", _ => new(new ChainLink(Unary.Tanh))),
    ];

    private static TfLiteMapper Of(string name, Func<TfLiteNode, PointwiseChain> chain) =>
        TfLiteMapper.Of(name, n => n.Graph.Pointwise(n.Floats(0), chain(n.Node)));
}
