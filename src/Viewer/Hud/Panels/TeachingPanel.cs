namespace RealtimeVision.Viewer;

/// <summary>What is taught: a row for each class with its key, and what is being done.</summary>
internal sealed class TeachingPanel : HudPanel
{
    private const float WidestPanel = 340;

    public override void Draw(HudCanvas canvas)
    {
        if (canvas.State.Teaching is not { } teaching)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        float row = canvas.Pixels(24);
        float line = canvas.Pixels(HudCanvas.Row);
        float width = WidthOf(teaching, canvas);
        float height = (teaching.Classes.Count * row) + (teaching.Lines.Count * line)
            + canvas.Pixels(16);
        if ((canvas.Dock(Corner.TopRight, width, height)
            ?? canvas.Dock(Corner.BottomRight, width, height)) is not var (x, top))
        {
            return;
        }

        canvas.Sheet(x, top, width, height);
        float left = x + canvas.Pixels(HudCanvas.Padding);
        float right = x + width - canvas.Pixels(HudCanvas.Padding);
        float y = top + canvas.Pixels(8);
        Span<char> text = stackalloc char[32];
        foreach (TeachingRow taught in teaching.Classes)
        {
            DrawClass(canvas, taught, left, right, y, text);
            y += row;
        }

        foreach (string said in teaching.Lines)
        {
            batch.Text(
                said, left, y + canvas.Pixels(14), canvas.Body, HudCanvas.NameColor, right - left);
            y += line;
        }
    }

    private static void DrawClass(
        HudCanvas canvas, in TeachingRow taught, float left, float right, float y, Span<char> text)
    {
        HudBatch batch = canvas.Batch;
        float chip = canvas.Pixels(18);
        float baseline = y + canvas.Pixels(16);
        uint color = taught.IsHeld ? HudCanvas.RecordColor
            : taught.IsLive ? HudCanvas.AccentColor
            : HudCanvas.NameColor;
        if (taught.Key > 0 || taught.IsHeld)
        {
            batch.Panel(
                left, y + canvas.Pixels(2), chip, chip, canvas.Pixels(4),
                taught.IsHeld ? HudCanvas.RecordColor : HudCanvas.KeyColor);
        }

        if (taught.Key > 0)
        {
            ReadOnlySpan<char> key = new TextBuilder(text).Add(taught.Key).Text;
            batch.Text(
                key, left + MathF.Round((chip - batch.Measure(key, canvas.Strong)) / 2), baseline,
                canvas.Strong, HudCanvas.ValueColor);
        }

        ReadOnlySpan<char> frames = new TextBuilder(text).Add(taught.Frames).Text;
        float number = batch.Measure(frames, canvas.Strong);
        batch.TextRight(frames, right, baseline, canvas.Strong, color);
        float begin = taught.Key > 0 || taught.IsHeld ? left + chip + canvas.Pixels(8) : left;
        batch.Text(
            taught.Name, begin, baseline, canvas.Strong, HudCanvas.ValueColor,
            right - begin - number - canvas.Pixels(8));
    }

    private static float WidthOf(TeachingView teaching, HudCanvas canvas)
    {
        float widest = 0;
        foreach (string said in teaching.Lines)
        {
            widest = MathF.Max(widest, canvas.Batch.Measure(said, canvas.Body));
        }

        float wanted = widest + (2 * canvas.Pixels(HudCanvas.Padding));
        float most = MathF.Min(canvas.Pixels(WidestPanel), 0.5f * canvas.Target.Width);
        return MathF.Ceiling(
            MathF.Max(MathF.Min(wanted, most), canvas.Pixels(HudCanvas.PanelWidth)));
    }
}
