namespace RealtimeVision.Media;

/// <summary>The worst predictions as pictures, with truth and prediction.</summary>
internal static class PredictionsSection
{
    private const int FramesShown = 8;

    public static void Write(HtmlWriter html, TrainingReport report)
    {
        if (report.WorstPredictions.Count == 0)
        {
            return;
        }

        html.Line($"<section>");
        html.Line($"<h2>Worst predictions</h2>");
        if (report.WorstPredictions.Any(HasMasks) && report.Classes is { } classes)
        {
            WriteLegend(html, classes, report.WorstPredictions);
        }

        html.Line($"""<div class="predictions">""");
        foreach (ReportPrediction prediction in report.WorstPredictions)
        {
            WritePrediction(html, report.Classes, prediction);
        }

        html.Line($"</div>");
        html.Line($"</section>");
    }

    private static bool HasMasks(ReportPrediction prediction) =>
        prediction.TruthMask is not null || prediction.PredictionMask is not null;

    private static void WriteLegend(
        HtmlWriter html, ClassResults classes, IReadOnlyList<ReportPrediction> predictions)
    {
        IEnumerable<int> used = predictions
            .SelectMany(p => (ReportMask?[])[p.TruthMask, p.PredictionMask])
            .SelectMany(m => m?.Labels ?? [])
            .Where(c => (uint)c < (uint)classes.Names.Count)
            .Distinct()
            .Order();
        html.Line($"""<p class="legend">""");
        foreach (int c in used)
        {
            string colour = ClassColours.Css(classes, c);
            html.Line($"""<span><i class="swatch" style="background:{colour}"></i>""");
            html.Line($"{classes.Names[c]}</span>");
        }

        html.Line($"</p>");
    }

    private static void WritePrediction(
        HtmlWriter html, ClassResults? classes, ReportPrediction prediction)
    {
        bool isCaptioned = HasMasks(prediction);
        html.Line($"<figure>");
        html.Line($"""<div class="row">""");
        foreach (ReportPicture picture in prediction.Pictures.Take(FramesShown))
        {
            WriteImage(
                html, PictureData.Of(picture), picture.Width, picture.Height,
                isCaptioned ? "picture" : "");
        }

        if (prediction.TruthMask is { } truth)
        {
            WriteImage(html, PictureData.Of(truth, classes), truth.Width, truth.Height, "truth");
        }

        if (prediction.PredictionMask is { } mask)
        {
            WriteImage(html, PictureData.Of(mask, classes), mask.Width, mask.Height, "prediction");
        }

        html.Line($"</div>");
        html.Line($"<figcaption>");
        if (prediction.Truth is { } text)
        {
            html.Line($"""<span class="said">truth <b>{text}</b></span>""");
        }

        if (prediction.Prediction is { } said)
        {
            html.Line($"""<span class="said">predicted <b>{said}</b></span>""");
        }

        html.Line($"<small>{prediction.Name}");
        if (prediction.Score is { } score)
        {
            html.Line($"({score})");
        }

        html.Line($"</small>");
        html.Line($"</figcaption>");
        html.Line($"</figure>");
    }

    private static void WriteImage(
        HtmlWriter html, string data, int width, int height, string what)
    {
        // Small pictures are enlarged by whole pixels, as they are what the network saw.
        (int shownWidth, int shownHeight) = PictureData.ShownSize(width, height);
        html.Line($"""<span><img width="{shownWidth}" height="{shownHeight}" alt="{what}" """);
        html.Line($"""src="{data}">""");
        if (what.Length > 0)
        {
            html.Line($"<small>{what}</small>");
        }

        html.Line($"</span>");
    }
}
