using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer.Tests;

/// <summary>What the pictures show: colours at known places.</summary>
public sealed class OverlayTests
{
    private const int Tolerance = 3;
    private static readonly (int R, int G, int B) Black = (0, 0, 0);

    private HeadlessRenderer _renderer = null!;

    [OneTimeSetUp]
    public void CreateRenderer() => _renderer = new HeadlessRenderer();

    [OneTimeTearDown]
    public void DisposeRenderer() => _renderer.Dispose();

    [Test]
    public void Draws_without_a_display_by_egl() =>
        Assert.That(_renderer.Description, Does.EndWith("EGL"));

    // Widths whose rows are no multiple of four bytes show wrong alignment as a slant.
    [Test]
    public void Frame_keeps_orientation_and_colours(
        [Values] PixelFormat format,
        [Values(64, 101, 33, 1023)] int width,
        [Values(PixelFormat.Rgb24, PixelFormat.Rgba32)] PixelFormat output)
    {
        const int height = 67;
        ViewerState state = Plain(Pictures.QuarterFrame(width, height, format));
        var picture = new Frame();
        _renderer.Render(state, picture, width, height, output);

        Assert.That(picture.Format, Is.EqualTo(output));
        (int X, int Y)[] corners =
            [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)];
        for (int i = 0; i < 4; i++)
        {
            (int r, int g, int b) expected = Pictures.Quarters[i];
            if (format == PixelFormat.Gray8)
            {
                expected = (expected.r, expected.r, expected.r);
            }

            Assert.That(
                Pictures.Distance(picture.At(corners[i].X, corners[i].Y), expected), Is.Zero,
                $"corner {i}");
        }

        if (output == PixelFormat.Rgba32)
        {
            Assert.That(picture.Pixels[3], Is.EqualTo(255), "a picture is opaque");
        }
    }

    [Test]
    public void Picture_of_the_frames_size_is_the_frame()
    {
        Frame noise = Pictures.Make(
            173, 91, PixelFormat.Rgb24,
            (x, y) => ((byte)(x * 7 + y * 13), (byte)(x * y), (byte)(x ^ (y * 31))));
        noise.Index = 41;
        noise.Timestamp = TimeSpan.FromSeconds(1.5);
        var picture = new Frame();
        _renderer.Render(Plain(noise), picture);

        Assert.That(picture.Pixels.SequenceEqual(noise.Pixels), Is.True);
        Assert.That(picture.Index, Is.EqualTo(41));
        Assert.That(picture.Timestamp, Is.EqualTo(TimeSpan.FromSeconds(1.5)));
    }

    [Test]
    public void A_larger_picture_is_smooth_also_after_one_of_the_frames_size()
    {
        Frame halves = Pictures.Make(
            64, 32, PixelFormat.Rgb24,
            (x, _) => x < 32 ? ((byte)0, (byte)0, (byte)0) : ((byte)200, (byte)200, (byte)200));
        ViewerState state = Plain(halves);
        var picture = new Frame();
        for (int i = 0; i < 2; i++)
        {
            _renderer.Render(state, picture);
            Assert.That(picture.Pixels.SequenceEqual(halves.Pixels), Is.True, $"exact, {i}");
            _renderer.Render(state, picture, 256, 128);
            Assert.That(picture.At(128, 64).R, Is.InRange(50, 150), $"between, {i}");
        }
    }

    [TestCase(300, 100, TestName = "Bars_left_and_right_are_black")]
    [TestCase(100, 300, TestName = "Bars_above_and_below_are_black")]
    public void Bars_are_black(int width, int height)
    {
        var picture = new Frame();
        _renderer.Render(Plain(Pictures.QuarterFrame(80, 80)), picture, width, height);

        int left = (width - 100) / 2;
        int top = (height - 100) / 2;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool inside = x >= left && x < left + 100 && y >= top && y < top + 100;
                Assert.That(picture.At(x, y) == Black, Is.EqualTo(!inside), $"at {x}, {y}");
            }
        }
    }

    [Test]
    public void Mask_tints_its_class_and_leaves_the_background(
        [Values(0.25f, 0.5f, 1f)] float opacity)
    {
        ViewerState state = WithHalves(Views.Mask);
        state.Opacity = opacity;
        Frame picture = Render(state);

        (int R, int G, int B) tinted = Blend((100, 100, 100), (250, 10, 20), opacity);
        Assert.That(Pictures.Distance(picture.At(20, 20), (100, 100, 100)), Is.Zero);
        Assert.That(Pictures.Distance(picture.At(140, 20), tinted), Is.AtMost(Tolerance));
        Assert.That(Pictures.Distance(picture.At(140, 100), tinted), Is.AtMost(Tolerance));
    }

    [Test]
    public void Mask_covers_the_frame_and_not_the_bars()
    {
        ViewerState state = Plain(Gray(80, 40));
        state.Palette[1] = (250, 10, 20, 255);
        state.View = Views.MaskOnly;
        // The upper left quarter of the frame is class 1.
        state.Show(state.Frame, MaskView.OfClasses(new byte[] { 1, 0, 0, 0 }, 2, 2));
        var picture = new Frame();
        _renderer.Render(state, picture, 160, 160);

        Assert.That(picture.At(10, 30), Is.EqualTo(Black), "the bar");
        Assert.That(
            Pictures.Distance(picture.At(10, 45), (250, 10, 20)), Is.LessThanOrEqualTo(Tolerance));
        Assert.That(picture.At(150, 45), Is.EqualTo(Black));
        Assert.That(picture.At(10, 115), Is.EqualTo(Black));
    }

    // Mask pixels much larger than screen pixels, about as large, and smaller.
    [Test]
    public void Contour_is_a_line_of_constant_width(
        [Values(8, 20, 80, 160, 640)] int maskWidth,
        [Values("contours", "both")] string view,
        [Values] MaskKind kind)
    {
        ViewerState state = WithHalves(Views.Find(view)!, maskWidth, kind);
        state.Opacity = view == "contours" ? 1 : 0.5f;
        Frame picture = Render(state);

        var line = Enumerable.Range(0, picture.Width)
            .Where(x => Pictures.Distance(picture.At(x, 60), (250, 10, 20)) <= Tolerance)
            .ToArray();
        Assert.That(line, Has.Length.InRange(1, 4), "about two pixels");
        Assert.That(line, Has.All.InRange(77, 82), "where the class changes");
        Assert.That(
            Pictures.Distance(picture.At(20, 60), (100, 100, 100)), Is.Zero, "outside nothing");
        (int, int, int) inside = view == "contours"
            ? (100, 100, 100)
            : Blend((100, 100, 100), (250, 10, 20), 0.5f);
        Assert.That(Pictures.Distance(picture.At(140, 60), inside), Is.AtMost(Tolerance));
    }

    [Test]
    public void Contours_part_two_visible_classes()
    {
        ViewerState state = Plain(Pictures.Make(160, 120, PixelFormat.Rgb24, (_, _) => (0, 0, 0)));
        state.Palette[1] = (200, 0, 0, 255);
        state.Palette[2] = (0, 0, 200, 255);
        state.View = Views.Contours;
        state.Opacity = 1;
        state.Show(state.Frame, MaskView.OfClasses(new byte[] { 1, 2 }, 2, 1));
        Frame picture = Render(state);

        Assert.That(picture.At(79, 60).R, Is.GreaterThan(150));
        Assert.That(picture.At(80, 60).B, Is.GreaterThan(150));
        Assert.That(picture.At(40, 60), Is.EqualTo(Black));
    }

    [Test]
    public void Without_opacity_there_is_only_the_video(
        [Values(
            "video", "mask", "contours", "both",
            "confidence")]
        string view,
        [Values] MaskKind kind)
    {
        ViewerState state = WithHalves(Views.Find(view)!, kind: kind);
        state.Opacity = 0;
        Frame picture = Render(state);
        Assert.That(picture.Pixels.IndexOfAnyExcept((byte)100), Is.EqualTo(-1));
    }

    [Test]
    public void Off_shows_only_the_video()
    {
        ViewerState state = WithHalves(Views.Video);
        state.Opacity = 1;
        Assert.That(Render(state).Pixels.IndexOfAnyExcept((byte)100), Is.EqualTo(-1));
    }

    [Test]
    public void Mask_only_hides_the_video()
    {
        Frame picture = Render(WithHalves(Views.MaskOnly));
        Assert.That(picture.At(20, 60), Is.EqualTo(Black));
        Assert.That(
            Pictures.Distance(picture.At(140, 60), (250, 10, 20)), Is.LessThanOrEqualTo(Tolerance));
    }

    [Test]
    public void Heat_map_runs_from_violet_to_yellow()
    {
        ViewerState state = WithHalves(Views.Confidence, kind: MaskKind.Probability);
        state.Opacity = 1;
        Frame picture = Render(state);
        // The ends of viridis; the polynomial is allowed 5.
        Assert.That(Pictures.Distance(picture.At(20, 60), (68, 1, 84)), Is.AtMost(5));
        Assert.That(Pictures.Distance(picture.At(140, 60), (253, 231, 37)), Is.AtMost(5));
    }

    [Test]
    public void Heat_map_of_classes_is_their_mask()
    {
        byte[] mask = Render(WithHalves(Views.Mask)).Pixels.ToArray();
        Assert.That(Render(WithHalves(Views.Confidence)).Pixels.SequenceEqual(mask), Is.True);
    }

    [Test]
    public void Probability_mask_is_smooth_and_ends_at_its_threshold()
    {
        ViewerState state = Plain(Pictures.Make(160, 40, PixelFormat.Rgb24, (_, _) => (0, 0, 0)));
        state.Palette[1] = (200, 200, 200, 255);
        state.View = Views.MaskOnly;
        // Rises from 0 at pixel 40 (middle of the first texel) to 1 at pixel 120.
        foreach ((float threshold, int border) in new[] { (0.25f, 60), (0.5f, 80), (0.75f, 100) })
        {
            state.Show(state.Frame, MaskView.OfProbability(new byte[] { 0, 255 }, 2, 1, threshold));
            Frame picture = Render(state);
            Assert.That(picture.At(border - 3, 20), Is.EqualTo(Black));
            Assert.That(picture.At(border + 2, 20).R, Is.InRange(198, 202));
        }
    }

    [Test]
    public void Changed_pixels_and_colours_are_drawn_when_shown_again()
    {
        byte[] classes = [0, 1];
        ViewerState state = WithHalves(Views.MaskOnly);
        state.Show(state.Frame, MaskView.OfClasses(classes, 2, 1));
        Assert.That(Render(state).At(140, 60).R, Is.InRange(247, 253));

        (classes[0], classes[1]) = (1, 0);
        state.Palette[1] = (10, 250, 20, 255);
        state.Show(state.Frame, state.Mask);
        Frame picture = Render(state);
        Assert.That(picture.At(140, 60), Is.EqualTo(Black));
        Assert.That(Pictures.Distance(picture.At(20, 60), (10, 250, 20)), Is.LessThanOrEqualTo(3));
    }

    [Test]
    public void Nothing_to_show_is_black()
    {
        var state = new ViewerState { ShowHud = false };
        var picture = new Frame();
        Assert.That(() => _renderer.Render(state, picture), Throws.InvalidOperationException);
        _renderer.Render(state, picture, 50, 40);
        Assert.That(picture.Pixels.IndexOfAnyExcept((byte)0), Is.EqualTo(-1));
    }

    [Test]
    public void Frame_too_large_for_opengl_is_named()
    {
        var wide = new Frame();
        wide.Resize(1 << 17, 1, PixelFormat.Gray8);
        Assert.That(
            () => _renderer.Render(Plain(wide), new Frame(), 100, 100),
            Throws.TypeOf<ViewerException>().With.Message.Contains("the frame is 131072x1"));
        // The renderer goes on with the next frame.
        Frame picture = Render(WithHalves(Views.Video));
        Assert.That(picture.At(5, 5), Is.EqualTo((100, 100, 100)));
    }

    [Test]
    public void Other_pixel_formats_are_refused_as_a_target() =>
        Assert.That(
            () => _renderer.Render(
                Plain(Pictures.QuarterFrame(8, 8)), new Frame(), 8, 8, PixelFormat.Bgr24),
            Throws.ArgumentException);

    [Test]
    public void OpenGl_es_draws_the_same_picture()
    {
        using var embedded = new HeadlessRenderer(HeadlessContext.CreateEmbedded());
        Assert.That(embedded.Description, Does.Contain("OpenGL ES"));
        foreach (View view in Views.All)
        {
            ViewerState state = WithHalves(view, kind: MaskKind.Probability);
            state.ShowHud = true;
            state.ShowHelp = true;
            byte[] expected = Render(state, 320, 240).Pixels.ToArray();
            var picture = new Frame();
            embedded.Render(state, picture, 320, 240);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.That(
                    Math.Abs(picture.Pixels[i] - expected[i]), Is.AtMost(2), $"{view}, byte {i}");
            }
        }
    }

    internal static ViewerState Plain(Frame frame)
    {
        var state = new ViewerState { ShowHud = false };
        state.Show(frame);
        return state;
    }

    /// <summary>
    /// A grey frame of 160x120 whose right half is class 1, or has probability 1.
    /// </summary>
    internal static ViewerState WithHalves(
        View view, int maskWidth = 8, MaskKind kind = MaskKind.Classes)
    {
        ViewerState state = Plain(Gray(160, 120));
        state.Palette[1] = (250, 10, 20, 255);
        state.View = view;
        int height = maskWidth * 3 / 4;
        byte inside = (byte)(kind == MaskKind.Probability ? 255 : 1);
        byte[] values = new byte[maskWidth * height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % maskWidth >= maskWidth / 2 ? inside : (byte)0;
        }

        state.Show(state.Frame, kind == MaskKind.Probability
            ? MaskView.OfProbability(values, maskWidth, height)
            : MaskView.OfClasses(values, maskWidth, height));
        return state;
    }

    private static Frame Gray(int width, int height) =>
        Pictures.Make(width, height, PixelFormat.Rgb24, (_, _) => (100, 100, 100));

    private static (int R, int G, int B) Blend(
        (int R, int G, int B) under, (int R, int G, int B) over, float opacity) =>
        ((int)MathF.Round(under.R + (over.R - under.R) * opacity),
            (int)MathF.Round(under.G + (over.G - under.G) * opacity),
            (int)MathF.Round(under.B + (over.B - under.B) * opacity));

    private Frame Render(ViewerState state, int width = 160, int height = 0)
    {
        var picture = new Frame();
        _renderer.Render(
            state, picture, width,
            height > 0 ? height : 160 * state.Frame!.Height / state.Frame.Width);
        return picture;
    }
}
