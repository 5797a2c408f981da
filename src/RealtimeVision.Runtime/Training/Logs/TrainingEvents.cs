using System.Text.Json.Serialization;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// What happened in a training: one line of its log, as JSON told by its <c>event</c>.
/// </summary>
/// <param name="Step">Steps taken up to then, over all epochs.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunEvent), "run")]
[JsonDerivedType(typeof(StepEvent), "step")]
[JsonDerivedType(typeof(EpochEvent), "epoch")]
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
    long Step, int Epoch, double Loss, double LearningRate, double? GradientNorm = null,
    double? SamplesPerSecond = null, bool IsSkipped = false)
    : TrainingEvent(Step);

/// <summary>An epoch is done.</summary>
/// <param name="Step">Steps taken up to its end.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
/// <param name="Metrics">What was measured.</param>
public sealed record EpochEvent(
    long Step, int Epoch, double Seconds, double LearningRate, MetricSet Metrics)
    : TrainingEvent(Step);

/// <summary>Something that a person should know.</summary>
/// <param name="Step">Steps taken up to then.</param>
/// <param name="Text">What it is, in a sentence.</param>
public sealed record NoticeEvent(long Step, string Text) : TrainingEvent(Step);
