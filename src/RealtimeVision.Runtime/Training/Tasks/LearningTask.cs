using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// What a network learns: the loss of its output against the targets of a dataset, and how its
/// predictions are scored.
/// </summary>
public abstract record LearningTask
{
    /// <summary>
    /// The metric by which the best epoch is told, as scores of a validation name it.
    /// </summary>
    public abstract string MainMetric { get; }

    /// <summary>Adds the loss to a graph.</summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="output">What the network gives, Float32, the batch outermost.</param>
    /// <param name="targets">The targets of the batch, as the loader gives them.</param>
    /// <returns>One Float32 number: the mean of the batch.</returns>
    /// <exception cref="ShapeException">The output does not fit the targets; the message says what
    /// would.</exception>
    public abstract Value Loss(Graph graph, Value output, Value targets);

    /// <summary>Adds what is scored: the network's output where nothing shorter is.</summary>
    public virtual Value Prediction(Graph graph, Value output) => output;

    /// <summary>Makes the scores of predictions for a dataset.</summary>
    public abstract TaskScores CreateScores(Dataset dataset);

    private protected static Value Number(Graph graph, Value loss) => loss.Shape.Rank == 0
        ? loss
        : graph.Add(new Reshape(default), "loss", loss);

    private protected static Value AsFloat(Graph graph, Value targets) =>
        targets.Type.Element == ElementType.Float32
            ? targets
            : graph.Add(new Cast(ElementType.Float32), "targets/float", targets);

    private protected static Value Mean(Graph graph, Value x) =>
        graph.Add(new Reduce(ReduceKind.Mean, [], KeepDims: false), $"{x.Name}/mean", x);

    private protected static Value Add(Graph graph, Value a, Value b) =>
        graph.Add(new Pointwise(Binary.Add), "loss/sum", a, b);
}

/// <summary>Scores that gather over the batches of an evaluation.</summary>
public abstract class TaskScores : IMetricSource
{
    /// <summary>The worst predictions up to now, the worst first.</summary>
    public WorstSamples Worst { get; } = new(capacity: 16);

    /// <summary>
    /// Names of the samples that could not be read and were left out, where that is allowed.
    /// </summary>
    public IReadOnlyList<string> Unreadable { get; internal set; } = [];

    /// <summary>Takes a batch.</summary>
    /// <param name="predictions">What <see cref="LearningTask.Prediction"/> gave, of all samples;
    /// those after the first <see cref="Batch.Count"/> do not count.</param>
    /// <param name="batch">Targets and indices.</param>
    public abstract void Add(ReadOnlySpan<byte> predictions, Batch batch);

    /// <inheritdoc/>
    public virtual void Clear()
    {
        Worst.Clear();
        Unreadable = [];
    }

    /// <inheritdoc/>
    public abstract void AppendTo(MetricSet metrics);
}

/// <summary>A sample and how wrong its prediction is.</summary>
/// <param name="Index">Its number in the dataset.</param>
/// <param name="Badness">How wrong: the greater, the worse.</param>
/// <param name="Predicted">The class predicted; -1 where the prediction is no class.</param>
public readonly record struct WorstSample(int Index, double Badness, int Predicted);

/// <summary>Keeps the worst samples of an evaluation.</summary>
/// <param name="capacity">How many.</param>
public sealed class WorstSamples(int capacity)
{
    private readonly PriorityQueue<WorstSample, (double, int)> _samples = new(capacity + 1);

    /// <summary>The worst first; of equals, the one that comes first in the dataset.</summary>
    public IReadOnlyList<WorstSample> Descending =>
    [
        .. _samples.UnorderedItems.Select(i => i.Element)
            .OrderByDescending(s => s.Badness).ThenBy(s => s.Index),
    ];

    /// <summary>Takes a sample, if it is among the worst.</summary>
    public void Add(WorstSample sample)
    {
        _samples.Enqueue(sample, (sample.Badness, -sample.Index));
        if (_samples.Count > capacity)
        {
            _samples.Dequeue();
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _samples.Clear();
}
