using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>BatchNormalization, Softmax and LogSoftmax.</summary>
internal static class Normalisation
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("BatchNormalization", BatchNormalization, BatchNormalizationRefusal),
        OperatorMapper.Of("Softmax", n => Softmax(n, isLog: false)),
        OperatorMapper.Of("LogSoftmax", n => Softmax(n, isLog: true)),
    ];

    private static string? BatchNormalizationRefusal(OnnxNode node) =>
        node.Flag("training_mode") || Enumerable.Range(1, 4).Any(node.HasOutput)
            ? "it is in training mode: export the network for inference"
        : !node.Flag("spatial", true)
            ? "spatial 0 (a scale for each place) is not supported"
        : null;

    private static GraphTensor BatchNormalization(NodeContext n)
    {
        var x = n.Floats(0);
        if (x.Rank < 2)
        {
            throw new ShapeException($"{x.Shape} has no axis of channels");
        }

        var order = Axes.ChannelsLast(x.Rank);
        var norm = new BatchNorm(n.Node.Float("epsilon", 1e-5f));
        Value?[] inputs =
            [n.Graph.InOrder(x, order), .. Enumerable.Range(1, 4).Select(
                i => n.Graph.InOrder(n.Floats(i)))];
        return new GraphTensor(n.Graph.Add(norm, inputs), order);
    }

    // Before operator set 13 the axes from the given one on were taken as one.
    private static GraphTensor Softmax(NodeContext n, bool isLog)
    {
        var x = n.Floats(0);
        int axis = n.Axis(n.Node.Int("axis", n.Opset >= 13 ? -1 : 1), x.Rank);
        int[] significant = [.. Enumerable.Range(axis, x.Rank - axis).Where(i => x.Shape[i] != 1)];
        if (n.Opset >= 13 || significant.Length <= 1)
        {
            return Softmax(
                n, x, n.Opset >= 13 || significant.Length == 0 ? axis : significant[0], isLog);
        }

        var matrix = new Shape(
            checked((int)x.Shape.Product(0, axis)), checked((int)x.Shape.Product(axis, x.Rank)));
        return n.Graph.Reshape(Softmax(n, n.Graph.Reshape(x, matrix), 1, isLog), x.Shape);
    }

    private static GraphTensor Softmax(NodeContext n, GraphTensor x, int axis, bool isLog) =>
        new(n.Graph.Add(new Softmax(x.DimensionOf(axis), isLog), x.Value), x.Order);
}
