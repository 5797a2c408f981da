namespace RealtimeVision.Viewer;

/// <summary>
/// Lays out what stands over the picture: numbers at the top left, marks at the top right, labels
/// at the bottom left, the list of keys in the middle. Panels are dark and translucent, so that
/// text can be read on any video.
/// </summary>
internal sealed class HudLayout(HudBatch batch)
{
    private const uint PanelColor = 0xBC16100C;
    private const uint RimColor = 0x1FFFFFFF;
    private const uint RuleColor = 0x24FFFFFF;
    private const uint HelpColor = 0xEB16100C;
    private const uint ShadeColor = 0x8C000000;
    private const uint ValueColor = 0xFFF8F5F2;
    private const uint NameColor = 0xFFB9ADA0;
    private const uint AccentColor = 0xFFD4EA5E;
    private const uint WarningColor = 0xFF24BFFB;
    private const uint RecordColor = 0xFF4444EF;
    private const uint KeyColor = 0x2EFFFFFF;

    private const float PanelWidth = 236;
    private const float WidestPanel = 320;
    private const float Margin = 12;
    private const float Padding = 14;
    private const float Row = 20;
    private const int MostLabels = 5;

    private static readonly (string Keys, string Action)[] HelpRows = [.. ViewerController.Help];

    private float _scale;
    private TextStyle _body;
    private TextStyle _strong;
    private TextStyle _large;

    /// <summary>The thinnest line, in whole pixels.</summary>
    private float Hairline => MathF.Max(1, MathF.Round(_scale));

    public void Draw(ViewerState state, RenderTarget target)
    {
        float content = Math.Max(target.ContentScale, 0.5f);
        // Small pictures get smaller text rather than one covered by it.
        float fit = Math.Min(target.Width / (480 * content), target.Height / (320 * content));
        _scale = content * Math.Clamp(fit, 0.7f, 1);
        _body = new TextStyle(Face.Regular, Pixels(13));
        _strong = new TextStyle(Face.Medium, Pixels(13));
        _large = new TextStyle(Face.Medium, Pixels(26));

        float bottom = 0;
        if (state.ShowHud)
        {
            bottom = DrawNumbers(state, target);
            DrawLabels(state, target, bottom);
        }

        DrawMarks(state, target);
        if (state.ShowHelp)
        {
            DrawHelp(target);
        }
    }

    private static string NameOf(OverlayMode mode) => mode switch
    {
        OverlayMode.Off => "off",
        OverlayMode.Mask => "mask",
        OverlayMode.Contours => "contours",
        OverlayMode.MaskAndContours => "mask + contours",
        OverlayMode.MaskOnly => "mask only",
        _ => "heat map",
    };

    private static int Given(string? name) => string.IsNullOrEmpty(name) ? 0 : 1;

    private static uint WithAlpha(uint color, byte alpha) =>
        (color & 0x00FFFFFF) | (uint)alpha << 24;

    private int Pixels(float units) => Math.Max(1, (int)MathF.Round(units * _scale));

    private void Background(
        float x, float y, float width, float height, float radius, uint color = PanelColor)
    {
        batch.Panel(x, y, width, height, radius, color);
        batch.Panel(x, y, width, height, radius, RimColor, Hairline);
    }

    /// <returns>Lower edge of the panel.</returns>
    private float DrawNumbers(ViewerState state, RenderTarget target)
    {
        HudValues hud = state.Hud;
        float margin = Pixels(Margin);
        float padding = Pixels(Padding);
        float row = Pixels(Row);
        float width = NumbersWidth(hud, target);
        int names = Given(hud.Device) + Given(hud.Model) + Given(hud.Source)
            + (2 * Given(state.Background)) + state.Scores.Count;
        float header = Pixels(42);
        float rule = Pixels(13);
        float height = header + 3 * row + rule + (names + 1) * row + Pixels(8);
        Background(margin, margin, width, height, Pixels(8));

        float left = margin + padding;
        float right = margin + width - padding;
        Span<char> text = stackalloc char[64];
        float baseline = margin + Pixels(33);
        float end = batch.Text(
            new TextBuilder(text).Add(hud.FrameRate, "F1").Text,
            left, baseline, _large, ValueColor);
        batch.Text("fps", end + Pixels(5), baseline, _body, NameColor);
        batch.TextRight(
            new TextBuilder(text).Add("frame ").Add(state.Frame?.Index ?? 0).Text,
            right, baseline, _body, NameColor);

        baseline = margin + header + Pixels(15);
        Line("latency p50", new TextBuilder(text).Add(hud.LatencyP50Ms, "F1").Add(" ms").Text);
        Line("latency p95", new TextBuilder(text).Add(hud.LatencyP95Ms, "F1").Add(" ms").Text);
        Line(
            "dropped",
            new TextBuilder(text)
                .Add(hud.Dropped).Add(" of ").Add(hud.Processed + hud.Dropped).Text,
            hud.Dropped > 0 ? WarningColor : ValueColor);

        batch.Panel(
            left, baseline - Pixels(15) + Pixels(6), right - left, Hairline, 0, RuleColor);
        baseline += rule;
        NameLine("device", hud.Device);
        NameLine("model", hud.Model);
        NameLine("source", hud.Source);
        Line("overlay", state.Mode is OverlayMode.Off or OverlayMode.MaskOnly
            ? NameOf(state.Mode)
            : new TextBuilder(text).Add(NameOf(state.Mode)).Add("  ")
                .Add(state.Opacity * 100, "F0").Add(" %").Text, AccentColor);
        if (!string.IsNullOrEmpty(state.Background))
        {
            Line("background", state.Background, AccentColor);
            Line("edges", state.EdgesAreRefined ? "refined" : "as they are", AccentColor);
        }

        foreach (ViewerScore score in state.Scores)
        {
            Line(
                score.Name, new TextBuilder(text).Add(score.Share * 100, "F1").Add(" %").Text,
                AccentColor);
        }

        return margin + height;

        void NameLine(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                Line(name, value);
            }
        }

        void Line(ReadOnlySpan<char> name, ReadOnlySpan<char> value, uint color = ValueColor)
        {
            float nameEnd = batch.Text(name, left, baseline, _body, NameColor);
            batch.TextRight(
                value, right, baseline, _strong, color, right - nameEnd - Pixels(12));
            baseline += row;
        }
    }

    /// <summary>
    /// Wide enough for the names, which seldom change, so that numbers do not move it.
    /// </summary>
    private float NumbersWidth(in HudValues hud, RenderTarget target)
    {
        float widest = MathF.Max(
            batch.Measure(hud.Device, _strong),
            MathF.Max(batch.Measure(hud.Model, _strong), batch.Measure(hud.Source, _strong)));
        float wanted = widest + batch.Measure("overlay", _body) + 2 * Pixels(Padding) + Pixels(12);
        float most = MathF.Min(Pixels(WidestPanel), 0.4f * target.Width);
        return MathF.Ceiling(MathF.Max(MathF.Min(wanted, most), Pixels(PanelWidth)));
    }

    private void DrawLabels(ViewerState state, RenderTarget target, float above)
    {
        int count = Math.Min(state.Labels.Count, MostLabels);
        if (count == 0)
        {
            return;
        }

        float margin = Pixels(Margin);
        float padding = Pixels(Padding);
        float row = Pixels(30);
        float width = Pixels(PanelWidth);
        float height = count * row + Pixels(14);
        float top = target.Height - margin - height;
        float x = top > above + Pixels(6) ? margin : target.Width - margin - width;
        Background(x, top, width, height, Pixels(8));

        float left = x + padding;
        float right = x + width - padding;
        Span<char> text = stackalloc char[16];
        for (int i = 0; i < count; i++)
        {
            ViewerLabel label = state.Labels[i];
            float probability = float.IsFinite(label.Probability)
                ? Math.Clamp(label.Probability, 0, 1)
                : 0;
            float baseline = top + Pixels(8) + i * row + Pixels(14);
            ReadOnlySpan<char> percent =
                new TextBuilder(text).Add(probability * 100, "F1").Add(" %").Text;
            float percentWidth = batch.Measure(percent, _strong);
            batch.TextRight(percent, right, baseline, _strong, ValueColor);
            float room = right - left - percentWidth - Pixels(12);
            float begin = left;
            if (label.Model is { } model)
            {
                // A long name leaves at least half of the room to the label.
                float name = MathF.Min(batch.Measure(model, _body), 0.5f * room);
                batch.Text(model, left, baseline, _body, NameColor, name);
                begin += name + Pixels(8);
            }

            bool isBest = i == 0 || label.Model is not null;
            batch.Text(
                label.Text, begin, baseline, isBest ? _strong : _body, ValueColor,
                left + room - begin);
            float bar = Pixels(3);
            float barTop = baseline + Pixels(6);
            batch.Panel(left, barTop, right - left, bar, bar, RuleColor);
            float filled = MathF.Round((right - left) * probability);
            if (filled > 0)
            {
                batch.Panel(
                    left, barTop, filled, bar, bar,
                    WithAlpha(AccentColor, (byte)(isBest ? 255 : 150)));
            }
        }
    }

    private void DrawMarks(ViewerState state, RenderTarget target)
    {
        float right = target.Width - Pixels(Margin);
        if (state.Recording)
        {
            right = Mark("REC", right, recording: true) - Pixels(8);
        }

        if (state.Paused)
        {
            Mark("PAUSED", right, recording: false);
        }
    }

    /// <summary>A pill with a sign and a word.</summary>
    /// <returns>Its left edge.</returns>
    private float Mark(string word, float right, bool recording)
    {
        float height = Pixels(28);
        float sign = Pixels(10);
        float width = MathF.Ceiling(batch.Measure(word, _strong)) + sign + Pixels(32);
        float left = right - width;
        float top = Pixels(Margin);
        Background(left, top, width, height, height / 2);
        float signLeft = left + Pixels(12);
        float signTop = top + MathF.Round((height - sign) / 2);
        if (recording)
        {
            batch.Panel(signLeft, signTop, sign, sign, sign / 2, RecordColor);
        }
        else
        {
            float bar = Pixels(4);
            batch.Panel(signLeft, signTop, bar, sign, 1, ValueColor);
            batch.Panel(signLeft + sign - bar, signTop, bar, sign, 1, ValueColor);
        }

        batch.Text(
            word, signLeft + sign + Pixels(8), top + height / 2 + Pixels(5), _strong, ValueColor);
        return left;
    }

    private void DrawHelp(RenderTarget target)
    {
        float padding = Pixels(22);
        float row = Pixels(26);
        float keys = 0;
        float actions = 0;
        foreach ((string key, string action) in HelpRows)
        {
            keys = MathF.Max(keys, batch.Measure(key, _strong));
            actions = MathF.Max(actions, batch.Measure(action, _body));
        }

        keys = MathF.Ceiling(keys) + Pixels(16);
        float width = MathF.Ceiling(2 * padding + keys + Pixels(18) + actions);
        width = MathF.Min(width, target.Width - 2 * Pixels(Margin));
        float height = HelpRows.Length * row + Pixels(64);
        float left = MathF.Round((target.Width - width) / 2);
        float top = MathF.Max(0, MathF.Round((target.Height - height) / 2));
        batch.Panel(0, 0, target.Width, target.Height, 0, ShadeColor);
        Background(left, top, width, height, Pixels(10), HelpColor);
        batch.Text(
            "Keys", left + padding, top + Pixels(32), new TextStyle(Face.Medium, Pixels(16)),
            ValueColor);

        float y = top + Pixels(48);
        foreach ((string key, string action) in HelpRows)
        {
            float cap = batch.Measure(key, _strong) + Pixels(16);
            float keyLeft = left + padding;
            batch.Panel(keyLeft, y, cap, Pixels(21), Pixels(4), KeyColor);
            batch.Text(key, keyLeft + Pixels(8), y + Pixels(15), _strong, ValueColor);
            float actionLeft = keyLeft + keys + Pixels(18);
            batch.Text(
                action, actionLeft, y + Pixels(15), _body, ValueColor,
                left + width - padding - actionLeft);
            y += row;
        }
    }
}
