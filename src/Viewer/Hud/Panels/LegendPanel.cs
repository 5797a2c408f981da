using RealtimeVision.Media;

namespace RealtimeVision.Viewer;

/// <summary>
/// The colours of classes by their names, with what share of the picture each has; or what the
/// colours of a scale mean.
/// </summary>
internal sealed class LegendPanel : HudPanel
{
    private const int MostClasses = 24;
    private const int ScaleSteps = 32;
    private const float ScaleWidth = 6; // of a step

    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        StreamView stream = canvas.State.Stream;
        if (canvas.State.ShowLegend
            && Views.For(canvas.State.View, stream).Scale is var (least, most))
        {
            DrawScale(canvas, least, most);
            return;
        }

        if (!canvas.State.ShowLegend || stream.ClassNames.Count == 0)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        int count = Math.Min(stream.ClassNames.Count, MostClasses);
        float widest = 0;
        for (int i = 0; i < count; i++)
        {
            widest = MathF.Max(widest, batch.Measure(stream.ClassNames[i], canvas.Body));
        }

        bool hasShares = stream.ClassShares.Count >= count;
        float row = canvas.Pixels(HudCanvas.Row);
        float swatch = canvas.Pixels(12);
        float padding = canvas.Pixels(HudCanvas.Padding);
        float shares = hasShares ? canvas.Pixels(58) : 0;
        float width = (2 * padding) + swatch + canvas.Pixels(8) + MathF.Ceiling(widest) + shares;
        float height = (count * row) + canvas.Pixels(14);
        if ((canvas.Dock(Corner.BottomRight, width, height)
            ?? canvas.Dock(Corner.BottomLeft, width, height)) is not var (x, top))
        {
            return;
        }

        canvas.Sheet(x, top, width, height);
        Span<char> text = stackalloc char[16];
        for (int i = 0; i < count; i++)
        {
            float y = top + canvas.Pixels(7) + (i * row);
            bool isHidden = stream.Palette[i].Alpha == 0;
            batch.Panel(
                x + padding, y + MathF.Round((row - swatch) / 2), swatch, swatch,
                canvas.Pixels(3),
                isHidden ? HudCanvas.RuleColor : HudCanvas.ColorOf(stream.Palette, i));
            float baseline = y + canvas.Pixels(15);
            batch.Text(
                stream.ClassNames[i], x + padding + swatch + canvas.Pixels(8), baseline,
                canvas.Body, HudCanvas.ValueColor);
            if (hasShares)
            {
                batch.TextRight(
                    new TextBuilder(text).Add(stream.ClassShares[i] * 100, "F1").Add(" %").Text,
                    x + width - padding, baseline, canvas.Body, HudCanvas.NameColor);
            }
        }
    }

    private static void DrawScale(HudCanvas canvas, string least, string most)
    {
        float step = canvas.Pixels(ScaleWidth);
        float padding = canvas.Pixels(HudCanvas.Padding);
        float width = (ScaleSteps * step) + (2 * padding);
        float height = canvas.Pixels(48);
        if ((canvas.Dock(Corner.BottomRight, width, height)
            ?? canvas.Dock(Corner.BottomLeft, width, height)) is not var (x, top))
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        canvas.Sheet(x, top, width, height);
        for (int i = 0; i < ScaleSteps; i++)
        {
            (byte red, byte green, byte blue) = ColourMap.Viridis(i / (ScaleSteps - 1f));
            batch.Panel(
                x + padding + (i * step), top + canvas.Pixels(11), step, canvas.Pixels(11), 0,
                red | (uint)green << 8 | (uint)blue << 16 | 0xFF000000);
        }

        float baseline = top + canvas.Pixels(37);
        batch.Text(least, x + padding, baseline, canvas.Small, HudCanvas.NameColor);
        batch.TextRight(
            most, x + width - padding, baseline, canvas.Small, HudCanvas.NameColor);
    }
}
