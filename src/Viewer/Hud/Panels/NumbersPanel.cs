using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>Rate, latency and names, at the top left.</summary>
internal sealed class NumbersPanel : HudPanel
{
    private const float WidestPanel = 320;
    private const float NameGap = 12;
    private const string DeviceRow = "device";
    private const string ModelRow = "model";
    private const string SourceRow = "source";

    public override void Draw(HudCanvas canvas)
    {
        ViewerState state = canvas.State;
        StreamView stream = state.Stream;
        HudValues hud = stream.Hud;
        HudBatch batch = canvas.Batch;
        float row = canvas.Pixels(HudCanvas.Row);
        float width = WidthOf(hud, canvas);
        int rows = Given(hud.Device) + Given(hud.Model) + Given(hud.Source)
            + (2 * Given(stream.Background)) + (stream.Smoothing is null ? 0 : 1)
            + (stream.DrawnPath is null ? 0 : 1)
            + stream.Scores.Count;
        float header = canvas.Pixels(42);
        float rule = canvas.Pixels(13);
        float height = header + (3 * row) + rule + ((rows + 1) * row) + canvas.Pixels(8);

        // Where there is no room for all of it, the rate alone, so that there is a picture to see.
        bool isSmall = !canvas.HasRoomFor(width, height);
        if (isSmall)
        {
            (width, height) = (MathF.Min(width, canvas.Room), header + canvas.Pixels(4));
        }

        if (canvas.Dock(Corner.TopLeft, width, height, isForced: true) is not var (x, top))
        {
            return;
        }

        canvas.Sheet(x, top, width, height);
        float left = x + canvas.Pixels(HudCanvas.Padding);
        float right = x + width - canvas.Pixels(HudCanvas.Padding);
        Span<char> text = stackalloc char[64];
        float baseline = top + canvas.Pixels(33);
        float end = batch.Text(
            new TextBuilder(text).AddFrameRate(hud).Text,
            left, baseline, canvas.Large, HudCanvas.ValueColor);
        batch.Text("fps", end + canvas.Pixels(5), baseline, canvas.Body, HudCanvas.NameColor);
        batch.TextRight(
            new TextBuilder(text).Add("frame ").Add(stream.Frame?.Index ?? 0).Text,
            right, baseline, canvas.Body, HudCanvas.NameColor, right - end - canvas.Pixels(34));
        if (isSmall)
        {
            return;
        }

        var lines = new Lines(canvas, left, right, top + header + canvas.Pixels(15), row);
        lines.Add("latency p50", new TextBuilder(text).Add(hud.LatencyP50Ms, "F1").Add(" ms").Text);
        lines.Add("latency p95", new TextBuilder(text).Add(hud.LatencyP95Ms, "F1").Add(" ms").Text);
        lines.Add(
            "dropped",
            new TextBuilder(text)
                .Add(hud.Dropped).Add(" of ").Add(hud.Processed + hud.Dropped).Text,
            hud.Dropped > 0 ? HudCanvas.WarningColor : HudCanvas.ValueColor);
        lines.Rule(rule);
        lines.AddName(DeviceRow, hud.Device);
        lines.AddName(ModelRow, hud.Model);
        lines.AddName(SourceRow, hud.Source);

        // What is drawn, which may not be what was chosen.
        View view = Views.For(state.View, stream);
        lines.Add(
            "view",
            view.HasOpacity
                ? new TextBuilder(text).Add(view.Name).Add("  ")
                    .Add(state.Opacity * 100, "F0").Add(" %").Text
                : view.Name,
            HudCanvas.AccentColor);
        if (stream.DrawnPath is { } path)
        {
            lines.Add("masks", NameOf(path));
        }

        if (stream.Smoothing is { } smoothing)
        {
            lines.Add(
                "smoothing", new TextBuilder(text).Add(smoothing * 100, "F0").Add(" %").Text,
                HudCanvas.AccentColor);
        }

        if (!string.IsNullOrEmpty(stream.Background))
        {
            lines.Add("background", stream.Background, HudCanvas.AccentColor);
            lines.Add(
                "edges", stream.EdgesAreRefined ? "refined" : "as they are", HudCanvas.AccentColor);
        }

        foreach (ViewerScore score in stream.Scores)
        {
            lines.Add(
                score.Name, new TextBuilder(text).Add(score.Share * 100, "F1").Add(" %").Text,
                HudCanvas.AccentColor);
        }
    }

    private static string NameOf(TransferPath path) => path switch
    {
        TransferPath.CudaToOpenGl => "CUDA to OpenGL",
        TransferPath.PinnedReadback => "pinned readback",
        TransferPath.Readback => "readback",
        _ => "host memory",
    };

    private static int Given(string? name) => string.IsNullOrEmpty(name) ? 0 : 1;

    /// <summary>
    /// Wide enough for the names, which seldom change, so that numbers do not move it.
    /// </summary>
    private static float WidthOf(in HudValues hud, HudCanvas canvas)
    {
        float widest = MathF.Max(
            RowWidth(DeviceRow, hud.Device, canvas),
            MathF.Max(
                RowWidth(ModelRow, hud.Model, canvas), RowWidth(SourceRow, hud.Source, canvas)));
        float wanted = widest + (2 * canvas.Pixels(HudCanvas.Padding))
            + canvas.Pixels(NameGap);
        float most = MathF.Min(canvas.Pixels(WidestPanel), 0.4f * canvas.Target.Width);
        return MathF.Ceiling(
            MathF.Max(MathF.Min(wanted, most), canvas.Pixels(HudCanvas.PanelWidth)));
    }

    private static float RowWidth(string name, string? value, HudCanvas canvas) =>
        canvas.Batch.Measure(name, canvas.Body) + canvas.Batch.Measure(value, canvas.Strong);

    /// <summary>Rows of a name and a value, one below another.</summary>
    private struct Lines(HudCanvas canvas, float left, float right, float baseline, float row)
    {
        private float _baseline = baseline;

        public void Rule(float height)
        {
            canvas.Batch.Panel(
                left, _baseline - canvas.Pixels(15) + canvas.Pixels(6), right - left,
                canvas.Hairline, 0, HudCanvas.RuleColor);
            _baseline += height;
        }

        public void AddName(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                Add(name, value);
            }
        }

        public void Add(
            scoped ReadOnlySpan<char> name, scoped ReadOnlySpan<char> value,
            uint color = HudCanvas.ValueColor)
        {
            float nameEnd = canvas.Batch.Text(
                name, left, _baseline, canvas.Body, HudCanvas.NameColor);
            canvas.Batch.TextRight(
                value, right, _baseline, canvas.Strong, color,
                right - nameEnd - canvas.Pixels(NameGap));
            _baseline += row;
        }
    }
}
