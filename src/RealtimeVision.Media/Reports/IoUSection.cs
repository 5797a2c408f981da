using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>Intersection over union of each class of pixels, as bars.</summary>
internal static class IoUSection
{
    private const int MostClasses = 40;

    public static void Write(HtmlWriter html, ClassResults classes)
    {
        if (!classes.IsOfPixels)
        {
            return;
        }

        ConfusionMatrix matrix = classes.Matrix;
        int[] present = [.. Enumerable.Range(0, matrix.ClassCount).Where(matrix.IsPresent)];
        int[] shown = present.Length <= MostClasses
            ? present
            : [.. present.OrderBy(matrix.IoU).ThenBy(c => c).Take(MostClasses)];
        html.Line($"<section>");
        html.Line($"<h2>Intersection over union</h2>");
        html.Line(
            $"<p>Mean {ReportNumber.Metric(matrix.MeanIoU)} over {present.Length} classes.");
        if (matrix.AbsentClassCount > 0)
        {
            html.Line($"In neither truth nor prediction, left out: {matrix.AbsentClassCount}.");
        }

        if (shown.Length < present.Length)
        {
            html.Line($"The {shown.Length} lowest are shown.");
        }

        html.Line($"</p>");
        html.Line($"""<div class="wide"><table class="bars">""");
        html.Line($"<tbody>");
        foreach (int c in shown)
        {
            double iou = matrix.IoU(c);
            html.Line($"""<tr><th scope="row">{classes.Names[c]}</th>""");
            string colour = ClassColours.Css(classes, c);
            html.Line($"""<td><i class="swatch" style="background:{colour}"></i></td>""");
            html.Line($"""<td><b style="width:{100 * iou:0.##}%"></b></td>""");
            html.Line($"<td>{ReportNumber.Metric(iou)}</td></tr>");
        }

        html.Line($"</tbody></table></div>");
        html.Line($"</section>");
    }
}
