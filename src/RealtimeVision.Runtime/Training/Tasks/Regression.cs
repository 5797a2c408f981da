using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Numbers for a sample: the network gives as many as a target has, Float32 [N, ...].
/// </summary>
public sealed record Regression : LearningTask
{
    /// <summary>
    /// Where the Huber loss turns from a square to a line; null for the mean squared error.
    /// </summary>
    public float? HuberDelta { get; init; }

    /// <inheritdoc/>
    public override string MainMetric => "mse";

    /// <inheritdoc/>
    public override Value Loss(Graph graph, Value output, Value targets)
    {
        var target = AsFloat(graph, targets);
        if (output.Shape.Count != target.Shape.Count)
        {
            throw new ShapeException(
                $"the network gives {output.Shape}, targets are {target.Shape}");
        }

        if (output.Shape != target.Shape)
        {
            target = graph.Add(new Reshape(output.Shape), "targets/shape", target);
        }

        return HuberDelta is { } delta
            ? Losses.Huber(graph, output, target, delta)
            : Losses.MeanSquaredError(graph, output, target);
    }

    /// <inheritdoc/>
    public override TaskScores CreateScores(Dataset dataset) => new RegressionTaskScores();
}

/// <summary>Scores of regression: mean squared and absolute errors.</summary>
public sealed class RegressionTaskScores : TaskScores
{
    /// <summary>The errors.</summary>
    public RegressionScores Errors { get; } = new();

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<byte> predictions, Batch batch)
    {
        var truth = batch.Targets<float>();
        var predicted = MemoryMarshal.Cast<byte, float>(predictions)[..truth.Length];
        Errors.Add(truth, predicted);
        int numbers = truth.Length / batch.Count;
        for (int i = 0; i < batch.Count; i++)
        {
            double worst = 0;
            for (int n = i * numbers; n < (i + 1) * numbers; n++)
            {
                worst = Math.Max(worst, Math.Abs(truth[n] - predicted[n]));
            }

            Worst.Add(new(batch.Indices[i], worst, -1));
        }
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        Errors.Clear();
    }

    /// <inheritdoc/>
    public override void AppendTo(MetricSet metrics) => Errors.AppendTo(metrics);
}
