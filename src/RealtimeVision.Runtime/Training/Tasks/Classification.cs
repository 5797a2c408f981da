using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// One class for a sample, or for each step of a sequence, by cross-entropy. The network gives
/// scores [N, classes] or [N, T, classes]; targets are labels, Int32 [N] or [N, T], or the classes'
/// weights, Float32 [N, classes], where batches are mixed.
/// </summary>
public sealed record Classification : LearningTask
{
    /// <summary>
    /// The share of the loss, from 0 to 1, that goes to all classes alike.
    /// </summary>
    public float LabelSmoothing { get; init; }

    /// <summary>Weights of the classes in the loss; null for ones.</summary>
    public IReadOnlyList<float>? ClassWeights { get; init; }

    /// <summary>The label of samples that do not count; null where all do.</summary>
    public int? IgnoreIndex { get; init; }

    /// <inheritdoc/>
    public override string MainMetric => "accuracy";

    /// <inheritdoc/>
    public override Value Loss(Graph graph, Value output, Value targets)
    {
        bool isMixed = targets.Type.Element == ElementType.Float32;
        int labelRank = isMixed ? targets.Shape.Rank - 1 : targets.Shape.Rank;
        if (labelRank is not (1 or 2) || output.Shape.Rank != labelRank + 1
            || !output.Shape.Sizes[..labelRank].SequenceEqual(targets.Shape.Sizes[..labelRank]))
        {
            string wanted = labelRank == 2 ? "[N, T, classes]" : "[N, classes]";
            throw new ShapeException(
                $"a classifier gives scores {wanted} for labels {targets.Shape}, this one gives "
                + $"{output.Shape}");
        }

        if (isMixed)
        {
            return OfMixed(graph, output, targets);
        }

        var weights = ClassWeights is { } given
            ? graph.Constant("class weights", new Shape(given.Count), [.. given])
            : null;
        return Losses.CrossEntropy(graph, output, targets, weights, IgnoreIndex, LabelSmoothing);
    }

    /// <inheritdoc/>
    public override TaskScores CreateScores(Dataset dataset) =>
        new ClassificationScores(dataset.ClassNames.Count, IgnoreIndex ?? dataset.IgnoreIndex);

    // -sum(t log p), with the targets smoothed and weighed here.
    private Value OfMixed(Graph graph, Value output, Value targets)
    {
        int classes = output.Shape[-1];
        if (LabelSmoothing > 0)
        {
            targets = graph.Add(
                new Pointwise(Unary.Affine, 1 - LabelSmoothing, LabelSmoothing / classes),
                "targets/smoothed", targets);
        }

        if (ClassWeights is { } given)
        {
            var weights = graph.Constant("class weights", new Shape(given.Count), [.. given]);
            targets = graph.Add(
                new Pointwise(Binary.Multiply), "targets/weighed", targets, weights);
        }

        var logs = graph.Add(new Softmax(-1, IsLog: true), "log probabilities", output);
        var product = graph.Add(new Pointwise(Binary.Multiply), "cross-entropy", logs, targets);
        return graph.Add(
            new Pointwise(Unary.Affine, -classes), "loss/negative", Mean(graph, product));
    }
}

/// <summary>
/// Scores of classification: accuracy, the confusion matrix, the mean loss, of all steps where
/// samples are sequences. The worst samples are those whose last step is worst.
/// </summary>
public sealed class ClassificationScores : TaskScores
{
    private readonly RunningMean _loss = new();

    /// <summary>Makes empty scores.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="ignoreIndex">The label of samples that do not count.</param>
    public ClassificationScores(int classes, int? ignoreIndex)
    {
        Confusion = new ConfusionMatrix(classes, ignoreIndex);
    }

    /// <summary>Truth against prediction.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<byte> predictions, Batch batch)
    {
        int classes = Confusion.ClassCount;
        var scores = MemoryMarshal.Cast<byte, float>(predictions);
        var labels = batch.Targets<int>();
        int steps = labels.Length / batch.Count;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == Confusion.IgnoreIndex)
            {
                continue;
            }

            var row = scores.Slice(i * classes, classes);
            int predicted = Labels.ArgMax(row);
            double loss = LogSumExp(row, row[predicted]) - row[labels[i]];
            Confusion.Add(labels[i], predicted);
            _loss.Add(loss);
            bool isLastStep = (i + 1) % steps == 0;
            if (predicted != labels[i] && isLastStep)
            {
                Worst.Add(new(batch.Indices[i / steps], loss, predicted));
            }
        }
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        Confusion.Clear();
        _loss.Clear();
    }

    /// <inheritdoc/>
    public override void AppendTo(MetricSet metrics)
    {
        _loss.AppendTo(metrics);
        Confusion.AppendTo(metrics);
    }

    private static double LogSumExp(ReadOnlySpan<float> scores, double greatest)
    {
        double sum = 0;
        foreach (float score in scores)
        {
            sum += Math.Exp(score - greatest);
        }

        return greatest + Math.Log(sum);
    }
}
