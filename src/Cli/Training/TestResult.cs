using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>What a model came to on a part of the data.</summary>
/// <param name="Part">The samples.</param>
/// <param name="ClassNames">Names of the classes, by index.</param>
/// <param name="Scores">Scores in the units that the model was trained in.</param>
/// <param name="Metrics">
/// What is told: of a series in its own units, and the errors of the baselines behind it.
/// </param>
/// <param name="Forecasts">The forecast of each row of a series, in its own units; else
/// null.</param>
internal sealed record TestResult(
    Dataset Part, IReadOnlyList<string> ClassNames, TaskScores Scores, MetricSet Metrics,
    IReadOnlyList<float[]>? Forecasts)
{
    /// <summary>Scores a model.</summary>
    /// <param name="scorer">Of the model.</param>
    /// <param name="part">The samples.</param>
    /// <param name="series">The series that they are windows of; null where they are none.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public static TestResult Of(
        Scorer scorer, Dataset part, SeriesParts? series, CancellationToken cancellation)
    {
        var scores = scorer.Score(part, cancellation);
        if (series is null || part is not SeriesWindows windows)
        {
            return new TestResult(part, part.ClassNames, scores, MetricSet.Of(scores), null);
        }

        float[][] forecasts =
            [.. scorer.Predict<float>(part, cancellation).Select(series.Denormalise)];
        MetricSet metrics = MetricSet.Of(series.Score(windows, forecasts));
        foreach (var (name, lag) in series.Baselines)
        {
            metrics.Add($"{name}_mse", series.Score(windows, lag).MeanSquaredError);
        }

        return new TestResult(part, part.ClassNames, scores, metrics, forecasts);
    }
}
