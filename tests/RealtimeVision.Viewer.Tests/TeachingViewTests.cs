using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer.Tests;

/// <summary>What is shown of classes that are taught.</summary>
public sealed class TeachingViewTests
{
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
}
