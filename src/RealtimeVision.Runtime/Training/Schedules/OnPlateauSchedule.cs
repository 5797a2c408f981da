namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Multiplies by <paramref name="Factor"/> when the score has not become better for more than
/// <paramref name="Patience"/> epochs (ReduceLROnPlateau; its <c>eps</c>, which leaves tiny
/// reductions out, is 0).
/// </summary>
/// <param name="Factor">What a reduction leaves, above 0 and below 1.</param>
/// <param name="Patience">Epochs without a better score that are let pass.</param>
/// <param name="Threshold">By how much a better score has to be better, 0 or more.</param>
/// <param name="IsRelative">
/// True for a threshold that is a share of the best score, false for one in the score's units.
/// </param>
/// <param name="Cooldown">Epochs after a reduction that count for nothing.</param>
/// <param name="Minimum">The least learning rate.</param>
/// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
public sealed record OnPlateauSchedule(
    float Factor = 0.1f, int Patience = 10, float Threshold = 1e-4f, bool IsRelative = true,
    int Cooldown = 0, float Minimum = 0)
    : LearningRateSchedule
{
    /// <summary>What a reduction leaves.</summary>
    public float Factor { get; } = Ranges.Fraction(Ranges.Positive(Factor), nameof(Factor));

    /// <summary>Epochs without a better score that are let pass.</summary>
    public int Patience { get; } = Ranges.NotNegative(Patience);

    /// <summary>By how much a better score has to be better.</summary>
    public float Threshold { get; } = Ranges.NotNegative(Threshold);

    /// <summary>Epochs after a reduction that count for nothing.</summary>
    public int Cooldown { get; } = Ranges.NotNegative(Cooldown);

    /// <summary>The least learning rate.</summary>
    public float Minimum { get; } = Ranges.NotNegative(Minimum);

    /// <inheritdoc/>
    public override float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null)
    {
        // A learning rate that is below the minimum from the start stays as it is.
        double reduced = learningRate * Math.Pow(Factor, state?.Reductions ?? 0);
        return (float)Math.Max(reduced, Math.Min(Minimum, learningRate));
    }

    /// <inheritdoc/>
    public override ScheduleState Observe(
        ScheduleState state, double score, MetricDirection direction)
    {
        if (IsBetter(score, state.Best, direction))
        {
            state = state with { Best = score, BadEpochs = 0 };
        }
        else
        {
            state = state with { BadEpochs = state.BadEpochs + 1 };
        }

        if (state.Cooldown > 0)
        {
            state = state with { Cooldown = state.Cooldown - 1, BadEpochs = 0 };
        }

        return state.BadEpochs <= Patience ? state : state with
        {
            BadEpochs = 0,
            Cooldown = Cooldown,
            Reductions = state.Reductions + 1,
        };
    }

    // A relative threshold is of the signed best score, as PyTorch has it: scores below 0 make it
    // a tolerance.
    private bool IsBetter(double score, double? best, MetricDirection direction) =>
        direction.IsBetter(score, best, IsRelative ? Threshold * (best ?? 0) : Threshold);
}
