namespace RealtimeVision.Runtime.Training;

/// <summary>The optimiser's learning rate throughout.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    /// <inheritdoc/>
    public override float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null) => learningRate;
}

/// <summary>
/// Multiplies by <paramref name="Gamma"/> each <paramref name="Epochs"/> (StepLR).
/// </summary>
/// <param name="Epochs">Epochs between drops, at least 1.</param>
/// <param name="Gamma">What a drop leaves, above 0.</param>
/// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
public sealed record StepSchedule(int Epochs, float Gamma = 0.1f) : LearningRateSchedule
{
    /// <summary>Epochs between drops.</summary>
    public int Epochs { get; } = Ranges.Positive(Epochs);

    /// <summary>What a drop leaves.</summary>
    public float Gamma { get; } = Ranges.Positive(Gamma);

    /// <inheritdoc/>
    public override float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null) =>
        (float)(learningRate * Math.Pow(Gamma, position.Epoch / Epochs));
}

/// <summary>Multiplies by <paramref name="Gamma"/> at each of some epochs (MultiStepLR).</summary>
/// <param name="Epochs">
/// The epochs, from 0, before which the learning rate drops; one named twice drops twice.
/// </param>
/// <param name="Gamma">What a drop leaves, above 0.</param>
/// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
public sealed record MilestoneSchedule(IReadOnlyList<int> Epochs, float Gamma = 0.1f)
    : LearningRateSchedule
{
    /// <summary>What a drop leaves.</summary>
    public float Gamma { get; } = Ranges.Positive(Gamma);

    /// <inheritdoc/>
    public override float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null)
    {
        long epoch = position.Epoch;
        return (float)(learningRate * Math.Pow(Gamma, Epochs.Count(e => e <= epoch)));
    }

    /// <inheritdoc/>
    public bool Equals(MilestoneSchedule? other) =>
        other is not null && Gamma == other.Gamma && Epochs.SequenceEqual(other.Epochs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Gamma, Epochs.Count);
}

/// <summary>
/// Half a cosine from the optimiser's learning rate down to <paramref name="Minimum"/> over all
/// steps (Loshchilov and Hutter 2017, without restarts; CosineAnnealingLR with T_max = all steps).
/// </summary>
/// <param name="Minimum">The learning rate that the end comes to, 0 or more.</param>
/// <exception cref="ArgumentOutOfRangeException">The minimum is negative.</exception>
public sealed record CosineSchedule(float Minimum = 0) : LearningRateSchedule
{
    /// <summary>The learning rate that the end comes to.</summary>
    public float Minimum { get; } = Ranges.NotNegative(Minimum);

    /// <inheritdoc/>
    public override float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null) =>
        (float)Annealing.Cosine(
            learningRate, Minimum,
            (double)position.Step / Math.Max(position.TotalSteps, 1));
}

/// <summary>
/// Up to the optimiser's learning rate and far down again, each by half a cosine, once in a
/// training (Smith and Topin 2018; OneCycleLR with two phases, whose max_lr is the optimiser's
/// learning rate). Momentum stays as it is.
/// </summary>
/// <param name="WarmUpFraction">The share of steps that rise, from 0 to below 1.</param>
/// <param name="Division">The peak over the first learning rate, above 0.</param>
/// <param name="FinalDivision">The first learning rate over the last, above 0.</param>
/// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
public sealed record OneCycleSchedule(
    float WarmUpFraction = 0.3f, float Division = 25, float FinalDivision = 1e4f)
    : LearningRateSchedule
{
    /// <summary>The share of steps that rise.</summary>
    public float WarmUpFraction { get; } = Ranges.Fraction(WarmUpFraction);

    /// <summary>The peak over the first learning rate.</summary>
    public float Division { get; } = Ranges.Positive(Division);

    /// <summary>The first learning rate over the last.</summary>
    public float FinalDivision { get; } = Ranges.Positive(FinalDivision);

    /// <inheritdoc/>
    public override float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null)
    {
        // Both ends count: the peak is the last step that rises, and the last step is the lowest.
        double last = position.TotalSteps - 1;
        double peak = Math.Max(((double)WarmUpFraction * position.TotalSteps) - 1, 0);
        double first = (double)learningRate / Division;
        double step = Math.Min(position.Step, last);
        return (float)(step < peak
            ? Annealing.Cosine(first, learningRate, step / peak)
            : Annealing.Cosine(
                learningRate, first / FinalDivision,
                last > peak ? (step - peak) / (last - peak) : 0));
    }
}

/// <summary>Ways from one number to another.</summary>
internal static class Annealing
{
    /// <summary>Half a cosine; from 0 to 1, and held there beyond.</summary>
    public static double Cosine(double from, double to, double progress) =>
        to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * Math.Clamp(progress, 0, 1))));
}
