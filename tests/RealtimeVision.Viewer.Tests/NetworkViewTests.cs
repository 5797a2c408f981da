using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer.Tests;

/// <summary>Views of the inside of networks.</summary>
public sealed class NetworkViewTests
{
    private const int Width = 320;
    private const int Height = 240;

    private HeadlessRenderer _renderer = null!;

    [OneTimeSetUp]
    public void CreateRenderer() => _renderer = new HeadlessRenderer();

    [OneTimeTearDown]
    public void DisposeRenderer() => _renderer.Dispose();

    [TestCase("grad-cam", ViewPlane.ClassMap)]
    [TestCase("feature-maps", ViewPlane.FeatureMaps)]
    public void A_plane_of_a_network_is_drawn_by_the_colour_map(string id, ViewPlane plane)
    {
        ViewerState state = Scene();
        byte[] video = Render(state);
        state.View = Views.Find(id)!;
        Assert.That(state.View.Needs(plane), Is.True);
        Assert.That(Render(state), Is.EqualTo(video), "there is no network");
        state.Stream.HasNetworks = true;
        Assert.That(Render(state), Is.EqualTo(video), "it is not made ready");

        state.Opacity = 1;
        state.Stream.Show(plane, MaskView.OfProbability(new byte[] { 0, 255 }, 2, 1));
        byte[] drawn = Render(state);
        Assert.That(IsNear(At(drawn, 4), (68, 1, 84)), Is.True, "violet");
        Assert.That(IsNear(At(drawn, Width - 4), (253, 231, 37)), Is.True, "yellow");
    }

    [Test]
    public void The_panel_shows_histogram_and_times()
    {
        ViewerState state = Scene();
        byte[] without = Render(state);
        state.ShowInside = true;
        Assert.That(Render(state), Is.EqualTo(without), "nobody looks");
        state.Stream.Inside = new NetworkInside { Layer = "conv2d", Detail = "making ready" };
        byte[] small = Render(state);
        Assert.That(small, Is.Not.EqualTo(without));
        state.Stream.Inside.Histogram.AddRange([5, 0, 3, 9]);
        state.Stream.Inside.Operators.Add(new OperatorTime("Conv2D conv2d", 1.5f));
        Assert.That(FirstRow(Render(state), without), Is.LessThan(FirstRow(small, without) - 40));
        state.ShowInside = false;
        Assert.That(Render(state), Is.EqualTo(without));
    }

    private static int FirstRow(byte[] picture, byte[] other) => Enumerable.Range(0, Height)
        .First(y => !picture.AsSpan(y * Width * 3, Width * 3)
            .SequenceEqual(other.AsSpan(y * Width * 3, Width * 3)));

    private static (int R, int G, int B) At(byte[] picture, int x)
    {
        int at = ((Height / 2 * Width) + x) * 3;
        return (picture[at], picture[at + 1], picture[at + 2]);
    }

    private static bool IsNear((int R, int G, int B) a, (int R, int G, int B) b) =>
        Math.Abs(a.R - b.R) < 8 && Math.Abs(a.G - b.G) < 8 && Math.Abs(a.B - b.B) < 8;

    private static ViewerState Scene()
    {
        var frame = new Frame();
        frame.Resize(Width, Height, PixelFormat.Rgb24);
        frame.Pixels.Fill(90);
        var state = new ViewerState { View = Views.Video, ShowHud = false };
        state.Show(frame);
        return state;
    }

    private byte[] Render(ViewerState state)
    {
        var picture = new Frame();
        _renderer.Render(state, picture, Width, Height, PixelFormat.Rgb24);
        return picture.Pixels.ToArray();
    }
}
