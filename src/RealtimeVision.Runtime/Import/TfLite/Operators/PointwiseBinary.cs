using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Functions of two tensors, element by element, broadcast to one shape.</summary>
internal static class PointwiseBinary
{
    public static IEnumerable<TfLiteMapper> All =>
    [
        Fused("ADD", Binary.Add),
        Fused("SUB", Binary.Subtract),
        Fused("MUL", Binary.Multiply),
        Fused("DIV", Binary.Divide),
        TfLiteMapper.Of("MAXIMUM", n => Apply(n, Binary.Maximum)),
        TfLiteMapper.Of("MINIMUM", n => Apply(n, Binary.Minimum)),
        TfLiteMapper.Of("SQUARED_DIFFERENCE", n => n.Graph.Pointwise(
            Apply(n, Binary.Subtract), Unary.Square)),
        TfLiteMapper.Of("PRELU", PRelu),
    ];

    private static TfLiteMapper Fused(string name, BinaryFunction function) =>
        TfLiteMapper.Of(name, n => n.Activated(Apply(n, function), 0));

    private static GraphTensor Apply(TfLiteContext n, BinaryFunction function)
    {
        var (x, y) = (n.Input(0), n.Input(1));
        var shape = Shape.Broadcast(x.Shape, y.Shape);

        // The chain goes on with the tensor that has the result's shape; the other one is its
        // operand.
        if (x is HostTensor || (x.Shape != shape && y.Shape == shape))
        {
            (x, y, function) = (y, x, function.Swapped);
        }

        if (y.Element != ElementType.Float32)
        {
            throw TfLiteContext.Unsupported(
                $"works on elements of type {y.Element}, which no kernel does");
        }

        var tensor = n.Floats(x);
        var order = GraphWriter.CommonOrder([tensor, y], shape.Rank);
        var wide = n.Graph.Reshape(tensor, Axes.WithRank(tensor.Shape, shape.Rank));
        return n.Graph.Pointwise(
            new GraphTensor(n.Graph.InOrder(wide, order), order), PointwiseChain.Of(function), y);
    }

    // max(x, 0) + slope min(x, 0).
    private static GraphTensor PRelu(TfLiteContext n)
    {
        var x = n.Floats(0);
        var slope = n.Input(1);
        if (slope is HostTensor { Count: 1, IsFloat: true } one)
        {
            return n.Graph.Pointwise(x, Unary.LeakyRelu, one.Floats[0]);
        }

        var negative = n.Graph.Pointwise(
            x,
            new(
                new ChainLink(Unary.Clip, float.NegativeInfinity, 0),
                new ChainLink(Binary.Multiply)),
            slope);
        return n.Graph.Pointwise(
            x, new(new ChainLink(Unary.Relu), new ChainLink(Binary.Add)), negative);
    }
}
