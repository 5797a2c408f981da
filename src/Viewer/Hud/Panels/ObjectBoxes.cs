using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>Boxes around the things that are followed, with their names and numbers.</summary>
internal sealed class ObjectBoxes : HudPanel
{
    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        if (!canvas.State.ShowObjects)
        {
            return;
        }

        for (int i = 0; i < canvas.State.Streams.Count; i++)
        {
            if (canvas.PictureOf(i) is { } picture)
            {
                Draw(canvas, canvas.State.Streams[i], picture);
            }
        }
    }

    private static void Draw(HudCanvas canvas, StreamView stream, Vector4 picture)
    {
        HudBatch batch = canvas.Batch;
        Span<char> text = stackalloc char[64];
        foreach (ViewerObject thing in stream.Objects)
        {
            uint color = HudCanvas.ColorOf(stream.Palette, thing.Class);
            float left = picture.X + (thing.Left * picture.Z);
            float top = picture.Y + (thing.Top * picture.W);
            float width = thing.Width * picture.Z;
            float height = thing.Height * picture.W;
            float stroke = MathF.Max(1.5f * canvas.Hairline, 1.5f);
            batch.Panel(left, top, width, height, canvas.Pixels(3), color, stroke);

            string? name = thing.Class < stream.ClassNames.Count
                ? stream.ClassNames[thing.Class]
                : null;
            ReadOnlySpan<char> tag = new TextBuilder(text).Add(name ?? "class").Add(" ")
                .Add(thing.Id).Add("  ").Add(thing.Area * 100, "F1").Add(" %").Text;
            float tagWidth = MathF.Ceiling(batch.Measure(tag, canvas.Small)) + canvas.Pixels(8);
            float tagHeight = canvas.Pixels(16);
            float tagTop = top >= picture.Y + tagHeight ? top - tagHeight : top;
            float tagLeft = MathF.Max(
                MathF.Min(left, picture.X + picture.Z - tagWidth), picture.X);
            batch.Panel(
                tagLeft, tagTop, tagWidth, tagHeight, canvas.Pixels(3),
                HudCanvas.WithAlpha(HudCanvas.PanelColor, 0xD8));
            batch.Text(
                tag, tagLeft + canvas.Pixels(4), tagTop + canvas.Pixels(12), canvas.Small, color);
        }
    }
}
