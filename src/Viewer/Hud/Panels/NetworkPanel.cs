namespace RealtimeVision.Viewer;

/// <summary>
/// Inside the network: the layer that is looked at, a histogram of its numbers, and the operators
/// that take longest.
/// </summary>
internal sealed class NetworkPanel : HudPanel
{
    private const float Width = 300;
    private const float HistogramHeight = 56;
    private const float BarRow = 17;
    private const float LineRow = 15;
    private const int MostProblemLines = 4;

    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        if (!canvas.State.ShowInside || canvas.State.Stream.Inside is not { } inside)
        {
            return;
        }

        float width = canvas.Pixels(Width);
        bool hasHistogram = inside.Histogram.Count > 0;
        Span<Range> problem = stackalloc Range[MostProblemLines];
        int lines = inside.Problem is { } said
            ? canvas.Batch.Wrap(
                said, canvas.Small, width - (2 * canvas.Pixels(HudCanvas.Padding)), problem)
            : inside.Class is null ? 0 : 1;
        float head = canvas.Pixels(44) + (lines * canvas.Pixels(LineRow));
        float histogram = hasHistogram ? canvas.Pixels(HistogramHeight + 22) : 0;
        float bars = inside.Operators.Count == 0 ? 0
            : canvas.Pixels(24) + (inside.Operators.Count * canvas.Pixels(BarRow));
        float height = head + histogram + bars + canvas.Pixels(8);
        if ((canvas.Dock(Corner.BottomLeft, width, height)
            ?? canvas.Dock(Corner.BottomRight, width, height)) is not var (x, top))
        {
            return;
        }

        canvas.Sheet(x, top, width, height);
        float padding = canvas.Pixels(HudCanvas.Padding);
        (float left, float right) = (x + padding, x + width - padding);
        Head(canvas, inside, problem[..lines], left, right, top);
        if (hasHistogram)
        {
            Histogram(canvas, inside, left, right, top + head);
        }

        Bars(canvas, inside, left, right, top + head + histogram);
    }

    private static void Head(
        HudCanvas canvas, NetworkInside inside, ReadOnlySpan<Range> problem, float left,
        float right, float top)
    {
        HudBatch batch = canvas.Batch;
        float width = right - left;
        batch.Text(
            inside.Layer, left, top + canvas.Pixels(20), canvas.Strong, HudCanvas.ValueColor,
            width);
        batch.Text(
            inside.Detail, left, top + canvas.Pixels(36), canvas.Small, HudCanvas.NameColor,
            width);
        float baseline = top + canvas.Pixels(54);
        if (inside.Problem is { } said)
        {
            foreach (Range line in problem)
            {
                batch.Text(
                    said.AsSpan(line), left, baseline, canvas.Small, HudCanvas.WarningColor, width);
                baseline += canvas.Pixels(LineRow);
            }
        }
        else if (inside.Class is { } shown)
        {
            batch.Text(shown, left, baseline, canvas.Small, HudCanvas.AccentColor, width);
        }
    }

    // By the logarithm: most numbers of a rectified layer are 0.
    private static void Histogram(
        HudCanvas canvas, NetworkInside inside, float left, float right, float top)
    {
        HudBatch batch = canvas.Batch;
        int most = 1;
        foreach (int count in inside.Histogram)
        {
            most = Math.Max(most, count);
        }

        float bottom = top + canvas.Pixels(HistogramHeight);
        float bar = (right - left) / inside.Histogram.Count;
        float scale = canvas.Pixels(HistogramHeight - 4) / MathF.Log(1 + most);
        for (int i = 0; i < inside.Histogram.Count; i++)
        {
            float high = MathF.Log(1 + inside.Histogram[i]) * scale;
            batch.Panel(
                left + (i * bar), bottom - high, MathF.Max(1, bar - canvas.Hairline), high, 0,
                HudCanvas.AccentColor);
        }

        batch.Panel(left, bottom, right - left, canvas.Hairline, 0, HudCanvas.RuleColor);
        Span<char> text = stackalloc char[16];
        float baseline = bottom + canvas.Pixels(14);
        batch.Text(
            new TextBuilder(text).Add(inside.Least, "G3").Text, left, baseline, canvas.Small,
            HudCanvas.NameColor);
        batch.TextRight(
            new TextBuilder(text).Add(inside.Most, "G3").Text, right, baseline, canvas.Small,
            HudCanvas.NameColor);
    }

    private static void Bars(
        HudCanvas canvas, NetworkInside inside, float left, float right, float top)
    {
        if (inside.Operators.Count == 0)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        Span<char> text = stackalloc char[24];
        float baseline = top + canvas.Pixels(15);
        batch.Text("operators", left, baseline, canvas.Small, HudCanvas.NameColor);
        batch.TextRight(
            new TextBuilder(text).Add(inside.TotalMilliseconds, "F2").Add(" ms").Text, right,
            baseline, canvas.Small, HudCanvas.ValueColor);
        float row = canvas.Pixels(BarRow);
        float longest = MathF.Max(inside.Operators[0].Milliseconds, 1e-6f);
        for (int i = 0; i < inside.Operators.Count; i++)
        {
            OperatorTime time = inside.Operators[i];
            float y = top + canvas.Pixels(22) + (i * row);
            batch.Panel(
                left, y, MathF.Max(1, (right - left) * time.Milliseconds / longest),
                row - canvas.Pixels(3), canvas.Pixels(2), HudCanvas.KeyColor);
            batch.Text(
                time.Name, left + canvas.Pixels(4), y + canvas.Pixels(11), canvas.Small,
                HudCanvas.ValueColor, right - left - canvas.Pixels(56));
            batch.TextRight(
                new TextBuilder(text).Add(time.Milliseconds, "F2").Text, right,
                y + canvas.Pixels(11), canvas.Small, HudCanvas.NameColor);
        }
    }
}
