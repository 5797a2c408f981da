using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>Every metric over the epochs, and the learning rate.</summary>
internal static class CurvesSection
{
    public static void Write(HtmlWriter html, TrainingReport report)
    {
        if (report.History.Count == 0)
        {
            return;
        }

        html.Line($"<section>");
        html.Line($"<h2>Curves</h2>");
        html.Line($"""<div class="plots">""");
        foreach (string name in HistorySection.Names(report.History))
        {
            Plot(report, name, [
                .. Line("training", report.History, e => Value(e.Training, name)),
                .. Line("validation", report.History, e => Value(e.Validation, name)),
            ]).Write(html);
        }

        PlotLine[] rates = [.. Line("learning rate", report.History, e => e.LearningRate)];
        if (rates.Length > 0)
        {
            Plot(report, "learning rate", rates).Write(html);
        }

        html.Line($"</div>");
        html.Line($"</section>");
    }

    private static LinePlot Plot(
        TrainingReport report, string name, IReadOnlyList<PlotLine> lines) => new()
        {
            Title = name,
            XLabel = "epoch",
            Lines = lines,
            IsXWhole = true,
            TellsLast = true,
            Mark = report.BestEpoch is { } best ? (best, $"best, epoch {best}") : null,
        };

    private static IEnumerable<PlotLine> Line(
        string name, IReadOnlyList<EpochMetrics> history, Func<EpochMetrics, double?> value)
    {
        EpochMetrics[] epochs = [.. history.Where(e => value(e) is not null)];
        if (epochs.Length > 0)
        {
            yield return new PlotLine(
                name,
                name == "validation" ? "validation" : "training",
                [.. epochs.Select(e => (double)e.Epoch)],
                [.. epochs.Select(e => value(e)!.Value)]);
        }
    }

    private static double? Value(MetricSet? metrics, string name) =>
        metrics is not null && metrics.TryGet(name, out Metric metric) ? metric.Value : null;
}
