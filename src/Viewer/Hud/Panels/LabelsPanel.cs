namespace RealtimeVision.Viewer;

/// <summary>Labels with bars as long as their probabilities, at the bottom.</summary>
internal sealed class LabelsPanel : HudPanel
{
    private const int MostLabels = 5;

    public override void Draw(HudCanvas canvas)
    {
        List<ViewerLabel> labels = canvas.State.Stream.Labels;
        int count = Math.Min(labels.Count, MostLabels);
        if (count == 0)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        float row = canvas.Pixels(30);
        float width = canvas.Pixels(HudCanvas.PanelWidth);
        float height = (count * row) + canvas.Pixels(14);
        if ((canvas.Dock(Corner.BottomLeft, width, height)
            ?? canvas.Dock(Corner.BottomRight, width, height)) is not var (x, top))
        {
            return;
        }

        canvas.Sheet(x, top, width, height);
        float left = x + canvas.Pixels(HudCanvas.Padding);
        float right = x + width - canvas.Pixels(HudCanvas.Padding);
        Span<char> text = stackalloc char[16];
        for (int i = 0; i < count; i++)
        {
            ViewerLabel label = labels[i];
            float probability = float.IsFinite(label.Probability)
                ? Math.Clamp(label.Probability, 0, 1)
                : 0;
            float baseline = top + canvas.Pixels(8) + (i * row) + canvas.Pixels(14);
            ReadOnlySpan<char> percent =
                new TextBuilder(text).Add(probability * 100, "F1").Add(" %").Text;
            float percentWidth = batch.Measure(percent, canvas.Strong);
            batch.TextRight(percent, right, baseline, canvas.Strong, HudCanvas.ValueColor);
            float room = right - left - percentWidth - canvas.Pixels(12);
            float begin = left;
            if (label.Model is { } model)
            {
                // A long name leaves to the label what it needs, up to half of the room.
                float gap = canvas.Pixels(8);
                float name = MathF.Min(
                    batch.Measure(model, canvas.Body),
                    MathF.Max(0.5f * room, room - gap - batch.Measure(label.Text, canvas.Strong)));
                batch.Text(model, left, baseline, canvas.Body, HudCanvas.NameColor, name);
                begin += name + gap;
            }

            bool isBest = i == 0 || label.Model is not null;
            batch.Text(
                label.Text, begin, baseline, isBest ? canvas.Strong : canvas.Body,
                HudCanvas.ValueColor, left + room - begin);
            float bar = canvas.Pixels(3);
            float barTop = baseline + canvas.Pixels(6);
            batch.Panel(left, barTop, right - left, bar, bar, HudCanvas.RuleColor);
            float filled = MathF.Round((right - left) * probability);
            if (filled > 0)
            {
                batch.Panel(
                    left, barTop, filled, bar, bar,
                    HudCanvas.WithAlpha(HudCanvas.AccentColor, (byte)(isBest ? 255 : 150)));
            }
        }
    }
}
