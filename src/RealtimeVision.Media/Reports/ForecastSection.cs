namespace RealtimeVision.Media;

/// <summary>Series, what was forecast of them, and baselines.</summary>
internal static class ForecastSection
{
    private const int BaselineStyles = 3;
    private const int WholeWidth = 1080;

    public static void Write(HtmlWriter html, TrainingReport report)
    {
        if (report.Forecasts.Count == 0)
        {
            return;
        }

        html.Line($"<section>");
        html.Line($"<h2>Forecasts</h2>");
        html.Line($"""<div class="plots wide-plots">""");
        foreach (SeriesForecast forecast in report.Forecasts)
        {
            List<PlotLine> lines =
            [
                Line("forecast", "training", forecast.Start, forecast.Forecast),
                Line("truth", "truth", forecast.Start, forecast.Truth),
            ];
            for (int i = 0; i < forecast.Baselines.Count; i++)
            {
                (string name, IReadOnlyList<float> values) = forecast.Baselines[i];
                lines.Add(Line(name, $"baseline{i % BaselineStyles}", forecast.Start, values));
            }

            new LinePlot
            {
                Title = forecast.Name,
                XLabel = forecast.Step,
                Lines = lines,
                IsXWhole = true,
                Width = WholeWidth,
            }.Write(html);
        }

        html.Line($"</div>");
        html.Line($"</section>");
    }

    private static PlotLine Line(
        string name, string style, long start, IReadOnlyList<float> values) => new(
        name,
        style,
        [.. Enumerable.Range(0, values.Count).Select(i => (double)(start + i))],
        [.. values.Select(v => (double)v)]);
}
