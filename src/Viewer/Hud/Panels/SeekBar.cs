using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>Where in a file the stream is, along the lower edge; a click goes elsewhere.</summary>
internal sealed class SeekBar : HudPanel
{
    private const float Height = 34;

    public override void Draw(HudCanvas canvas)
    {
        if (canvas.State.Stream.Position is not { Duration.Ticks: > 0 } position)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        float height = canvas.Pixels(Height);
        float top = canvas.Target.Height - height;
        canvas.ReserveBottom(height - canvas.Pixels(4));
        batch.Panel(0, top, canvas.Target.Width, height, 0, HudCanvas.PanelColor);

        Span<char> text = stackalloc char[24];
        float padding = canvas.Pixels(14);
        float baseline = top + canvas.Pixels(22);
        float digits = batch.Measure("00:00:00", canvas.Body);
        AddTime(batch, text, position.At, padding, canvas, baseline);
        float right = canvas.Target.Width - padding;
        if (position.IsLooping)
        {
            batch.TextRight("loop", right, baseline, canvas.Body, HudCanvas.AccentColor);
            right -= batch.Measure("loop", canvas.Body) + padding;
        }

        batch.TextRight(
            TimeOf(text, position.Duration), right, baseline, canvas.Body, HudCanvas.NameColor);
        float barLeft = (2 * padding) + digits;
        float barRight = right - digits - padding;
        if (barRight - barLeft < canvas.Pixels(40))
        {
            return;
        }

        float along = Math.Clamp((float)(position.At / position.Duration), 0, 1);
        float bar = canvas.Pixels(4);
        float barTop = top + MathF.Round((height - bar) / 2);
        float filled = MathF.Round((barRight - barLeft) * along);
        batch.Panel(barLeft, barTop, barRight - barLeft, bar, bar, HudCanvas.KeyColor);
        batch.Panel(barLeft, barTop, MathF.Max(filled, bar), bar, bar, HudCanvas.AccentColor);
        float knob = canvas.Pixels(12);
        batch.Panel(
            barLeft + filled - (knob / 2), top + MathF.Round((height - knob) / 2), knob, knob,
            knob / 2, HudCanvas.ValueColor);
        var spot = new Vector4(barLeft, top, barRight - barLeft, height);
        canvas.State.HotSpots.Add(HotSpotKind.Seek, canvas.State.Focus, spot);
        DrawHover(canvas, new HotSpot(HotSpotKind.Seek, 0, spot), position.Duration);
    }

    /// <summary>The time that a click would go to, over the cursor.</summary>
    private static void DrawHover(HudCanvas canvas, HotSpot spot, TimeSpan duration)
    {
        if (canvas.State.HidesPassing || canvas.State.Cursor is not var (x, y)
            || !spot.Contains(x, y))
        {
            return;
        }

        Span<char> text = stackalloc char[24];
        ReadOnlySpan<char> time = TimeOf(text, duration * spot.Along(x));
        float width = MathF.Ceiling(canvas.Batch.Measure(time, canvas.Strong))
            + canvas.Pixels(16);
        float height = canvas.Pixels(24);
        float left = MathF.Round(x - (width / 2));
        float top = spot.Rectangle.Y - height - canvas.Pixels(4);
        canvas.Sheet(left, top, width, height, 6);
        canvas.Batch.Text(
            time, left + canvas.Pixels(8), top + canvas.Pixels(17), canvas.Strong,
            HudCanvas.ValueColor);
    }

    private static void AddTime(
        HudBatch batch, Span<char> text, TimeSpan time, float left, HudCanvas canvas,
        float baseline) =>
        batch.Text(TimeOf(text, time), left, baseline, canvas.Body, HudCanvas.ValueColor);

    private static ReadOnlySpan<char> TimeOf(Span<char> text, TimeSpan time)
    {
        time.TryFormat(
            text, out int written, time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss\.f",
            System.Globalization.CultureInfo.InvariantCulture);
        return text[..written];
    }
}
