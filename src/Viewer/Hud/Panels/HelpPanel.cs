namespace RealtimeVision.Viewer;

/// <summary>The list of keys, in the middle, in as many columns as it takes.</summary>
internal sealed class HelpPanel : HudPanel
{
    private static readonly (string Keys, string Action)[] Rows = [.. ViewerController.Help];

    public override bool IsPartOfHud => false;

    public override bool IsPassing => true;

    public override void Draw(HudCanvas canvas)
    {
        if (!canvas.State.ShowHelp)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        RenderTarget target = canvas.Target;
        float padding = canvas.Pixels(22);
        float row = canvas.Pixels(26);
        float keys = 0;
        float actions = 0;
        foreach ((string key, string means) in Rows)
        {
            keys = MathF.Max(keys, batch.Measure(key, canvas.Strong));
            actions = MathF.Max(actions, batch.Measure(means, canvas.Body));
        }

        keys = MathF.Ceiling(keys) + canvas.Pixels(16);
        float column = keys + canvas.Pixels(18) + MathF.Ceiling(actions);
        float gap = canvas.Pixels(28);
        float head = canvas.Pixels(64);
        bool isTall = (Rows.Length * row) + head > target.Height - (2 * canvas.Margin);
        bool fits = (2 * column) + gap + (2 * padding) <= target.Width;
        int columns = isTall && fits ? 2 : 1;
        int inColumn = (Rows.Length + columns - 1) / columns;

        // Where they do not all fit, even closer together, some are shown, to be scrolled through.
        row = MathF.Min(row, MathF.Max((target.Height - head) / inColumn, canvas.Pixels(15)));
        int fit = Math.Max((int)((target.Height - head) / row), 1);
        columns = fit < inColumn ? 1 : columns;
        inColumn = fit < inColumn ? Math.Min(fit, Rows.Length) : inColumn;
        int first = Math.Min(canvas.State.HelpScroll, Rows.Length - Math.Min(Rows.Length, columns * inColumn));
        canvas.State.HelpScroll = first;
        float width = (2 * padding) + (columns * column) + ((columns - 1) * gap);
        width = MathF.Min(width, target.Width - (2 * canvas.Margin));
        float height = (inColumn * row) + head;
        float left = MathF.Round((target.Width - width) / 2);
        float top = MathF.Max(0, MathF.Round((target.Height - height) / 2));
        batch.Panel(0, 0, target.Width, target.Height, 0, HudCanvas.ShadeColor);
        canvas.Sheet(left, top, width, height, 10, HudCanvas.SolidColor);
        batch.Text(
            "Keys and mouse", left + padding, top + canvas.Pixels(32),
            new TextStyle(Face.Medium, canvas.Pixels(16)), HudCanvas.ValueColor,
            width - (2 * padding));
        int shown = Math.Min(columns * inColumn, Rows.Length);
        canvas.ScrollMark(
            left + width - canvas.Pixels(8), top + canvas.Pixels(48), inColumn * row, first, shown,
            Rows.Length);
        for (int i = 0; i < shown; i++)
        {
            (string keyText, string action) = Rows[first + i];
            float x = left + padding + (i / inColumn * (column + gap));
            float y = top + canvas.Pixels(48) + (i % inColumn * row);
            float cap = batch.Measure(keyText, canvas.Strong) + canvas.Pixels(16);
            float high = MathF.Min(canvas.Pixels(21), row - 1);
            float baseline = y + MathF.Round((high / 2) + canvas.Pixels(4.5f));
            batch.Panel(x, y, cap, high, canvas.Pixels(4), HudCanvas.KeyColor);
            batch.Text(
                keyText, x + canvas.Pixels(8), baseline, canvas.Strong,
                HudCanvas.ValueColor);
            float actionLeft = x + keys + canvas.Pixels(18);
            batch.Text(
                action, actionLeft, baseline, canvas.Body,
                HudCanvas.ValueColor, MathF.Min(actions + 1, left + width - padding - actionLeft));
        }
    }
}
