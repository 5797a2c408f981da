using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>The classification report.</summary>
internal static class ClassScoresSection
{
    private const int MostClasses = 50;

    public static void Write(HtmlWriter html, ClassResults classes)
    {
        ClassificationReport report = ClassificationReport.Of(classes.Matrix, classes.Names);
        IReadOnlyList<ClassScores> shown = report.Classes.Count <= MostClasses
            ? report.Classes
            : [.. report.Classes.OrderBy(c => c.F1).Take(MostClasses)];
        html.Line($"<section>");
        html.Line($"<h2>Classification report</h2>");
        WriteNotes(html, report, shown.Count);
        html.Line($"""<div class="wide"><table>""");
        html.Line($"<thead><tr><th></th><th>precision</th><th>recall</th>");
        html.Line($"<th>f1-score</th><th>support</th></tr></thead>");
        html.Line($"<tbody>");
        foreach (ClassScores scores in shown)
        {
            WriteRow(html, scores);
        }

        html.Line($"</tbody>");
        html.Line($"<tfoot>");
        html.Line($"""<tr><th scope="row">accuracy</th><td></td><td></td>""");
        html.Line($"<td>{report.Accuracy:0.0000}</td>");
        html.Line($"<td>{ReportNumber.Count(report.Total)}</td></tr>");
        WriteRow(html, report.MacroAverage);
        WriteRow(html, report.WeightedAverage);
        html.Line($"</tfoot></table></div>");
        html.Line($"</section>");
    }

    private static void WriteNotes(HtmlWriter html, ClassificationReport report, int shown)
    {
        if (shown < report.Classes.Count)
        {
            html.Line($"<p>The {shown} classes with the lowest F1 of {report.Classes.Count}.</p>");
        }

        if (report.AbsentClassCount > 0)
        {
            html.Line(
                $"<p>In neither truth nor prediction, left out: {report.AbsentClassCount}.</p>");
        }

        if (report.UndefinedPrecisionCount > 0)
        {
            html.Line($"<p>Never predicted, precision 0: {report.UndefinedPrecisionCount}.</p>");
        }

        if (report.UndefinedRecallCount > 0)
        {
            html.Line($"<p>Not in the truth, recall 0: {report.UndefinedRecallCount}.</p>");
        }
    }

    private static void WriteRow(HtmlWriter html, ClassScores scores)
    {
        html.Line($"""<tr><th scope="row">{scores.Name}</th>""");
        html.Line($"<td>{scores.Precision:0.0000}</td><td>{scores.Recall:0.0000}</td>");
        html.Line($"<td>{scores.F1:0.0000}</td><td>{ReportNumber.Count(scores.Support)}</td></tr>");
    }
}
