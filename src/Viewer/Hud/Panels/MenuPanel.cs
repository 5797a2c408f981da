using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>The choices of a menu, in the middle.</summary>
internal sealed class MenuPanel : HudPanel
{
    private const float Widest = 560;

    public override bool IsPartOfHud => false;

    public override bool IsPassing => true;

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
        float foot = canvas.Pixels(menu.Note.Length > 0 ? 32 : 14);
        float widest = MathF.Max(
            batch.Measure(menu.Title, canvas.Strong) + canvas.Pixels(120),
            batch.Measure(menu.Note, canvas.Small));
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
        float right = left + width - padding;
        string group = menu.Items.Count > 0 ? menu.Items[menu.Selected].Group : "";
        float groupWidth = MathF.Min(batch.Measure(group, canvas.Body), (right - left) / 2);
        float baseline = top + canvas.Pixels(31);
        batch.TextRight(group, right, baseline, canvas.Body, HudCanvas.AccentColor, groupWidth + 1);
        batch.Text(
            menu.Title, left + padding, baseline,
            new TextStyle(Face.Medium, canvas.Pixels(16)), HudCanvas.ValueColor,
            right - groupWidth - left - padding);
        batch.Text(
            menu.Note, left + padding, top + height - canvas.Pixels(14), canvas.Small,
            HudCanvas.NameColor, width - (2 * padding));
        if (menu.Items.Count == 0 && menu.Note.Length == 0)
        {
            batch.Text(
                "nothing to choose", left + padding, top + head + canvas.Pixels(18), canvas.Body,
                HudCanvas.NameColor);
        }

        for (int i = 0; i < count; i++)
        {
            float y = top + head + (i * row);
            Item(canvas, menu, first + i, left + canvas.Pixels(8), y, width - canvas.Pixels(16), row);
            if (i > 0 && menu.Items[first + i].Group != menu.Items[first + i - 1].Group)
            {
                batch.Panel(
                    left + padding, y, width - (2 * padding), canvas.Hairline, 0,
                    HudCanvas.RuleColor);
            }
        }

        canvas.ScrollMark(
            left + width - canvas.Pixels(5), top + head, count * row, first, count,
            menu.Items.Count);
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
        // A detail gives way to the text beyond half of the room.
        float room = right - textLeft - canvas.Pixels(10);
        float detail = MathF.Min(
            batch.Measure(item.Detail, canvas.Small),
            MathF.Max(0.5f * room, room - batch.Measure(item.Text, canvas.Body)));
        batch.Text(
            item.Text, textLeft, baseline, canvas.Body, HudCanvas.ValueColor,
            room - detail + 1);
        batch.TextRight(
            item.Detail, right, baseline, canvas.Small, HudCanvas.NameColor, detail + 1);
        canvas.State.HotSpots.Add(
            HotSpotKind.MenuItem, index, new Vector4(left, top, width, row));
    }
}
