using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer.Tests;

/// <summary>What is shown of classes that are taught.</summary>
public sealed class TeachingViewTests
{
    [Test]
    public void A_thumbnail_stands_before_its_class_and_changes_with_it()
    {
        using var renderer = new HeadlessRenderer();
        var thumbnail = new Thumbnail();
        thumbnail.Show(Plain(300, 200, 200, 20, 20));
        var state = new ViewerState();
        state.Show(Plain(640, 480, 80, 80, 80));
        state.Teaching = new TeachingView { Lines = { "live" } };
        state.Teaching.Classes.Add(new TeachingRow(1, "left", 12, true, false));
        Assert.That(Count(Render(renderer, state), 200, 20, 20), Is.Zero);
        int objects = renderer.LiveObjects;

        state.Teaching.Classes[0] = state.Teaching.Classes[0] with { Thumbnail = thumbnail };
        byte[] red = Render(renderer, state);
        Assert.That(renderer.LiveObjects, Is.EqualTo(objects + 1), "one texture");
        Assert.That(Count(red, 200, 20, 20), Is.InRange(60 * 44, Thumbnail.Width * Thumbnail.Height));

        state.Teaching.Classes.Add(new TeachingRow(2, "right", 3, false, true)
        {
            Thumbnail = new Thumbnail(),
        });
        state.Teaching.Classes[1].Thumbnail!.Show(Plain(64, 48, 20, 20, 200));
        thumbnail.Show(Plain(48, 96, 20, 200, 20));
        byte[] both = Render(renderer, state);
        Assert.That(Count(both, 200, 20, 20), Is.Zero);
        Assert.That(Count(both, 20, 200, 20), Is.GreaterThan(60 * 44));
        Assert.That(Count(both, 20, 20, 200), Is.GreaterThan(60 * 44));
        Assert.That(renderer.LiveObjects, Is.EqualTo(objects + 1), "one texture for all");

        for (int key = 3; key <= 9; key++)
        {
            state.Teaching.Classes.Add(new TeachingRow(key, "more", 1, false, false)
            {
                Thumbnail = state.Teaching.Classes[1].Thumbnail,
            });
        }

        Assert.That(
            Count(Render(renderer, state), 20, 20, 200), Is.InRange(8 * 28 * 20, 8 * 32 * 24),
            "smaller where there is no room");
    }

    [Test]
    public void More_thumbnails_than_there_are_cells_take_turns()
    {
        using var renderer = new HeadlessRenderer();
        var state = new ViewerState();
        state.Show(Plain(640, 480, 80, 80, 80));
        state.Teaching = new TeachingView();
        for (int i = 0; i < 70; i++)
        {
            var thumbnail = new Thumbnail();
            thumbnail.Show(Plain(64, 48, 10, (byte)(3 * i), 220));
            state.Teaching.Classes.Clear();
            state.Teaching.Classes.Add(new TeachingRow(1, "left", i, true, false)
            {
                Thumbnail = thumbnail,
            });
            Assert.That(Count(Render(renderer, state), 10, 3 * i, 220), Is.GreaterThan(60 * 44), $"{i}");
        }

        var picture = new Frame();
        renderer.Render(state, picture, 640, 480, PixelFormat.Rgb24);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            state.Teaching.Classes[0].Thumbnail!.Show(state.Frame!);
            renderer.Render(state, picture, 640, 480, PixelFormat.Rgb24);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Classes_and_lines_stand_in_a_panel_at_the_right()
    {
        using var renderer = new HeadlessRenderer();
        var state = new ViewerState();
        var frame = new Frame();
        frame.Resize(640, 480, PixelFormat.Rgb24);
        frame.Pixels.Fill(80);
        state.Show(frame);
        byte[] without = Render();
        state.Teaching = new TeachingView { Lines = { "live, accuracy 98 %" } };
        byte[] empty = Render();
        state.Teaching.Classes.Add(new TeachingRow(1, "left", 12, true, false));
        byte[] one = Render();
        state.Teaching.Classes[0] = state.Teaching.Classes[0] with { IsHeld = true };
        byte[] held = Render();

        Assert.That(Left(empty), Is.EqualTo(Left(without)), "nothing changes at the left");
        Assert.That(LastRow(empty, without), Is.GreaterThan(20));
        Assert.That(LastRow(one, without), Is.InRange(LastRow(empty, without) + 10, LastRow(empty, without) + 40));
        Assert.That(held, Is.Not.EqualTo(one));
        state.ShowHud = false;
        Assert.That(Render(), Has.All.EqualTo(80), "it hides with the numbers");

        byte[] Render()
        {
            var picture = new Frame();
            renderer.Render(state, picture, 640, 480, PixelFormat.Rgb24);
            return picture.Pixels.ToArray();
        }

        static byte[] Left(byte[] pixels) =>
            [.. Enumerable.Range(0, 480).SelectMany(y => pixels.AsSpan(y * 1920, 900).ToArray())];

        static int LastRow(byte[] pixels, byte[] before) => Enumerable.Range(0, 480).Last(y =>
            !pixels.AsSpan(y * 1920, 1920).SequenceEqual(before.AsSpan(y * 1920, 1920)));
    }

    private static Frame Plain(int width, int height, byte red, byte green, byte blue)
    {
        var frame = new Frame();
        frame.Resize(width, height, PixelFormat.Rgb24);
        for (int i = 0; i < frame.Pixels.Length; i += 3)
        {
            (frame.Pixels[i], frame.Pixels[i + 1], frame.Pixels[i + 2]) = (red, green, blue);
        }

        return frame;
    }

    private static byte[] Render(HeadlessRenderer renderer, ViewerState state)
    {
        var picture = new Frame();
        renderer.Render(state, picture, 640, 480, PixelFormat.Rgb24);
        return picture.Pixels.ToArray();
    }

    private static int Count(byte[] pixels, int red, int green, int blue)
    {
        int count = 0;
        for (int i = 0; i < pixels.Length; i += 3)
        {
            count += Math.Abs(pixels[i] - red) + Math.Abs(pixels[i + 1] - green)
                + Math.Abs(pixels[i + 2] - blue) <= 6 ? 1 : 0;
        }

        return count;
    }
}
