namespace RealtimeVision.Viewer;

/// <summary>What was said last, in the middle of the upper edge.</summary>
internal sealed class MessagePanel : HudPanel
{
    public override bool IsPartOfHud => false;

    public override bool IsPassing => true;

    public override void Draw(HudCanvas canvas)
    {
        if (canvas.State.Message is not { } message)
        {
            return;
        }

        float padding = canvas.Pixels(14);
        float most = canvas.Target.Width - (2 * canvas.Margin) - (2 * padding);
        float words = MathF.Min(MathF.Ceiling(canvas.Batch.Measure(message, canvas.Body)), most);
        float width = words + (2 * padding);
        float height = canvas.Pixels(32);
        float left = MathF.Round((canvas.Target.Width - width) / 2);
        float top = canvas.Margin + canvas.Pixels(36);
        canvas.Sheet(left, top, width, height, 8, HudCanvas.SolidColor);
        canvas.Batch.Text(
            message, left + padding, top + canvas.Pixels(21), canvas.Body, HudCanvas.ValueColor,
            words + 1);
    }
}
