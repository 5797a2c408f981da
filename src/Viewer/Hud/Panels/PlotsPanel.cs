namespace RealtimeVision.Viewer;

/// <summary>Probabilities and frame times of the newest frames, as plots on the right.</summary>
internal sealed class PlotsPanel : HudPanel
{
    private const float Width = 260;
    private const float Height = 104;
    private const int MostSeries = 6;

    // Tol's "bright" scheme for lines, lightened for a dark ground.
    private static readonly uint[] Colors =
    [
        0xFFD4EA5E, 0xFF24BFFB, 0xFFF08C6C, 0xFF8A7CF2, 0xFF7CD992, 0xFFE6B8E8,
    ];

    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        if (!canvas.State.ShowGraphs)
        {
            return;
        }

        StreamView stream = canvas.State.Stream;
        foreach (PlotHistory history in stream.Probabilities)
        {
            Plot(canvas, history, 1, isShare: true);
        }

        if (stream.FrameTimes.Count > 0)
        {
            float most = 1;
            for (int i = 0; i < stream.FrameTimes.Count; i++)
            {
                most = MathF.Max(most, stream.FrameTimes[0, i]);
            }

            Plot(canvas, stream.FrameTimes, RoundUp(most), isShare: false);
        }
    }

    /// <summary>The next of 1, 2, 5, 10, 20, 50, ...: so that the axis seldom changes.</summary>
    internal static float RoundUp(float value)
    {
        float power = MathF.Pow(10, MathF.Floor(MathF.Log10(value)));
        return value <= power ? power
            : value <= 2 * power ? 2 * power
            : value <= 5 * power ? 5 * power
            : 10 * power;
    }

    private static uint ColorOf(int series, bool isShare) =>
        isShare ? Colors[series % Colors.Length] : HudCanvas.AccentColor;

    private static void Plot(HudCanvas canvas, PlotHistory history, float most, bool isShare)
    {
        HudBatch batch = canvas.Batch;
        int series = Math.Min(history.Series.Count, MostSeries);
        float width = canvas.Pixels(Width);
        float keys = isShare ? canvas.Pixels(16) * ((series + 1) / 2) : 0;
        float height = canvas.Pixels(Height) + keys;
        if (canvas.Dock(Corner.TopRight, width, height) is not var (x, top))
        {
            return;
        }

        canvas.Sheet(x, top, width, height);
        float padding = canvas.Pixels(HudCanvas.Padding);
        float left = x + padding;
        float right = x + width - padding;
        Span<char> text = stackalloc char[24];
        batch.Text(
            history.Title, left, top + canvas.Pixels(19), canvas.Strong, HudCanvas.ValueColor,
            0.7f * (right - left));
        ReadOnlySpan<char> scale = isShare
            ? "100 %"
            : new TextBuilder(text).Add(most, "F0").Add(" ms").Text;
        batch.TextRight(
            scale, right, top + canvas.Pixels(19), canvas.Small, HudCanvas.NameColor);

        float plotTop = top + canvas.Pixels(28);
        float plotBottom = top + canvas.Pixels(Height - 14);
        for (int i = 0; i <= 2; i++)
        {
            batch.Panel(
                left, MathF.Round(plotTop + ((plotBottom - plotTop) * i / 2)), right - left,
                canvas.Hairline, 0, HudCanvas.RuleColor);
        }

        for (int s = 0; s < series; s++)
        {
            Curve(canvas, history, s, most, left, plotTop, right, plotBottom, isShare);
        }

        for (int s = 0; isShare && s < series; s++)
        {
            float keyLeft = left + (s % 2 * (right - left) / 2);
            float keyTop = plotBottom + canvas.Pixels(8) + (s / 2 * canvas.Pixels(16));
            float swatch = canvas.Pixels(8);
            batch.Panel(
                keyLeft, keyTop + canvas.Pixels(1), swatch, swatch, canvas.Pixels(2),
                ColorOf(s, isShare));
            batch.Text(
                history.Series[s], keyLeft + swatch + canvas.Pixels(5),
                keyTop + canvas.Pixels(9), canvas.Small, HudCanvas.NameColor,
                ((right - left) / 2) - swatch - canvas.Pixels(10));
        }
    }

    private static void Curve(
        HudCanvas canvas, PlotHistory history, int series, float most, float left, float top,
        float right, float bottom, bool isShare)
    {
        // The newest value is at the right edge, whatever there is of the past.
        float step = (right - left) / Math.Max(history.Capacity - 1, 1);
        float x = right - ((history.Count - 1) * step);
        float y = 0;
        float line = MathF.Max(1.5f * canvas.Hairline, 1.5f);
        for (int i = 0; i < history.Count; i++)
        {
            float value = history[series, i];
            value = float.IsFinite(value) ? Math.Clamp(value / most, 0, 1) : 0;
            float next = bottom - (value * (bottom - top));
            if (i > 0)
            {
                canvas.Batch.Line(x, y, x + step, next, line, ColorOf(series, isShare));
                x += step;
            }

            y = next;
        }
    }
}
