using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>The choices of a menu, in the middle.</summary>
internal sealed class MenuPanel : HudPanel
{
    private const float Widest = 560;

    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        if (canvas.State.Menu is not { } menu)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        RenderTarget target = canvas.Target;
        float padding = canvas.Pixels(18);
        float row = canvas.Pixels(28);
        float head = canvas.Pixels(50);
        float foot = canvas.Pixels(14);
        float widest = batch.Measure(menu.Title, canvas.Strong) + canvas.Pixels(120);
        for (int i = 0; i < menu.Items.Count; i++)
        {
            ViewerMenuItem item = menu.Items[i];
            widest = MathF.Max(
                widest,
                batch.Measure(item.Text, canvas.Body) + batch.Measure(item.Detail, canvas.Small)
                    + canvas.Pixels(48));
        }

        float width = MathF.Min(
            MathF.Min(MathF.Ceiling(widest) + (2 * padding), canvas.Pixels(Widest)),
            target.Width - (2 * canvas.Margin));
        int fit = Math.Max((int)((target.Height - head - foot - (2 * canvas.Margin)) / row), 1);
        int count = Math.Min(menu.Items.Count, fit);
        int first = menu.FirstShown(fit);
        float height = head + (Math.Max(count, 1) * row) + foot;
        float left = MathF.Round((target.Width - width) / 2);
        float top = MathF.Max(0, MathF.Round((target.Height - height) / 2));
        batch.Panel(0, 0, target.Width, target.Height, 0, HudCanvas.ShadeColor);
        canvas.Sheet(left, top, width, height, 10, HudCanvas.SolidColor);
        batch.Text(
            menu.Title, left + padding, top + canvas.Pixels(31),
            new TextStyle(Face.Medium, canvas.Pixels(16)), HudCanvas.ValueColor);
        if (menu.Items.Count == 0)
        {
            batch.Text(
                "nothing to choose", left + padding, top + head + canvas.Pixels(18), canvas.Body,
                HudCanvas.NameColor);
        }

        for (int i = 0; i < count; i++)
        {
            float y = top + head + (i * row);
            Item(canvas, menu, first + i, left + canvas.Pixels(8), y, width - canvas.Pixels(16), row);
        }
    }

    private static void Item(
        HudCanvas canvas, ViewerMenu menu, int index, float left, float top, float width, float row)
    {
        HudBatch batch = canvas.Batch;
        ViewerMenuItem item = menu.Items[index];
        if (index == menu.Selected)
        {
            batch.Panel(left, top, width, row, canvas.Pixels(5), HudCanvas.KeyColor);
        }

        float dot = canvas.Pixels(6);
        if (item.IsCurrent)
        {
            batch.Panel(
                left + canvas.Pixels(8), top + MathF.Round((row - dot) / 2), dot, dot, dot / 2,
                HudCanvas.AccentColor);
        }

        float baseline = top + canvas.Pixels(19);
        float right = left + width - canvas.Pixels(10);
        float textLeft = left + canvas.Pixels(22);
        float detail = MathF.Min(
            batch.Measure(item.Detail, canvas.Small), 0.5f * (right - textLeft));
        batch.Text(
            item.Text, textLeft, baseline, canvas.Body, HudCanvas.ValueColor,
            right - textLeft - detail - canvas.Pixels(10));
        batch.TextRight(
            item.Detail, right, baseline, canvas.Small, HudCanvas.NameColor, detail + 1);
        canvas.State.HotSpots.Add(
            HotSpotKind.MenuItem, index, new Vector4(left, top, width, row));
    }
}
