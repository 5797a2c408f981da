using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>What a trainer keeps on the disk, and how it goes on from there.</summary>
public sealed partial class Trainer
{
    private const string LogName = "log.jsonl";

    private CheckpointFolder? _folder;
    private Checkpoint? _resumed;

    /// <summary>
    /// Sentences on checkpoints that are damaged and were passed over, or were left half-written.
    /// </summary>
    public IReadOnlyList<string> Notices => _folder?.Notices ?? [];

    /// <summary>
    /// Goes on, at the next <see cref="Fit"/>, from the newest checkpoint of the folder that is
    /// whole, bit for bit as if training had never stopped.
    /// </summary>
    /// <returns>False where there is no checkpoint: training starts anew.</returns>
    /// <exception cref="InvalidOperationException">The options name no folder, or training has begun
    /// already.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is of a training with another
    /// seed.</exception>
    public bool Resume()
    {
        if (OpenFolder() is not { } folder || _steps.Count > 0)
        {
            throw new InvalidOperationException(
                "there is no folder to resume from, or training has begun already");
        }

        if (folder.LoadNewest() is not { } checkpoint)
        {
            return false;
        }

        if (checkpoint.State.Seed != _options.Seed)
        {
            throw new InvalidDataException(
                $"{folder.Path} is of a training with seed {checkpoint.State.Seed}; it cannot go on "
                + $"with seed {_options.Seed}");
        }

        _resumed = checkpoint;
        Progress = checkpoint.State.Progress;
        return true;
    }

    private CheckpointFolder? OpenFolder() => _options.Directory is not { } path ? null
        : _folder ??= new CheckpointFolder(
            path, _options.KeepBest, MetricSet.DirectionOf(ScoreMetric));

    /// <summary>Restores what is resumed, and opens the log.</summary>
    private TrainingLog? Begin(DataLoader loader)
    {
        var folder = OpenFolder();
        if (_resumed is { } checkpoint)
        {
            // The plan makes the last of the variables.
            var size = _options.BatchSize;
            StepFor(
                default, isLast: true, Batch.TypeOf(loader.InputType, size),
                Batch.TypeOf(loader.TargetType, size));
            checkpoint.Restore(State.Store, State.All);
            if (_keepsBest && folder!.LoadBest() is { } best)
            {
                State.CopyToNetwork(best);
            }

            _resumed = null;
        }

        if (folder is null)
        {
            return null;
        }

        string path = Path.Combine(folder.Path, LogName);
        var log = Progress.Steps > 0
            ? TrainingLog.Resume(path, Progress.Steps)
            : TrainingLog.Create(path);
        log.Append(new RunEvent(
            Progress.Steps, DateTimeOffset.Now, _options.Seed, State.Device.Id,
            State.Network.Name));
        return log;
    }

    private void Log(TrainingLog? log, Batch batch, StepOutcome outcome, float rate)
    {
        if (log is not null && _options.LogEverySteps > 0
            && (!outcome.IsTaken || Progress.Steps % _options.LogEverySteps == 0))
        {
            log.Append(new StepEvent(
                Progress.Steps, batch.Position.Epoch, outcome.Loss, rate, outcome.GradientNorm,
                IsSkipped: !outcome.IsTaken));
        }
    }

    private void Save(double? score)
    {
        if (_folder is null)
        {
            return;
        }

        var state = new CheckpointState
        {
            Seed = _options.Seed,
            Progress = Progress,
            Recipe = _options.Recipe,
        };
        _folder.Save(Checkpoint.Capture(State.Store, State.All, state), score);
    }
}
