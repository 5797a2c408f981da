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
    /// Forecasts without a network: <c>persistence</c>, the last row seen; <c>seasonal_naive</c>,
    /// the last row seen of the same place in the season.
    /// </summary>
    public IReadOnlyList<(string Name, int Lag)> Baselines => Recipe.Season is { } season
        ? [Persistence, ("seasonal_naive", season * ((Recipe.Horizon + season - 1) / season))]
        : [Persistence];

    private (string Name, int Lag) Persistence => ("persistence", Recipe.Horizon);

    /// <summary>The errors of a baseline, in the normalised units that a network is scored in.</summary>
    /// <param name="windows">What is forecast.</param>
    /// <param name="lag">How many rows before each the row is that is taken for it.</param>
    public RegressionScores Score(SeriesWindows windows, int lag)
    {
        var scores = new RegressionScores();
        int columns = Series.Columns.Count;
        Span<float> truth = new float[columns], forecast = new float[columns];
        for (int i = 0; i < windows.Count; i++)
        {
            int row = windows.TargetRow(i);
            Normalise(Series.Row(row), truth);
            Normalise(Series.Row(Math.Max(row - lag, 0)), forecast);
            scores.Add(truth, forecast);
        }

        return scores;
    }

    private void Normalise(ReadOnlySpan<float> row, Span<float> result)
    {
        for (int c = 0; c < row.Length; c++)
        {
            result[c] = (row[c] - Split.Normalization.Mean[c]) / Split.Normalization.Deviation[c];
        }
    }
}
