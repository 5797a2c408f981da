using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer.Tests;

/// <summary>Text and panels over the picture.</summary>
public sealed class HudTests
{
    private HeadlessRenderer _renderer = null!;

    [OneTimeSetUp]
    public void CreateRenderer() => _renderer = new HeadlessRenderer();

    [OneTimeTearDown]
    public void DisposeRenderer() => _renderer.Dispose();

    [Test]
    public void Numbers_stand_in_a_panel_at_the_top_left([Values(20, 128, 235)] int gray)
    {
        ViewerState state = Scene(gray);
        Frame picture = Render(state);

        // On any video the panel is dark and its text is bright.
        var panel = Region(picture, 20, 20, 230, 100);
        Assert.That(panel.Min(), Is.LessThan(90));
        Assert.That(panel.Max(), Is.GreaterThan(230));
        Assert.That(panel.Distinct().Count(), Is.GreaterThan(20), "smooth glyphs");
        Assert.That(
            Region(picture, 300, 100, 500, 300), Has.All.EqualTo(gray), "no text elsewhere");

        state.ShowHud = false;
        Assert.That(Region(Render(state), 0, 0, 640, 480), Has.All.EqualTo(gray));
    }

    [Test]
    public void Another_number_is_another_picture()
    {
        ViewerState state = Scene(80);
        byte[] before = Render(state).Pixels.ToArray();
        state.Hud = state.Hud with { FrameRate = 59.9 };
        byte[] after = Render(state).Pixels.ToArray();

        // Only the large number at the top changes.
        int[] rows = [.. Enumerable.Range(0, 480).Where(y =>
            !before.AsSpan(y * 1920, 1920).SequenceEqual(after.AsSpan(y * 1920, 1920)))];
        Assert.That(rows, Is.Not.Empty);
        Assert.That(rows, Has.All.InRange(20, 50));
    }

    [Test]
    public void There_is_no_rate_before_two_results()
    {
        ViewerState state = Scene(80);
        byte[] none = WithRate(0, processed: 1);
        Assert.That(none, Is.EqualTo(WithRate(0, processed: 0)), "of none neither");
        Assert.That(none, Is.Not.EqualTo(WithRate(0, processed: 2)), "nor is it 0");
        // A dash is one line in the middle of where digits would be.
        int[] lit = [.. Enumerable.Range(0, none.Length).Where(i => none[i] > 150).Select(i => i / 14)];
        Assert.That(lit, Is.Not.Empty);
        Assert.That(lit[^1] - lit[0], Is.LessThan(5));

        byte[] WithRate(double rate, long processed)
        {
            state.Hud = state.Hud with { FrameRate = rate, Processed = processed };
            return Region(Render(state), 26, 22, 40, 50);
        }
    }

    [Test]
    public void Background_and_edges_have_rows_of_their_own_where_there_are_any()
    {
        ViewerState state = Scene(80);
        byte[] without = Render(state).Pixels.ToArray();
        state.Stream.Background = "blur 3 %";
        byte[] unrefined = Render(state).Pixels.ToArray();
        state.Stream.EdgesAreRefined = true;
        byte[] refined = Render(state).Pixels.ToArray();
        int panel = LastRow(without, 80);
        Assert.That(LastRow(unrefined, 80), Is.GreaterThan(panel + 20));
        Assert.That(refined.AsSpan(0, panel * 1920).SequenceEqual(unrefined.AsSpan(0, panel * 1920)), Is.True);
        Assert.That(refined, Is.Not.EqualTo(unrefined));
    }

    [Test]
    public void Scores_have_rows_of_their_own_where_there_are_any()
    {
        ViewerState state = Scene(80);
        byte[] without = Render(state).Pixels.ToArray();
        state.Scores.Add(new ViewerScore("mean IoU", 0.913));
        byte[] good = Render(state).Pixels.ToArray();
        state.Scores[0] = new ViewerScore("mean IoU", 0.5);
        byte[] poor = Render(state).Pixels.ToArray();
        Assert.That(LastRow(good, 80), Is.InRange(LastRow(without, 80) + 10, LastRow(without, 80) + 30));
        Assert.That(poor, Is.Not.EqualTo(good));
    }

    [Test]
    public void Label_has_a_bar_as_long_as_its_probability()
    {
        ViewerState state = Scene(40);
        state.Labels.Add(new ViewerLabel("upright", 1));
        int full = BarLength(Render(state));
        state.Labels[0] = new ViewerLabel("upright", 0.5f);
        int half = BarLength(Render(state));

        Assert.That(full, Is.GreaterThan(150));
        Assert.That(half, Is.InRange(full / 2 - 3, full / 2 + 3));
    }

    [Test]
    public void Models_stand_before_their_labels()
    {
        ViewerState state = Scene(40);
        state.Labels.Add(new ViewerLabel("rain", 0.5f));
        byte[] alone = Render(state).Pixels.ToArray();
        state.Labels[0] = new ViewerLabel("rain", 0.5f, "weather");
        byte[] named = Render(state).Pixels.ToArray();
        state.Labels[0] = new ViewerLabel("rain", 0.5f, new string('W', 100));
        byte[] crowded = Render(state).Pixels.ToArray();

        // The text of the row changes, and nothing else does.
        foreach (byte[] picture in new[] { named, crowded })
        {
            Assert.That(picture, Is.Not.EqualTo(alone));
            int[] columns = [.. Enumerable.Range(0, alone.Length)
                .Where(i => picture[i] != alone[i]).Select(i => i % 1920 / 3)];
            Assert.That(columns, Has.All.InRange(26, 190));
        }
    }

    [TestCase("\u6F22\u5B57 \u0995 \U0001F600", TestName = "Label_of_other_scripts")]
    [TestCase("\uD800", TestName = "Label_that_is_half_a_character")]
    [TestCase("", TestName = "Label_without_text")]
    public void Label_of_any_text_is_drawn(string text)
    {
        ViewerState state = Scene(40);
        state.Labels.Add(new ViewerLabel(text, float.NaN));
        Assert.That(() => Render(state), Throws.Nothing);
    }

    [Test]
    public void Long_names_end_within_the_panel()
    {
        ViewerState state = Scene(40);
        state.Hud = state.Hud with { Model = new string('W', 300), Source = new string('i', 300) };
        state.Labels.Add(new ViewerLabel(new string('M', 300), 0.5f));
        Frame picture = Render(state);
        Assert.That(Region(picture, 12 + 320 + 1, 0, 640, 480), Has.All.EqualTo(40));
    }

    [Test]
    public void Marks_show_pause_and_recording()
    {
        ViewerState state = Scene(40);
        byte[] none = Corner(Render(state));
        state.Recording = true;
        Frame recording = Render(state);
        state.Paused = true;
        byte[] both = Corner(Render(state));

        Assert.That(none, Has.All.EqualTo(40));
        Assert.That(both, Is.Not.EqualTo(Corner(recording)));
        bool red = false;
        for (int x = 400; x < 640; x++)
        {
            (int r, int g, _) = recording.At(x, 26);
            red |= r > 200 && g < 90;
        }

        Assert.That(red, Is.True, "the red point of a recording");

        static byte[] Corner(Frame picture) => Region(picture, 400, 0, 640, 60);
    }

    [Test]
    public void Help_covers_the_middle([Values(320, 640, 1920)] int width)
    {
        ViewerState state = Scene(200);
        state.ShowHud = false;
        state.ShowHelp = true;
        var picture = new Frame();
        int height = width * 3 / 4;
        _renderer.Render(state, picture, width, height);
        byte[] middle = Region(picture, width / 4, height / 4, width * 3 / 4, height * 3 / 4);
        Assert.That(middle.Min(), Is.LessThan(60));
        Assert.That(middle.Max(), Is.GreaterThan(220));
    }

    [Test]
    public void Text_grows_with_the_content_scale()
    {
        ViewerState state = Scene(128);
        int plain = PanelHeight(Render(state));
        _renderer.ContentScale = 2;
        var picture = new Frame();
        _renderer.Render(state, picture, 1280, 960);
        _renderer.ContentScale = 0;
        Assert.That(PanelHeight(picture), Is.InRange(plain * 2 - 4, plain * 2 + 4));

        static int PanelHeight(Frame picture) =>
            Enumerable.Range(0, picture.Height).Count(y => picture.At(60, y) != (128, 128, 128));
    }

    [Test]
    public void Full_atlas_begins_anew()
    {
        ViewerState state = Scene(40);
        byte[] before = Render(state).Pixels.ToArray();
        // Every size of text is another set of glyphs; these do not fit at once.
        for (int i = 0; i < 40; i++)
        {
            _renderer.ContentScale = 1 + i * 0.2f;
            _renderer.Render(state, new Frame(), 1920, 1080);
        }

        _renderer.ContentScale = 0;
        Assert.That(Render(state).Pixels.SequenceEqual(before), Is.True);
    }

    internal static ViewerState Scene(int gray)
    {
        byte g = (byte)gray;
        var state = new ViewerState
        {
            View = Views.Video,
            Hud = new HudValues
            {
                FrameRate = 29.9,
                LatencyP50Ms = 12.3,
                LatencyP95Ms = 17.8,
                Processed = 1204,
                Dropped = 3,
                Device = "CPU, 2 threads",
                Model = "text-detection",
                Source = "camera:0",
            },
        };
        state.Show(Pictures.Make(640, 480, PixelFormat.Rgb24, (_, _) => (g, g, g)));
        return state;
    }

    [Test]
    public void What_is_there_for_a_moment_is_no_part_of_a_picture_that_is_kept()
    {
        ViewerState state = Scene(80);
        state.ShowHud = false;
        byte[] plain = Render(state).Pixels.ToArray();
        state.Say("saved", TimeSpan.Zero);
        state.Recording = state.ShowHelp = true;
        state.Cursor = (300, 300);
        state.Menu = new ViewerMenu("Devices", [new("cpu")]);
        Assert.That(Render(state).Pixels.SequenceEqual(plain), Is.False);
        state.HidesPassing = true;
        Assert.That(Render(state).Pixels.SequenceEqual(plain), Is.True);
    }

    [Test]
    public void Help_that_is_too_long_is_scrolled_through()
    {
        ViewerState state = Scene(80);
        state.ShowHelp = true;
        byte[] first = Render(state).Pixels.ToArray();
        state.HelpScroll = 3;
        Assert.That(Render(state).Pixels.SequenceEqual(first), Is.False);
        state.HelpScroll = 1000;
        Render(state);
        Assert.That(state.HelpScroll, Is.InRange(4, ViewerController.Help.Count), "the last page");
        var large = new Frame();
        _renderer.Render(state, large, 1600, 1200);
        Assert.That(state.HelpScroll, Is.Zero, "all fit");
    }

    [Test]
    public void Text_breaks_between_words()
    {
        using HeadlessContext context = HeadlessContext.Create();
        context.MakeCurrent();
        var device = new GlDevice(context.Gl);
        using (var atlas = new TextAtlas(device))
        using (var pictures = new PictureAtlas(device))
        {
            var batch = new HudBatch(atlas, pictures);
            var style = new TextStyle(Face.Regular, 13);
            const string Text = "one two three four-and-more five";
            float limit = batch.Measure("one two three", style) + 1;
            Assert.That(Lines(8), Is.EqualTo(new[] { "one two three", "four-and-more", "five" }));
            Assert.That(Lines(2), Is.EqualTo(new[] { "one two three", "four-and-more five" }));

            string[] Lines(int most)
            {
                var ranges = new Range[most];
                int count = batch.Wrap(Text, style, limit, ranges);
                return [.. ranges.Take(count).Select(range => Text[range])];
            }
        }

        context.Release();
    }

    [Test]
    public void Small_pictures_have_the_rate_alone()
    {
        ViewerState state = Scene(80);
        var picture = new Frame();
        _renderer.Render(state, picture, 200, 150);
        byte[] lower = Region(picture, 0, 60, 200, 150);
        Assert.That(Region(picture, 0, 0, 200, 60).Max(), Is.GreaterThan(230));
        Assert.That(lower, Has.All.EqualTo(80), "there is a picture to see");
    }

    [Test]
    public void Legend_of_a_heat_map_is_its_scale()
    {
        ViewerState state = Scene(80);
        state.ShowHud = false;
        state.ShowLegend = true;
        state.Opacity = 0;
        state.Show(state.Frame, MaskView.OfClasses(new byte[1], 1, 1));
        state.Stream.ClassNames = ["road"];
        state.Stream.Show(ViewPlane.Confidence, MaskView.OfProbability(new byte[1], 1, 1));
        state.View = Views.Confidence;
        Frame picture = Render(state);
        (int R, int G, int B)[] colours =
            [.. Enumerable.Range(400, 240).Select(x => picture.At(x, 435))];
        Assert.That(colours.Min(c => Pictures.Distance(c, (68, 1, 84))), Is.LessThan(20), "violet");
        Assert.That(colours.Min(c => Pictures.Distance(c, (253, 231, 37))), Is.LessThan(20), "yellow");
        state.View = Views.Mask;
        picture = Render(state);
        Assert.That(
            Enumerable.Range(400, 240).Min(x => Pictures.Distance(picture.At(x, 435), (253, 231, 37))),
            Is.GreaterThan(100));
    }

    [TestCase("END")]
    [TestCase("preparing")]
    [TestCase("problem")]
    public void Marks_say_what_is_up(string what)
    {
        ViewerState state = Scene(80);
        state.View = Views.GradCam;
        byte[] plain = Render(state).Pixels.ToArray();
        state.Stream.HasEnded = what == "END";
        state.Stream.Preparing = what == "preparing" ? "cuda:0" : null;
        state.Stream.NetworkProblem = what == "problem" ? "no maps" : null;
        byte[] marked = Render(state).Pixels.ToArray();
        int[] rows = [.. Enumerable.Range(0, 480).Where(y =>
            !plain.AsSpan(y * 1920, 1920).SequenceEqual(marked.AsSpan(y * 1920, 1920)))];
        Assert.That(rows, Is.Not.Empty.And.All.InRange(10, 42));
    }

    /// <summary>The red channel of a part of the picture.</summary>
    private static int LastRow(byte[] picture, byte gray) =>
        Enumerable.Range(0, 480).Last(y => picture.AsSpan(y * 1920, 600).ContainsAnyExcept(gray));

    private static byte[] Region(Frame picture, int left, int top, int right, int bottom)
    {
        var values = new List<byte>();
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                values.Add((byte)picture.At(x, y).R);
            }
        }

        return [.. values];
    }

    /// <summary>Longest run of the accent colour in the lower left of the picture.</summary>
    private static int BarLength(Frame picture)
    {
        int longest = 0;
        for (int y = 400; y < 480; y++)
        {
            int count = Enumerable.Range(0, 260)
                .Count(x => Pictures.Distance(picture.At(x, y), (0x5E, 0xEA, 0xD4)) < 8);
            longest = Math.Max(longest, count);
        }

        return longest;
    }

    private Frame Render(ViewerState state)
    {
        var picture = new Frame();
        _renderer.Render(state, picture, 640, 480);
        return picture;
    }
}
