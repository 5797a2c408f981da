namespace RealtimeVision.Runtime.Training;

/// <summary>
/// A straight line from a small share up to another schedule's beginning, then that schedule
/// (LinearLR followed by the other in a SequentialLR).
/// </summary>
/// <remarks>
/// The other schedule starts when the warm-up ends: its steps, epochs and milestones count from
/// there, and a cosine has the remaining steps.
/// </remarks>
/// <param name="Then">The schedule that follows.</param>
/// <param name="Steps">The warm-up's steps; give these or epochs.</param>
/// <param name="Epochs">The warm-up's epochs, which may be a fraction.</param>
/// <param name="StartFactor">
/// The first step's share of the learning rate, above 0 and at most 1.
/// </param>
/// <exception cref="ArgumentOutOfRangeException">A parameter is out of its range.</exception>
/// <exception cref="ArgumentException">Neither or both of steps and epochs are given.</exception>
public sealed record WarmUpSchedule(
    LearningRateSchedule Then, int? Steps = null, double? Epochs = null, float StartFactor = 0.01f)
    : LearningRateSchedule
{
    /// <summary>The warm-up's steps; null where it is given in epochs.</summary>
    public int? Steps { get; } = Steps is { } steps
        ? Epochs is null ? Ranges.Positive(steps, nameof(Steps)) : throw NotOne()
        : Epochs is null ? throw NotOne() : null;

    /// <summary>The warm-up's epochs; null where it is given in steps.</summary>
    public double? Epochs { get; } =
        Epochs is { } epochs ? Ranges.Positive(epochs, nameof(Epochs)) : null;

    /// <summary>The first step's share of the learning rate.</summary>
    public float StartFactor { get; } = Ranges.Positive(StartFactor) <= 1
        ? StartFactor
        : throw new ArgumentOutOfRangeException(
            nameof(StartFactor), StartFactor, $"{nameof(StartFactor)} has to be at most 1.");

    /// <inheritdoc/>
    public override float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null)
    {
        long length = Steps
            ?? Math.Max((long)Math.Round(Epochs!.Value * position.StepsPerEpoch), 1);
        float after = Then.At(
            learningRate,
            position with
            {
                Step = Math.Max(position.Step - length, 0),
                TotalSteps = Math.Max(position.TotalSteps - length, 1),
            },
            state);
        return position.Step >= length ? after
            : (float)(after * (StartFactor + ((1.0 - StartFactor) * position.Step / length)));
    }

    /// <inheritdoc/>
    public override ScheduleState Observe(
        ScheduleState state, double score, MetricDirection direction) =>
        Then.Observe(state, score, direction);

    private static ArgumentException NotOne() =>
        new("A warm-up is so many steps or so many epochs: give one of the two.");
}
