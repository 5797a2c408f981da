using System.Text.Json.Serialization;

namespace RealtimeVision.Runtime.Training;

/// <summary>Where a training is, as a schedule sees it.</summary>
/// <param name="Step">Steps taken before this one; 0 for the first.</param>
/// <param name="TotalSteps">Steps of the whole training, at least 1.</param>
/// <param name="StepsPerEpoch">Steps of an epoch, at least 1.</param>
public readonly record struct SchedulePosition(long Step, long TotalSteps, int StepsPerEpoch)
{
    /// <summary>The epoch that the step belongs to, from 0.</summary>
    public long Epoch => Step / Math.Max(StepsPerEpoch, 1);
}

/// <summary>
/// What a schedule remembers of the scores it was told: part of a checkpoint. Schedules that look
/// at nothing but the step leave it as it was.
/// </summary>
/// <param name="Best">The best score up to now; null before the first.</param>
/// <param name="BadEpochs">Scores in a row that were not better.</param>
/// <param name="Cooldown">Scores yet to be passed over after a reduction.</param>
/// <param name="Reductions">How often the learning rate was reduced.</param>
public sealed record ScheduleState(
    double? Best = null, int BadEpochs = 0, int Cooldown = 0, int Reductions = 0)
{
    /// <summary>The state before the first score.</summary>
    public static ScheduleState Initial { get; } = new();
}

/// <summary>
/// The learning rate of each step: a pure function of the optimiser's learning rate, the step, and
/// a state that scores of the validation change.
/// </summary>
/// <remarks>
/// Numbers are those of the scheduler of PyTorch that each schedule names, its <c>step()</c> called
/// once a training step, or once an epoch where a schedule counts epochs. As JSON
/// (<see cref="TrainingJson"/>) a schedule is told by its <c>type</c>.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ConstantSchedule), "constant")]
[JsonDerivedType(typeof(StepSchedule), "step")]
[JsonDerivedType(typeof(MilestoneSchedule), "milestones")]
[JsonDerivedType(typeof(CosineSchedule), "cosine")]
[JsonDerivedType(typeof(OneCycleSchedule), "one_cycle")]
[JsonDerivedType(typeof(OnPlateauSchedule), "on_plateau")]
[JsonDerivedType(typeof(WarmUpSchedule), "warm_up")]
public abstract record LearningRateSchedule
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="learningRate">
    /// The optimiser's, from which the schedule departs; the peak of one that rises first.
    /// </param>
    /// <param name="position">The step.</param>
    /// <param name="state">
    /// What <see cref="Observe"/> gave last; null for <see cref="ScheduleState.Initial"/>.
    /// </param>
    public abstract float At(
        float learningRate, SchedulePosition position, ScheduleState? state = null);

    /// <summary>Tells the score of an epoch, and gives the state to go on with.</summary>
    /// <param name="state">The state up to now.</param>
    /// <param name="score">What the epoch's validation gave; NaN counts as not better.</param>
    /// <param name="direction">Which scores are better.</param>
    public virtual ScheduleState Observe(
        ScheduleState state, double score, MetricDirection direction) => state;
}
