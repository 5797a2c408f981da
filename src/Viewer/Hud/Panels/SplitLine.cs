using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>The line between the video as it came and the view, with a grip to drag it.</summary>
internal sealed class SplitLine : HudPanel
{
    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        if (canvas.State.Split is not { } split)
        {
            return;
        }

        for (int i = 0; i < canvas.State.Streams.Count; i++)
        {
            if (canvas.PictureOf(i) is { } picture)
            {
                Draw(canvas, picture, split, i);
            }
        }
    }

    private static void Draw(HudCanvas canvas, Vector4 picture, float split, int stream)
    {
        float x = picture.X + MathF.Round(picture.Z * split);
        float line = canvas.Pixels(2);
        canvas.Batch.Panel(
            x - (line / 2), picture.Y, line, picture.W, 0, HudCanvas.ValueColor);
        float grip = canvas.Pixels(22);
        float middle = picture.Y + (picture.W / 2);
        canvas.Batch.Panel(
            x - (grip / 2), middle - (grip / 2), grip, grip, grip / 2, HudCanvas.ValueColor);
        float bar = canvas.Pixels(2);
        float height = canvas.Pixels(8);
        for (int side = -1; side <= 1; side += 2)
        {
            canvas.Batch.Panel(
                x + (side * canvas.Pixels(3)) - (bar / 2), middle - (height / 2), bar, height, 0,
                HudCanvas.SolidColor);
        }

        canvas.State.HotSpots.Add(
            HotSpotKind.Split, stream, new Vector4(x - (grip / 2), picture.Y, grip, picture.W));
    }
}
