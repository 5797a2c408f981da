using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>
/// Of several streams, what each is, how fast, and what its best label says; a rim around the one
/// that keys are about.
/// </summary>
internal sealed class StreamCaptions : HudPanel
{
    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        ViewerState state = canvas.State;
        for (int i = 0; i < state.Streams.Count && state.Streams.Count > 1; i++)
        {
            if (canvas.PictureOf(i) is { } picture)
            {
                Draw(canvas, state.Streams[i], picture);
                if (i == state.Focus)
                {
                    canvas.ReserveTopRight(canvas.Pixels(22));
                }

                if (i == state.Focus && !state.IsMaximised)
                {
                    canvas.Batch.Panel(
                        picture.X, picture.Y, picture.Z, picture.W, 0, HudCanvas.AccentColor,
                        canvas.Pixels(2));
                }
            }
        }
    }

    private static void Draw(HudCanvas canvas, StreamView stream, Vector4 picture)
    {
        HudBatch batch = canvas.Batch;
        float height = canvas.Pixels(22);
        float padding = canvas.Pixels(8);
        Span<char> text = stackalloc char[32];
        ReadOnlySpan<char> rate =
            new TextBuilder(text).AddFrameRate(stream.Hud).Add(" fps").Text;
        string name = stream.Trouble ?? stream.Hud.Source ?? string.Empty;
        uint color = stream.Trouble is null ? HudCanvas.ValueColor : HudCanvas.WarningColor;
        float nameWidth = MathF.Min(
            MathF.Ceiling(batch.Measure(name, canvas.Strong)), 0.6f * picture.Z);
        float rateWidth = MathF.Ceiling(batch.Measure(rate, canvas.Body));
        float width = nameWidth + rateWidth + (3 * padding);
        float left = picture.X + picture.Z - width - canvas.Pixels(6);
        float top = picture.Y + canvas.Pixels(6);
        canvas.Sheet(left, top, width, height, 11);
        float baseline = top + canvas.Pixels(16);
        batch.Text(name, left + padding, baseline, canvas.Strong, color, nameWidth + 1);
        batch.Text(
            rate, left + (2 * padding) + nameWidth, baseline, canvas.Body, HudCanvas.NameColor);
    }
}
