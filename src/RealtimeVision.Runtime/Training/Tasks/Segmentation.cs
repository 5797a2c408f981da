using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>What a segmenter's loss is made of.</summary>
public enum SegmentationLoss
{
    /// <summary>Cross-entropy of each pixel.</summary>
    CrossEntropy,

    /// <summary>
    /// The Dice loss (Milletari et al. 2016) of each class over the batch, and their mean.
    /// </summary>
    Dice,

    /// <summary>The sum of both.</summary>
    CrossEntropyAndDice,

    /// <summary>The focal loss (Lin et al. 2017); of networks with one output channel.</summary>
    Focal,
}

/// <summary>
/// One class for each pixel. The network gives scores [N, H, W, classes], or of one class against
/// the rest [N, H, W, 1]; targets are masks, Int32 [N, H, W].
/// </summary>
public sealed record Segmentation : LearningTask
{
    /// <summary>What the loss is made of.</summary>
    public SegmentationLoss LossKind { get; init; }

    /// <summary>Weights of the classes in the cross-entropy; null for ones.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }

    /// <summary>
    /// The class index of pixels that do not count; null where all do. Cross-entropy of several
    /// classes only.
    /// </summary>
    public int? IgnoreIndex { get; init; }

    /// <inheritdoc/>
    public override string MainMetric => "mean_iou";

    /// <inheritdoc/>
    public override Value Loss(Graph graph, Value output, Value targets)
    {
        var (x, t) = (output.Shape, targets.Shape);
        if (x.Rank != 4 || t.Rank != 3 || x.N != t[0] || x.H != t[1] || x.W != t[2])
        {
            throw new ShapeException(
                $"a segmenter gives scores [N, H, W, classes] for masks {t}, this one gives {x}");
        }

        if (x.C == 1)
        {
            var mask = graph.Add(new Reshape(x), "mask", AsFloat(graph, targets));
            return OfOneClass(graph, output, mask);
        }

        return LossKind switch
        {
            SegmentationLoss.CrossEntropy => CrossEntropy(graph, output, targets),
            SegmentationLoss.Dice => Dice(graph, output, targets),
            SegmentationLoss.CrossEntropyAndDice => Add(
                graph, CrossEntropy(graph, output, targets), Dice(graph, output, targets)),
            _ => throw new NotSupportedException(
                $"the focal loss is of one class, the network gives {x.C}"),
        };
    }

    /// <inheritdoc/>
    public override Value Prediction(Graph graph, Value output) => output.Shape.C > 1
        ? graph.Add(new ArgMax(-1), "mask", output)
        : graph.Add(
            new Cast(ElementType.Int32), "mask",
            graph.Add(new Pointwise(Unary.UnitStep), "mask/step", output));

    /// <inheritdoc/>
    public override TaskScores CreateScores(Dataset dataset) => new SegmentationScores(
        Math.Max(dataset.ClassNames.Count, 2), IgnoreIndex ?? dataset.IgnoreIndex);

    private Value CrossEntropy(Graph graph, Value output, Value targets)
    {
        var weights = ClassWeights is { } given
            ? graph.Constant("class weights", new Shape(given.Count), [.. given])
            : null;
        return Losses.CrossEntropy(graph, output, targets, weights, IgnoreIndex);
    }

    private Value OfOneClass(Graph graph, Value output, Value mask) => LossKind switch
    {
        SegmentationLoss.CrossEntropy =>
            Losses.BinaryCrossEntropyWithLogits(graph, output, mask),
        SegmentationLoss.Dice => Losses.Dice(graph, output, mask),
        SegmentationLoss.Focal => Losses.Focal(graph, output, mask),
        _ => Add(
            graph, Losses.BinaryCrossEntropyWithLogits(graph, output, mask),
            Losses.Dice(graph, output, mask)),
    };

    private static Value Dice(Graph graph, Value output, Value targets)
    {
        var p = graph.Add(new Softmax(-1), "dice/probabilities", output);
        var t = graph.Add(
            new Cast(ElementType.Float32), "dice/truth", OneHotOf(graph, targets, output.Shape.C));
        var common = PerClass(graph, graph.Add(new Pointwise(Binary.Multiply), "dice/common", p, t));
        var sizes = graph.Add(
            new Pointwise(Binary.Add), "dice/sizes", PerClass(graph, p), PerClass(graph, t));
        var ratio = graph.Add(
            new Pointwise(Binary.Divide), "dice/ratio",
            graph.Add(new Pointwise(Unary.Affine, 2, 1), "dice/numerator", common),
            graph.Add(new Pointwise(Unary.Affine, 1, 1), "dice/denominator", sizes));
        return graph.Add(new Pointwise(Unary.Affine, -1, 1), "dice", Mean(graph, ratio));
    }

    private static Value PerClass(Graph graph, Value x) =>
        graph.Add(new Reduce(ReduceKind.Sum, [0, 1, 2], KeepDims: false), $"{x.Name}/classes", x);

    private static Value OneHotOf(Graph graph, Value targets, int classes)
    {
        int[] numbers = [.. Enumerable.Range(0, classes)];
        var all = graph.Variable(new Variable(
            "classes", new TensorType(ElementType.Int32, new Shape(classes)),
            MemoryMarshal.AsBytes<int>(numbers).ToArray()));
        var column = graph.Add(new Reshape(new Shape([.. targets.Shape.Sizes, 1])), "truth", targets);
        return graph.Add(new Compare(Comparison.Equal), "truth/classes", column, all);
    }
}

/// <summary>Scores of segmentation: mean IoU, that of each class, pixel accuracy.</summary>
/// <param name="classes">Number of classes.</param>
/// <param name="ignoreIndex">The class index of pixels that do not count.</param>
public sealed class SegmentationScores(int classes, int? ignoreIndex) : TaskScores
{
    /// <summary>Truth against prediction, pixel by pixel.</summary>
    public ConfusionMatrix Confusion { get; } = new(classes, ignoreIndex);

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<byte> predictions, Batch batch)
    {
        var predicted = MemoryMarshal.Cast<byte, int>(predictions);
        var truth = batch.Targets<int>();
        int pixels = truth.Length / batch.Count;
        for (int i = 0; i < batch.Count; i++)
        {
            var truthOf = truth.Slice(i * pixels, pixels);
            var predictedOf = predicted.Slice(i * pixels, pixels);
            Confusion.Add(truthOf, predictedOf);
            int wrong = 0;
            for (int p = 0; p < pixels; p++)
            {
                wrong += truthOf[p] != predictedOf[p] && truthOf[p] != ignoreIndex ? 1 : 0;
            }

            if (wrong > 0)
            {
                Worst.Add(new(batch.Indices[i], (double)wrong / pixels, -1));
            }
        }
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        Confusion.Clear();
    }

    /// <inheritdoc/>
    public override void AppendTo(MetricSet metrics) => Confusion.AppendTo(metrics);
}
