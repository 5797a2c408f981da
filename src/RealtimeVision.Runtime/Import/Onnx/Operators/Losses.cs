using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Losses of classes: NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss.</summary>
internal static class Losses
{
    private const int ClassAxis = 1;

    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("NegativeLogLikelihoodLoss", n => Loss(n, n.Floats(0))),
        new("SoftmaxCrossEntropyLoss", CrossEntropy),
    ];

    private static ImportedTensor?[] CrossEntropy(NodeContext n)
    {
        var x = n.Floats(0);
        var softmax = new Softmax(x.DimensionOf(ClassAxis), IsLog: true);
        var logs = new GraphTensor(n.Graph.Add(softmax, x.Value), x.Order);
        return [Loss(n, logs), logs];
    }

    // Of logarithms of probabilities [N, C, ...] and classes [N, ...]: which class is meant is a
    // comparison with all C, so that one that is ignored, even one that does not exist, weighs
    // nothing.
    private static ImportedTensor Loss(NodeContext n, GraphTensor logs)
    {
        var targets = n.Input(1);
        if (logs.Rank < 2 || targets.Rank != logs.Rank - 1)
        {
            throw new ShapeException($"classes {targets.Shape} do not fit {logs.Shape}");
        }

        int classes = logs.Shape[ClassAxis];
        int[] perClass = [classes, .. Enumerable.Repeat(1, logs.Rank - 2)];
        var numbers = new HostTensor(
            $"{n.Node.Name}/Classes", StorageType.Int64, new Shape(perClass),
            [.. Enumerable.Range(0, classes).Select(c => (long)c)], isFixed: true);
        var isMeant = n.Graph.Broadcast(
            new Compare(Comparison.Equal), Shaping.WithAxis(n, targets, ClassAxis), numbers);
        var weights = Term.Of(n, isMeant) * Weights(n, perClass);

        // Where nothing is meant nothing is added, not even 0 times infinity.
        var zero = new HostTensor("zero", new Shape(), [0f], isFixed: true);
        var chosen = new Term(n, n.Graph.Broadcast(new Select(), isMeant, logs, zero));
        var losses = -(chosen * weights).Reduce(ReduceKind.Sum, keep: false, ClassAxis);
        return n.Node.Text("reduction", "mean") switch
        {
            "none" => losses.Tensor,
            "sum" => losses.Reduce(ReduceKind.Sum, keep: false).Tensor,
            "mean" => (losses.Reduce(ReduceKind.Sum, keep: false)
                / weights.Reduce(ReduceKind.Sum, keep: false)).Tensor,
            var other => throw n.Node.Bad($"'{other}' is no reduction", "reduction"),
        };
    }

    private static Term Weights(NodeContext n, int[] shape)
    {
        var ones = new float[shape[0]];
        Array.Fill(ones, 1);
        if (n.Node.Has("ignore_index") && n.Node.Int("ignore_index") is var ignored
            && ignored >= 0 && ignored < ones.Length)
        {
            ones[ignored] = 0;
        }

        var counted = new Term(n, n.Host(new Shape(shape), ones));
        return n.Optional(2) is null ? counted : counted * Term.Of(n, 2).Reshape(shape);
    }
}
