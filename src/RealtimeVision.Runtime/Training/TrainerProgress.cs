using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Where a training is, apart from its variables: with them, all that is needed to go on as if it
/// had never stopped. One object, which steps change.
/// </summary>
public sealed class TrainerProgress
{
    /// <summary>Epoch of the next batch, from 0.</summary>
    public int Epoch { get; set; }

    /// <summary>Number of the next batch in its epoch.</summary>
    public int Batch { get; set; }

    /// <summary>Steps up to now, those that were left out included.</summary>
    public long Steps { get; set; }

    /// <summary>Of the last step.</summary>
    public float LearningRate { get; set; }

    /// <summary>Sum of the losses of the epoch's steps.</summary>
    public double LossSum { get; set; }

    /// <summary>Steps of the epoch that were taken.</summary>
    public int Taken { get; set; }

    /// <summary>Steps of the epoch that were left out.</summary>
    public int Skipped { get; set; }

    /// <summary>Steps left out one after the other up to now.</summary>
    public int SkippedInRow { get; set; }

    /// <summary>What the schedule remembers.</summary>
    public ScheduleState Schedule { get; set; } = ScheduleState.Initial;

    /// <summary>What early stopping remembers.</summary>
    public EarlyStoppingState Stopping { get; set; } = EarlyStoppingState.Initial;

    /// <summary>The epochs that are done.</summary>
    public IReadOnlyList<EpochRecord> History { get; set; } = [];

    /// <summary>The epoch's mean loss up to now; 0 before its first step.</summary>
    [JsonIgnore]
    public double MeanLoss => Taken == 0 ? 0 : LossSum / Taken;

    /// <summary>
    /// True where the last batch of an epoch is done, and its validation was cancelled.
    /// </summary>
    internal bool IsEpochOpen => Batch == 0 && Taken + Skipped > 0;

    internal void After(Batch batch) => (Epoch, Batch) = (batch.Next.Epoch, batch.Next.Batch);

    internal void After(Batch batch, StepOutcome outcome, float rate)
    {
        After(batch);
        Steps++;
        LearningRate = rate;
        if (outcome.IsTaken)
        {
            LossSum += outcome.Loss;
            Taken++;
            SkippedInRow = 0;
        }
        else
        {
            Skipped++;
            SkippedInRow++;
        }
    }

    internal EpochRecord EndEpoch(MetricSet validation, double seconds)
    {
        var record = new EpochRecord(
            Steps, Epoch - 1, LearningRate, MeanLoss, Skipped, validation, seconds);
        History = [.. History, record];
        (LossSum, Taken, Skipped) = (0, 0, 0);
        return record;
    }
}
