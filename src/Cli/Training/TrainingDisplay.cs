using System.Diagnostics;
using System.Globalization;
using RealtimeVision.Runtime.Training;
using Spectre.Console;

namespace RealtimeVision.Cli.Training;

/// <summary>
/// Shows how a training goes on: a bar with rate and time left where a person looks on, and a line
/// an epoch.
/// </summary>
internal sealed class TrainingDisplay
{
    private const int LeastWidthOfBar = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private ProgressTask? _bar;
    private long _told;
    private double _rate;

    private TrainingDisplay(Trainer trainer, int epochs)
    {
        trainer.Stepped += Tell;
        trainer.EpochEnded += record => Tell(record, epochs);
    }

    /// <summary>Trains, and shows it.</summary>
    public static TrainingResult Run(Trainer trainer, int epochs, Func<TrainingResult> fit)
    {
        var display = new TrainingDisplay(trainer, epochs);
        if (Console.IsErrorRedirected)
        {
            return fit();
        }

        // What does not fit in a line would be broken over several.
        ProgressColumn[] columns = Verb.Progress.Profile.Width < LeastWidthOfBar
            ? [new TaskDescriptionColumn(), new RemainingTimeColumn()]
            :
            [
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn(),
            ];
        return Verb.Progress.Progress()
            .AutoClear(true)
            .Columns(columns)
            .Start(context =>
            {
                display._bar = context.AddTask("preparing", maxValue: 1);
                return fit();
            });
    }

    private void Tell(TrainingProgress now)
    {
        _rate = now.SamplesPerSecond;
        if (_bar is null || Stopwatch.GetElapsedTime(_told) < Pause)
        {
            return;
        }

        _told = Stopwatch.GetTimestamp();
        _bar.MaxValue = (double)now.Epochs * now.StepsPerEpoch;
        _bar.Value = ((double)now.Epoch * now.StepsPerEpoch) + now.Step;
        _bar.Description = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {now.Epoch + 1}/{now.Epochs}  loss {now.Loss:0.0000}  {_rate:N0}/s");
    }

    private void Tell(EpochRecord record, int epochs)
    {
        string skipped = record.SkippedSteps == 0 ? ""
            : $", {record.SkippedSteps} steps not finite and left out";
        string validation =
            record.Validation.Count == 0 ? "" : $", validation: {record.Validation}";
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"epoch {record.Epoch + 1}/{epochs}: loss {record.Loss:0.0000}{validation}, "
            + $"{_rate:N0} samples/s, {record.Seconds:0.0} s{skipped}");
        if (_bar is null)
        {
            Verb.Say(line);
        }
        else
        {
            // The bar stays below.
            Verb.Progress.WriteLine(line);
        }
    }
}
