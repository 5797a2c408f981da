using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>The numbers behind the curves, folded.</summary>
internal static class HistorySection
{
    /// <summary>Names of all metrics, in the order in which they first come.</summary>
    public static IReadOnlyList<string> Names(IReadOnlyList<EpochMetrics> history) =>
    [
        .. history.SelectMany(e => e.Training.Concat(e.Validation ?? []))
            .Select(m => m.Name)
            .Distinct(),
    ];

    public static void Write(HtmlWriter html, TrainingReport report)
    {
        if (report.History.Count == 0)
        {
            return;
        }

        IReadOnlyList<string> names = Names(report.History);
        html.Line($"<details><summary>Numbers of each epoch</summary>");
        html.Line($"""<div class="wide"><table>""");
        html.Line($"<thead><tr><th>epoch</th>");
        foreach (string name in names)
        {
            html.Line($"<th>{name}</th><th>validation</th>");
        }

        html.Line($"<th>learning rate</th></tr></thead>");
        html.Line($"<tbody>");
        foreach (EpochMetrics epoch in report.History)
        {
            html.Line($"<tr><td>{epoch.Epoch}</td>");
            foreach (string name in names)
            {
                html.Line($"<td>{Text(epoch.Training, name)}</td>");
                html.Line($"<td>{Text(epoch.Validation, name)}</td>");
            }

            string rate = epoch.LearningRate is { } r ? ReportNumber.Metric(r) : "";
            html.Line($"<td>{rate}</td></tr>");
        }

        html.Line($"</tbody></table></div></details>");
    }

    private static string Text(MetricSet? metrics, string name) =>
        metrics is not null && metrics.TryGet(name, out Metric metric)
            ? ReportNumber.Metric(metric.Value)
            : "";
}
