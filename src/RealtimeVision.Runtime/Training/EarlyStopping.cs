namespace RealtimeVision.Runtime.Training;

/// <summary>What early stopping remembers: part of a checkpoint.</summary>
/// <param name="Best">The best score up to now; null before the first.</param>
/// <param name="BestEpoch">The epoch of it; -1 before the first.</param>
/// <param name="BadEpochs">Scores in a row that were not better.</param>
public sealed record EarlyStoppingState(
    double? Best = null, int BestEpoch = -1, int BadEpochs = 0)
{
    /// <summary>The state before the first score.</summary>
    public static EarlyStoppingState Initial { get; } = new();

    /// <summary>Whether the last score told was the best.</summary>
    public bool IsBestNow() => Best is not null && BadEpochs == 0;
}

/// <summary>
/// Ends a training whose score has not become better for <paramref name="Patience"/> epochs.
/// </summary>
/// <param name="Patience">
/// Epochs without a better score after which training ends, at least 1.
/// </param>
/// <param name="MinimumDelta">By more than how much a better score has to be better.</param>
/// <param name="RestoreBest">
/// Whether the weights of the best epoch are those that are kept in the end; else the last ones.
/// </param>
/// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
public sealed record EarlyStopping(
    int Patience = 10, double MinimumDelta = 0, bool RestoreBest = true)
{
    /// <summary>Epochs without a better score after which training ends.</summary>
    public int Patience { get; } = Ranges.Positive(Patience);

    /// <summary>By more than how much a better score has to be better.</summary>
    public double MinimumDelta { get; } = Ranges.NotNegative(MinimumDelta);

    /// <summary>Tells the score of an epoch, and gives the state to go on with.</summary>
    /// <param name="state">The state up to now.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="score">What its validation gave; NaN counts as not better.</param>
    /// <param name="direction">Which scores are better.</param>
    public EarlyStoppingState Observe(
        EarlyStoppingState state, int epoch, double score, MetricDirection direction) =>
        direction.IsBetter(score, state.Best, MinimumDelta)
            ? new EarlyStoppingState(score, epoch, 0)
            : state with { BadEpochs = state.BadEpochs + 1 };

    /// <summary>Whether training ends now.</summary>
    public bool ShouldStop(EarlyStoppingState state) => state.BadEpochs >= Patience;
}
