using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeVision.Runtime.Training;
using Spectre.Console;

namespace RealtimeVision.Cli.Training;

/// <summary>Scores as people and programs read them.</summary>
internal static class ScoreTable
{
    /// <summary>Adds metrics to what a verb tells, by their names.</summary>
    public static void AddTo(JsonObject told, MetricSet metrics)
    {
        foreach (var (name, value) in JsonSerializer.SerializeToNode(metrics, TrainingJson.Options)!
            .AsObject())
        {
            told[name] = value?.DeepClone();
        }
    }

    /// <summary>Prints the table of classes, where there are any, and the metrics.</summary>
    public static void Print(TestResult result)
    {
        switch (result.Scores)
        {
            case ClassificationScores { Confusion: var confusion }:
                Console.WriteLine(
                    ClassificationReport.Of(confusion, result.ClassNames).ToString(digits: 4));
                break;
            case SegmentationScores { Confusion: var confusion }:
                PrintIoU(confusion, result.ClassNames);
                break;
        }

        foreach (var metric in result.Metrics)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{metric.Name,-20} {metric.Value:0.######}"));
        }
    }

    private static void PrintIoU(ConfusionMatrix confusion, IReadOnlyList<string> names)
    {
        var table = new Table().RoundedBorder()
            .AddColumns("Class", "IoU", "Dice", "Share of pixels");
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
