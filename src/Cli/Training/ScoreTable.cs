using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Training;
using Spectre.Console;

namespace RealtimeVision.Cli.Training;

/// <summary>Scores as people and programs read them.</summary>
internal static class ScoreTable
{
    /// <summary>Metrics of a test, and those of the baselines of a series.</summary>
    public static MetricSet MetricsOf(TaskScores scores, RecipeData data)
    {
        var metrics = MetricSet.Of(scores);
        if (data is { Series: { } series, Test: SeriesWindows windows })
        {
            foreach (var (name, lag) in series.Baselines)
            {
                metrics.Add($"{name}_mse", series.Score(windows, lag).MeanSquaredError);
            }
        }

        return metrics;
    }

    /// <summary>Adds metrics to what a verb tells, by their names.</summary>
    public static void AddTo(JsonObject told, MetricSet metrics)
    {
        foreach (var (name, value) in JsonSerializer.SerializeToNode(metrics, TrainingJson.Options)!
            .AsObject().ToArray())
        {
            told[name] = value?.DeepClone();
        }
    }

    /// <summary>Prints metrics, a line each.</summary>
    public static void Print(MetricSet metrics)
    {
        foreach (var metric in metrics)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{metric.Name,-20} {metric.Value:0.######}"));
        }
    }

    /// <summary>Prints the table of classes, where there are any.</summary>
    public static void Print(TaskScores scores, IReadOnlyList<string> names)
    {
        switch (scores)
        {
            case ClassificationScores { Confusion: var confusion }:
                Console.WriteLine(ClassificationReport.Of(confusion, names).ToString(digits: 4));
                break;
            case SegmentationScores { Confusion: var confusion }:
                PrintIoU(confusion, names);
                break;
        }
    }

    private static void PrintIoU(ConfusionMatrix confusion, IReadOnlyList<string> names)
    {
        var table = new Table().RoundedBorder().AddColumns("Class", "IoU", "Dice", "Share of pixels");
        for (int c = 0; c < confusion.ClassCount; c++)
        {
            if (confusion.IsPresent(c))
            {
                table.AddRow(
                    new Text(names[c]), Number(confusion.IoU(c)), Number(confusion.Dice(c)),
                    Number((double)confusion.Support(c) / Math.Max(confusion.Total, 1)));
            }
        }

        AnsiConsole.Write(table);

        static Text Number(double value) =>
            new(value.ToString("0.0000", CultureInfo.InvariantCulture));
    }
}
