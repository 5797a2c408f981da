namespace RealtimeVision.Viewer;

/// <summary>
/// What is taught: a row for each class with its key, how many frames there are and the newest of
/// them, and what is being done.
/// </summary>
internal sealed class TeachingPanel : HudPanel
{
    private const float WidestPanel = 340;
    private const float LeastRow = 24;
    private const float RowGap = 6;

    // Where there is no room for large ones, small ones; and a list without them before nothing.
    private static readonly float[] ThumbnailHeights = [Thumbnail.Height, Thumbnail.Height / 2, 0];

    public override void Draw(HudCanvas canvas)
    {
        if (canvas.State.Teaching is not { } teaching)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        float line = canvas.Pixels(HudCanvas.Row);
        float width = WidthOf(teaching, canvas);
        float rest = (teaching.Lines.Count * line) + canvas.Pixels(16);
        float row = 0, picture = 0, height = 0;
        (float X, float Y)? place = null;
        foreach (float tried in ThumbnailHeights)
        {
            picture = HasThumbnails(teaching) ? tried : 0;
            row = canvas.Pixels(MathF.Max(LeastRow, picture + RowGap));
            height = (teaching.Classes.Count * row) + rest;
            place = canvas.Dock(Corner.TopRight, width, height)
                ?? canvas.Dock(Corner.BottomRight, width, height);
            if (place is not null)
            {
                break;
            }
        }

        if (place is not var (x, top))
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
            DrawClass(canvas, taught, left, right, y, row, picture, text);
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
        HudCanvas canvas, in TeachingRow taught, float left, float right, float top, float row,
        float picture, Span<char> text)
    {
        HudBatch batch = canvas.Batch;
        float chip = canvas.Pixels(18);
        float y = MathF.Round(top + ((row - canvas.Pixels(LeastRow)) / 2));
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
        if (picture > 0)
        {
            begin = DrawThumbnail(canvas, taught, begin, top, row, picture);
        }

        batch.Text(
            taught.Name, begin, baseline, canvas.Strong, HudCanvas.ValueColor,
            right - begin - number - canvas.Pixels(8));
    }

    /// <summary>Draws the newest frame, and gives where the name begins.</summary>
    private static float DrawThumbnail(
        HudCanvas canvas, in TeachingRow taught, float left, float top, float row, float picture)
    {
        float height = canvas.Pixels(picture);
        float width = canvas.Pixels(picture * Thumbnail.Width / Thumbnail.Height);
        float y = MathF.Round(top + ((row - height) / 2));
        if (taught.Thumbnail is { } thumbnail)
        {
            canvas.Batch.Picture(left, y, width, height, thumbnail);
        }

        canvas.Batch.Panel(
            left, y, width, height, 0, taught.IsHeld ? HudCanvas.RecordColor : HudCanvas.RuleColor,
            canvas.Hairline);
        return left + width + canvas.Pixels(8);
    }

    private static bool HasThumbnails(TeachingView teaching)
    {
        foreach (TeachingRow taught in teaching.Classes)
        {
            if (taught.Thumbnail is not null)
            {
                return true;
            }
        }

        return false;
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
