using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>The metrics of the test set, beside those of others, and notes.</summary>
internal static class MetricsSection
{
    public static void Write(HtmlWriter html, TrainingReport report)
    {
        if (report.Metrics is { Count: > 0 } metrics)
        {
            html.Line($"""<dl class="tiles">""");
            foreach (Metric metric in metrics)
            {
                html.Line($"<div><dt>{metric.Name}</dt>");
                html.Line($"<dd>{ReportNumber.Metric(metric.Value)}</dd></div>");
            }

            html.Line($"</dl>");
        }

        foreach (string note in report.Notes)
        {
            html.Line($"""<p class="note">{note}</p>""");
        }

        if (report.Comparison.Count > 0)
        {
            WriteComparison(html, report);
        }
    }

    private static void WriteComparison(HtmlWriter html, TrainingReport report)
    {
        List<ComparedMetrics> rows = [.. report.Comparison];
        if (report.Metrics is { } own)
        {
            rows.Insert(0, new ComparedMetrics(report.Title, own));
        }

        string[] names = [.. rows.SelectMany(r => r.Metrics).Select(m => m.Name).Distinct()];
        html.Line($"<section>");
        html.Line($"<h2>Comparison</h2>");
        html.Line($"""<div class="wide"><table>""");
        html.Line($"<thead><tr><th></th>");
        foreach (string name in names)
        {
            html.Line($"<th>{name}</th>");
        }

        html.Line($"</tr></thead>");
        html.Line($"<tbody>");
        foreach (ComparedMetrics row in rows)
        {
            html.Line($"""<tr><th scope="row">{row.Name}</th>""");
            foreach (string name in names)
            {
                WriteCell(html, row, rows, name);
            }

            html.Line($"</tr>");
        }

        html.Line($"</tbody></table></div>");
        html.Line($"</section>");
    }

    private static void WriteCell(
        HtmlWriter html, ComparedMetrics row, List<ComparedMetrics> rows, string name)
    {
        if (!row.Metrics.TryGet(name, out Metric metric))
        {
            html.Line($"<td></td>");
            return;
        }

        bool isBest = double.IsFinite(metric.Value) && !rows.Exists(
            other => other.Metrics.TryGet(name, out _)
                && other.Metrics.IsBetter(name, metric.Value));
        string style = isBest ? "best" : "";
        html.Line($"""<td class="{style}">{ReportNumber.Metric(metric.Value)}</td>""");
    }
}
