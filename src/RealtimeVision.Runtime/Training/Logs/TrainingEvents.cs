using System.Text.Json.Serialization;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// What happened in a training: one line of its log, as JSON told by its <c>event</c>.
/// </summary>
/// <param name="Step">Steps taken up to then, over all epochs.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunEvent), "run")]
[JsonDerivedType(typeof(StepEvent), "step")]
[JsonDerivedType(typeof(EpochRecord), "epoch")]
[JsonDerivedType(typeof(NoticeEvent), "notice")]
public abstract record TrainingEvent(long Step);

/// <summary>A training starts, or goes on.</summary>
/// <param name="Step">Steps taken before: 0 where it starts.</param>
/// <param name="Time">When.</param>
/// <param name="Seed">The seed of all random numbers.</param>
/// <param name="Device">What it runs on, in words.</param>
/// <param name="Recipe">What it trains, by name or as a whole.</param>
public sealed record RunEvent(
    long Step, DateTimeOffset Time, ulong Seed, string? Device = null, string? Recipe = null)
    : TrainingEvent(Step);

/// <summary>A step was taken, or skipped by its guard.</summary>
/// <param name="Step">Steps taken up to this one, with it.</param>
/// <param name="Epoch">The epoch that it belongs to, from 0.</param>
/// <param name="Loss">The loss of its batch.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="GradientNorm">The length of the gradients before clipping, if it is known.</param>
/// <param name="SamplesPerSecond">The rate, if it is known.</param>
/// <param name="IsSkipped">Whether the step was skipped.</param>
public sealed record StepEvent(
    long Step, int Epoch, double Loss, float LearningRate, double? GradientNorm = null,
    double? SamplesPerSecond = null, bool IsSkipped = false)
    : TrainingEvent(Step);

/// <summary>What an epoch came to.</summary>
/// <param name="Step">Steps up to its end, those of earlier epochs counted.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="Loss">The mean of its batches' losses, of steps that were taken.</param>
/// <param name="SkippedSteps">Steps that were not taken.</param>
/// <param name="Validation">Scores of the validation; empty where there is none.</param>
/// <param name="Seconds">How long it took, its validation included.</param>
public sealed record EpochRecord(
    long Step, int Epoch, float LearningRate, double Loss, int SkippedSteps, MetricSet Validation,
    double Seconds)
    : TrainingEvent(Step);

/// <summary>Something that a person should know.</summary>
/// <param name="Step">Steps taken up to then.</param>
/// <param name="Text">What it is, in a sentence.</param>
public sealed record NoticeEvent(long Step, string Text) : TrainingEvent(Step);
