using System.Globalization;
using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>Makes the report of a training.</summary>
internal static class ReportWriter
{
    private const int WorstPictures = 12;
    private const int MostForecastRows = 500;

    public static TrainingReport Create(
        TrainingSetup setup, Network network, TrainingResult training, TestResult? test,
        TestResult? scratch, Scorer scorer, Device device, int? threads, CancellationToken cancellation) => new()
        {
            Title = setup.File.Recipe.Name,
            Finished = DateTimeOffset.Now,
            Duration = TimeSpan.FromSeconds(training.Seconds),
            SamplesPerSecond = training.SamplesPerSecond,
            Seed = (long)setup.File.Recipe.Seed,
            Machine = MachineFacts.Here(device.Description, threads ?? 0),
            Facts = Facts(setup, network),
            Notes = Notes(training),
            Metrics = test?.Metrics,
            Comparison = test is null ? [] : Comparison(setup, test, scratch),
            History = [.. training.History.Select(EpochMetrics.Of)],
            Classes = test is null ? null : Classes(test, network),
            Forecasts = test is null ? [] : Forecasts(setup, test),
            WorstPredictions = test is null ? [] : Worst(setup, test, scorer, cancellation),
            Recipe = setup.File.Text,
        };

    private static IReadOnlyList<ReportFact> Facts(TrainingSetup setup, Network network) =>
    [
        new("parameters", network.ParameterCount.ToString("N0", CultureInfo.InvariantCulture)),
        new("samples to train with", Count(setup.Data.Train)),
        new("samples to validate", Count(setup.Data.Validation)),
        new("samples to test", Count(setup.Data.Test)),
    ];

    private static string Count(Dataset? part) =>
        (part?.Count ?? 0).ToString("N0", CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Notes(TrainingResult training)
    {
        int skipped = training.History.Sum(e => e.SkippedSteps);
        List<string> notes = [];
        if (skipped > 0)
        {
            notes.Add($"{skipped} steps were left out, because loss or gradients were not finite.");
        }

        if (training.Unreadable.Count > 0)
        {
            notes.Add(
                $"{training.Unreadable.Count} samples could not be read and were left out, the first "
                + $"is {training.Unreadable[0]}.");
        }

        if (training.End == TrainingEnd.StoppedEarly)
        {
            notes.Add("Training ended early: the score had not become better for long enough.");
        }

        return notes;
    }

    private static ComparedMetrics[] Comparison(
        TrainingSetup setup, TestResult test, TestResult? scratch) =>
        scratch is not null ? [new("from scratch", scratch.Metrics)]
        : setup.Data.Series is { } series && test.Part is SeriesWindows windows
            ? [.. series.Baselines.Select(b => new ComparedMetrics(
                b.Name.Replace('_', ' '), MetricSet.Of(series.Score(windows, b.Lag))))]
            : [];

    private static ClassResults? Classes(TestResult test, Network network) => test.Scores switch
    {
        ClassificationScores { Confusion: var confusion } => new(confusion, test.ClassNames),
        SegmentationScores { Confusion: var confusion } => new(confusion, test.ClassNames)
        {
            IsOfPixels = true,
            Colours = network.Manifest?.Palette ?? [],
        },
        _ => null,
    };

    private static SeriesForecast[] Forecasts(TrainingSetup setup, TestResult test)
    {
        if (setup.Data.Series is not { } series || test is not
            { Part: SeriesWindows windows, Forecasts: { } forecasts })
        {
            return [];
        }

        int first = Math.Max(windows.Count - MostForecastRows, 0);
        int[] shown = [.. Enumerable.Range(first, windows.Count - first)];
        return [.. series.Series.Columns.Select((name, c) => new SeriesForecast(
            name,
            [.. shown.Select(i => series.Series.Row(windows.TargetRow(i))[c])],
            [.. shown.Select(i => forecasts[i][c])])
        {
            Start = windows.TargetRow(first),
            Step = series.Recipe.Step,
            Baselines =
            [
                .. series.Baselines.Select(b => (
                    b.Name.Replace('_', ' '),
                    (IReadOnlyList<float>)[.. shown.Select(i => series.Before(windows, i, b.Lag)[c])])),
            ],
        })];
    }

    private static ReportPrediction[] Worst(
        TrainingSetup setup, TestResult test, Scorer scorer, CancellationToken cancellation)
    {
        WorstSample[] worst = [.. test.Scores.Worst.Descending.Take(WorstPictures)];
        var type = test.Part.InputType;
        if (worst.Length == 0 || type.Element != ElementType.UInt8 || type.Shape.Rank is not (3 or 4))
        {
            return [];
        }

        var masks = setup.Task is Segmentation
            ? scorer.Predict<int>(test.Part.Subset([.. worst.Select(w => w.Index)]), cancellation)
            : null;
        return [.. worst.Select((sample, i) => Shown(test, sample, masks?[i]))];
    }

    private static ReportPrediction Shown(TestResult test, WorstSample sample, int[]? mask)
    {
        var part = test.Part;
        var (type, target) = (part.InputType, part.TargetType);
        var input = new byte[type.Bytes];
        var truth = new byte[target.Bytes];
        part.Read(sample.Index, input, truth);
        int height = type.Shape[-3], width = type.Shape[-2], channels = type.Shape[-1];
        var format = channels == 1 ? PixelFormat.Gray8 : PixelFormat.Rgb24;
        var prediction = new ReportPrediction(
            part.NameOf(sample.Index),
            [.. input.Chunk(height * width * channels).Select(p => new ReportPicture(p, width, height, format))]);
        if (part.HasLabels || part.HasStepLabels)
        {
            return prediction with
            {
                Truth = test.ClassNames[MemoryMarshal.Cast<byte, int>(truth)[^1]],
                Prediction = test.ClassNames[sample.Predicted],
                Score = string.Create(CultureInfo.InvariantCulture, $"loss {sample.Badness:0.00}"),
            };
        }

        // Masks are of the size that the network sees, which may be another than the picture's.
        return mask is null || mask.Length != height * width ? prediction : prediction with
        {
            TruthMask = new ReportMask(MemoryMarshal.Cast<byte, int>(truth).ToArray(), width, height),
            PredictionMask = new ReportMask(mask, width, height),
            Score = string.Create(
                CultureInfo.InvariantCulture, $"{sample.Badness:0.0%} of pixels wrong"),
        };
    }
}
