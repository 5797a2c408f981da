using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

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
        TfLiteMapper.Of(
            "PRELU", n => Onnx.PointwiseBinary.PRelu(n.Graph, n.Floats(0), n.Input(1))),
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

        return y.Element == ElementType.Float32
            ? n.Graph.Broadcast(new Pointwise(function), n.Floats(x), y)
            : throw TfLiteContext.Unsupported(
                $"works on elements of type {y.Element}, which no kernel does");
    }
}
