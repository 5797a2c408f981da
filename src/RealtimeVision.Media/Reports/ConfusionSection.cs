using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>
/// The confusion matrix as a table with colours; of many classes, the pairs most often confused.
/// </summary>
internal static class ConfusionSection
{
    private const int MostClasses = 32;
    private const int PairsShown = 30;

    // Below, the page's ink is easier to read than white.
    private const double LightTextAbove = 0.8;

    // Counts with more digits would make the table wider than a page.
    private const long GreatestCount = 99_999;

    public static void Write(HtmlWriter html, ClassResults classes)
    {
        html.Line($"<section>");
        html.Line($"<h2>Confusion matrix</h2>");
        if (classes.Matrix.ClassCount <= MostClasses)
        {
            WriteMatrix(html, classes);
        }
        else
        {
            WritePairs(html, classes);
        }

        html.Line($"</section>");
    }

    private static void WriteMatrix(HtmlWriter html, ClassResults classes)
    {
        ConfusionMatrix matrix = classes.Matrix;
        long greatest = 0;
        foreach (long count in matrix.Counts)
        {
            greatest = Math.Max(greatest, count);
        }

        bool inPercent = classes.IsOfPixels || greatest > GreatestCount;
        string unit = inPercent ? "percent of the row" : "counts";
        html.Line($"<p>Rows are the truth, columns the prediction; {unit}. Colours show the");
        html.Line($"share of the row, its square root for errors.</p>");
        html.Line($"""<div class="wide"><table class="confusion">""");
        html.Line($"<thead><tr><td></td>");
        foreach (string name in classes.Names)
        {
            html.Line($"""<th scope="col"><span>{name}</span></th>""");
        }

        html.Line($"</tr></thead>");
        html.Line($"<tbody>");
        for (int truth = 0; truth < matrix.ClassCount; truth++)
        {
            html.Line($"""<tr><th scope="row">{classes.Names[truth]}</th>""");
            long support = matrix.Support(truth);
            for (int prediction = 0; prediction < matrix.ClassCount; prediction++)
            {
                WriteCell(html, classes, truth, prediction, support, inPercent);
            }

            html.Line($"</tr>");
        }

        html.Line($"</tbody></table></div>");
    }

    private static void WriteCell(
        HtmlWriter html, ClassResults classes, int truth, int prediction, long support,
        bool inPercent)
    {
        long count = classes.Matrix[truth, prediction];
        if (count == 0)
        {
            html.Line($"<td></td>");
            return;
        }

        double share = (double)count / support;
        bool isRight = truth == prediction;
        double heat = isRight ? share : Math.Sqrt(share);
        string style = (isRight ? "right" : "wrong") + (heat > LightTextAbove ? " strong" : "");
        string text = inPercent ? ReportNumber.Percent(share) : ReportNumber.Count(count);
        string told = $"{classes.Names[truth]} taken for {classes.Names[prediction]}: "
            + $"{ReportNumber.Count(count)} of {ReportNumber.Count(support)} "
            + $"({ReportNumber.Percent(share)} %)";
        html.Line(
            $"""<td class="{style}" style="--heat:{100 * heat:0}%" title="{told}">{text}</td>""");
    }

    private static void WritePairs(HtmlWriter html, ClassResults classes)
    {
        ConfusionMatrix matrix = classes.Matrix;
        IReadOnlyList<(int Truth, int Prediction, long Count)> pairs =
            matrix.MostConfused(PairsShown);
        html.Line(
            $"<p>{matrix.ClassCount} classes; the {pairs.Count} pairs most often confused.</p>");
        html.Line($"""<div class="wide"><table>""");
        html.Line($"<thead><tr><th>truth</th><th>taken for</th><th>count</th>");
        html.Line($"<th>% of the truth</th></tr></thead>");
        html.Line($"<tbody>");
        foreach ((int truth, int prediction, long count) in pairs)
        {
            string share = ReportNumber.Percent((double)count / matrix.Support(truth));
            html.Line($"""<tr><th scope="row">{classes.Names[truth]}</th>""");
            html.Line($"""<th>{classes.Names[prediction]}</th>""");
            html.Line($"<td>{ReportNumber.Count(count)}</td><td>{share}</td></tr>");
        }

        html.Line($"</tbody></table></div>");
    }
}
