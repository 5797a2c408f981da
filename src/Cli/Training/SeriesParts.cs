using RealtimeVision.Cli.Recipes;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>A series, its parts, and forecasts that need no network.</summary>
/// <param name="Series">The whole series.</param>
/// <param name="Split">Its parts.</param>
/// <param name="Recipe">Windows, horizon, season.</param>
internal sealed record SeriesParts(TimeSeries Series, SeriesSplit Split, SeriesData Recipe)
{
    /// <summary>
    /// Forecasts without a network, by how many rows before each the row is that is taken for it:
    /// <c>persistence</c>, the last row seen; <c>seasonal_naive</c>, the last row seen of the same
    /// place in the season.
    /// </summary>
    public IReadOnlyList<(string Name, int Lag)> Baselines => Recipe.Season is { } season
        ? [Persistence, ("seasonal_naive", season * ((Recipe.Horizon + season - 1) / season))]
        : [Persistence];

    private (string Name, int Lag) Persistence => ("persistence", Recipe.Horizon);

    /// <summary>A forecast in the units of the series.</summary>
    public float[] Denormalise(float[] forecast)
    {
        var (mean, deviation) = (Split.Normalization.Mean, Split.Normalization.Deviation);
        return [.. forecast.Select((x, c) => (x * deviation[c]) + mean[c])];
    }

    /// <summary>The errors of forecasts, in the units of the series.</summary>
    public RegressionScores Score(SeriesWindows windows, IReadOnlyList<float[]> forecasts)
    {
        var scores = new RegressionScores();
        for (int i = 0; i < windows.Count; i++)
        {
            scores.Add(Series.Row(windows.TargetRow(i)), forecasts[i]);
        }

        return scores;
    }

    /// <summary>The errors of a baseline, in the units of the series.</summary>
    public RegressionScores Score(SeriesWindows windows, int lag) =>
        Score(windows, [.. Enumerable.Range(0, windows.Count).Select(i => Before(windows, i, lag))]);

    /// <summary>What a baseline forecasts.</summary>
    public float[] Before(SeriesWindows windows, int index, int lag) =>
        Series.Row(Math.Max(windows.TargetRow(index) - lag, 0)).ToArray();
}
