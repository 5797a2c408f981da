using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Softmax, LogSoftmax and Hardmax.</summary>
internal static class Softmaxes
{
    public static IEnumerable<OperatorMapper> All =>
    [
        Of("Softmax", axis => new Softmax(axis)),
        Of("LogSoftmax", axis => new Softmax(axis, IsLog: true)),
        Of("Hardmax", axis => new Hardmax(axis)),
    ];

    // Before operator set 13 the axes from the given one on were taken as one.
    private static OperatorMapper Of(string name, Func<int, Operator> make) =>
        OperatorMapper.Of(name, n =>
        {
            var x = n.Floats(0);
            int axis = n.Axis(n.Node.Int("axis", n.Opset >= 13 ? -1 : 1), x.Rank);
            int[] significant =
                [.. Enumerable.Range(axis, x.Rank - axis).Where(i => x.Shape[i] != 1)];
            if (n.Opset >= 13 || significant.Length <= 1)
            {
                return Along(
                    n, x, n.Opset >= 13 || significant.Length == 0 ? axis : significant[0], make);
            }

            var matrix = new Shape(
                checked((int)x.Shape.Product(0, axis)), checked((int)x.Shape.Product(axis, x.Rank)));
            return n.Graph.Reshape(Along(n, n.Graph.Reshape(x, matrix), 1, make), x.Shape);
        });

    private static GraphTensor Along(
        NodeContext n, GraphTensor x, int axis, Func<int, Operator> make) =>
        new(n.Graph.Add(make(x.DimensionOf(axis)), x.Value), x.Order);
}
