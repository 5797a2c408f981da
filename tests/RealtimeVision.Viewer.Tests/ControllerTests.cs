namespace RealtimeVision.Viewer.Tests;

/// <summary>Keys, state and views, without OpenGL.</summary>
public sealed class ControllerTests
{
    private ViewerState _state = null!;
    private ViewerController _controller = null!;

    [SetUp]
    public void Create()
    {
        _state = new ViewerState();
        _controller = new ViewerController(_state);
    }

    [Test]
    public void Digits_choose_the_view()
    {
        for (int i = 0; i < 9; i++)
        {
            _controller.Press(ViewerKey.D1 + i);
            Assert.That(_state.View, Is.SameAs(Views.All[i]));
        }
    }

    [Test]
    public void M_goes_through_the_views_that_the_stream_has_something_for()
    {
        Assert.That(Seen(), Is.EqualTo(new[] { Views.Video }));
        MaskView mask = MaskView.OfClasses(new byte[1], 1, 1);
        _state.Show(null, mask);
        Assert.That(Seen(), Is.EquivalentTo(Views.All.Take(5)));
        _state.Stream.Show(ViewPlane.Confidence, MaskView.OfProbability(new byte[1], 1, 1));
        _state.Stream.Show(ViewPlane.Truth, mask);
        Assert.That(Seen(), Is.EquivalentTo(Views.All.Take(8)));
        _state.Stream.HasNetworks = true;
        Assert.That(Seen(), Is.EquivalentTo(Views.All));

        HashSet<View> Seen()
        {
            var seen = new HashSet<View>();
            _state.View = Views.Video;
            do
            {
                seen.Add(_state.View);
                _controller.Press(ViewerKey.M);
            }
            while (_state.View != Views.Video);

            return seen;
        }
    }

    [Test]
    public void Views_are_found_by_their_names()
    {
        Assert.That(Views.All.Select(v => v.Id), Is.Unique);
        foreach (View view in Views.All)
        {
            Assert.That(Views.Find(view.Id.ToUpperInvariant()), Is.SameAs(view));
        }

        Assert.That(Views.Find("none"), Is.Null);
    }

    [TestCase(ViewerKey.Plus, ViewerKey.Minus)]
    [TestCase(ViewerKey.Up, ViewerKey.Down)]
    public void Opacity_changes_in_tenths_and_stays_within_0_and_1(ViewerKey more, ViewerKey less)
    {
        _controller.Press(more);
        Assert.That(_state.Opacity, Is.EqualTo(0.6f));
        for (int i = 0; i < 20; i++)
        {
            _controller.Press(more, repeated: true);
        }

        Assert.That(_state.Opacity, Is.EqualTo(1f));
        for (int i = 0; i < 20; i++)
        {
            _controller.Press(less, repeated: true);
        }

        Assert.That(_state.Opacity, Is.Zero);
    }

    [TestCase(float.NaN, 0)]
    [TestCase(-1, 0)]
    [TestCase(7, 1)]
    public void Opacity_is_clamped(float value, float expected)
    {
        _state.Opacity = value;
        Assert.That(_state.Opacity, Is.EqualTo(expected));
    }

    [Test]
    public void Switches_turn_on_and_off()
    {
        (ViewerKey Key, Func<bool> Read)[] switches =
        [
            (ViewerKey.H, () => _state.ShowHelp), (ViewerKey.U, () => _state.ShowHud),
            (ViewerKey.Space, () => _state.Paused),
            (ViewerKey.O, () => _state.ShowObjects), (ViewerKey.K, () => _state.ShowLegend),
            (ViewerKey.G, () => _state.ShowGraphs), (ViewerKey.I, () => _state.ShowInside), (ViewerKey.Z, () => _state.IsMaximised),
            (ViewerKey.V, () => _state.Split is not null),
            (ViewerKey.F, () => _controller.IsAsked(ViewerRequest.Fullscreen)),
            (ViewerKey.R, () => _controller.IsAsked(ViewerRequest.Record)),
            (ViewerKey.L, () => _controller.IsAsked(ViewerRequest.Loop)),
        ];
        foreach ((ViewerKey key, Func<bool> read) in switches)
        {
            bool before = read();
            _controller.Press(key);
            Assert.That(read(), Is.EqualTo(!before), $"{key}");
            _controller.Press(key, repeated: true);
            Assert.That(read(), Is.EqualTo(!before), $"{key} held");
            _controller.Press(key);
            Assert.That(read(), Is.EqualTo(before), $"{key} again");
        }
    }

    [TestCase(ViewerKey.P, ViewerRequest.Snapshot)]
    [TestCase(ViewerKey.R, ViewerRequest.Record)]
    [TestCase(ViewerKey.B, ViewerRequest.NextBackground)]
    [TestCase(ViewerKey.E, ViewerRequest.RefineEdges)]
    [TestCase(ViewerKey.C, ViewerRequest.Sources)]
    [TestCase(ViewerKey.N, ViewerRequest.Models)]
    [TestCase(ViewerKey.X, ViewerRequest.UndoLesson)]
    [TestCase(ViewerKey.A, ViewerRequest.SaveLesson)]
    [TestCase(ViewerKey.D, ViewerRequest.Devices)]
    [TestCase(ViewerKey.Y, ViewerRequest.Layers)]
    [TestCase(ViewerKey.W, ViewerRequest.NextClass)]
    public void Requests_are_taken_once(ViewerKey key, ViewerRequest request)
    {
        Assert.That(_controller.Take(request), Is.False);
        _controller.Press(key);
        Assert.That(_controller.IsAsked(request), Is.True);
        Assert.That(_controller.Take(request), Is.True);
        Assert.That(_controller.Take(request), Is.False);
    }

    [Test]
    public void Every_key_of_the_map_is_in_the_help_and_means_one_thing()
    {
        ViewerKey[] keys = [.. KeyMap.All.SelectMany(c => c.Keys)];
        Assert.That(keys, Is.Unique);
        Assert.That(
            Enum.GetValues<ViewerKey>().Except(keys), Is.EqualTo(new[] { ViewerKey.Enter }));
        Assert.That(ViewerController.Help.Select(h => h.Action), Is.Unique);
    }

    [Test]
    public void Numbers_teach_while_they_are_held()
    {
        View view = _state.View;
        _controller.Press(ViewerKey.T);
        Assert.That(_state.IsTeaching, Is.False, "nothing can be taught");
        _state.CanTeach = true;
        _controller.Press(ViewerKey.T);
        _controller.Press(ViewerKey.D3);
        _controller.Press(ViewerKey.D3, repeated: true);
        Assert.That((_controller.HeldNumber, _state.View), Is.EqualTo(((int?)3, view)));
        _controller.Release(ViewerKey.D2);
        Assert.That(_controller.HeldNumber, Is.EqualTo(3), "another key");
        _controller.Release(ViewerKey.D3);
        Assert.That(_controller.HeldNumber, Is.Null);
        _controller.Press(ViewerKey.D4);
        _controller.Press(ViewerKey.T);
        Assert.That((_controller.HeldNumber, _state.IsTeaching), Is.EqualTo(((int?)null, false)));
        _controller.Press(ViewerKey.D1);
        Assert.That(_state.View, Is.SameAs(Views.Video));
    }

    [Test]
    public void Smoothing_is_counted_in_steps()
    {
        _controller.Press(ViewerKey.CloseBracket);
        _controller.Press(ViewerKey.CloseBracket, repeated: true);
        _controller.Press(ViewerKey.OpenBracket);
        Assert.That(_controller.TakeSmoothing(), Is.EqualTo(1));
        Assert.That(_controller.TakeSmoothing(), Is.Zero);
    }

    [Test]
    public void Arrows_seek_by_five_seconds_within_the_file()
    {
        _controller.Press(ViewerKey.Left);
        Assert.That(_controller.TakeSeek(), Is.Null, "a stream without an end");
        _state.Stream.Position = new StreamPosition(
            TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(20), IsLooping: false);
        _controller.Press(ViewerKey.Left);
        Assert.That(_controller.TakeSeek(), Is.EqualTo(TimeSpan.FromSeconds(2)));
        _controller.Press(ViewerKey.Left);
        _controller.Press(ViewerKey.Left, repeated: true);
        Assert.That(_controller.TakeSeek(), Is.EqualTo(TimeSpan.Zero));
        for (int i = 0; i < 5; i++)
        {
            _controller.Press(ViewerKey.Right);
        }

        Assert.That(_controller.TakeSeek(), Is.EqualTo(TimeSpan.FromSeconds(20)));
        Assert.That(_controller.TakeSeek(), Is.Null);
    }

    [Test]
    public void Messages_end()
    {
        _state.Say("hello", TimeSpan.FromSeconds(10));
        _state.Tick(TimeSpan.FromSeconds(12));
        Assert.That(_state.Message, Is.EqualTo("hello"));
        _state.Tick(TimeSpan.FromSeconds(10) + ViewerState.MessageTime);
        Assert.That(_state.Message, Is.Null);
    }

    [Test]
    public void History_keeps_the_newest()
    {
        var history = new PlotHistory("motion", ["left", "right"], 3);
        Assert.That(() => history[0, 0], Throws.InstanceOf<ArgumentOutOfRangeException>());
        for (int i = 0; i < 5; i++)
        {
            history.Add([i, -i]);
        }

        Assert.That(history.Count, Is.EqualTo(3));
        Assert.That(Enumerable.Range(0, 3).Select(i => history[0, i]), Is.EqualTo(new[] { 2f, 3, 4 }));
        Assert.That(history[1, 2], Is.EqualTo(-4));
        Assert.That(() => history.Add([1]), Throws.ArgumentException);
        history.Clear();
        Assert.That(history.Count, Is.Zero);
    }

    [TestCase(0.4f, 0.5f)]
    [TestCase(1, 1)]
    [TestCase(1.3f, 2)]
    [TestCase(3, 5)]
    [TestCase(17, 20)]
    [TestCase(51, 100)]
    public void Axis_ends_at_a_round_number(float value, float expected) =>
        Assert.That(PlotsPanel.RoundUp(value), Is.EqualTo(expected).Within(1e-6f));

    [Test]
    public void Class_under_the_cursor_is_said_with_what_is_really_there()
    {
        StreamView stream = _state.Stream;
        Assert.That(At(0.9f), Is.Empty);
        stream.ClassNames = ["road", "car"];
        stream.Show(null, MaskView.OfClasses(new byte[] { 0, 1, 2 }, 3, 1));
        Assert.That(At(0.1f), Is.EqualTo("road"));
        Assert.That(At(0.5f), Is.EqualTo("car"));
        Assert.That(At(1), Is.EqualTo("class 2"));
        stream.Show(ViewPlane.Confidence, MaskView.OfProbability(new byte[] { 255, 51, 0 }, 3, 1));
        stream.Show(ViewPlane.Truth, MaskView.OfClasses(new byte[] { 1 }, 1, 1));
        Assert.That(At(0.1f), Is.EqualTo("road  100 %  really car"));
        Assert.That(At(0.5f), Is.EqualTo("car  20 %  right"));

        string At(float u) =>
            CursorPanel.Describe(Views.Mask, stream, u, 0.5f, new char[64], out _).ToString();
    }

    [Test]
    public void Class_that_is_not_there_is_as_sure_as_the_one_that_is_is_not()
    {
        StreamView stream = _state.Stream;
        stream.ClassNames = ["background", "person"];
        stream.Show(null, MaskView.OfProbability(new byte[] { 0, 51, 255 }, 3, 1));
        Assert.That(
            new[] { 0.1f, 0.5f, 0.9f }.Select(At),
            Is.EqualTo(new[] { "background  100 %", "background  80 %", "person  100 %" }));

        string At(float u) =>
            CursorPanel.Describe(Views.Mask, stream, u, 0.5f, new char[64], out _).ToString();
    }

    [Test]
    public void Map_under_the_cursor_is_numbered()
    {
        StreamView stream = _state.Stream;
        stream.Show(null, MaskView.OfClasses(new byte[1], 1, 1));
        Assert.That(At(0.1f, 0.1f), Is.Empty, "nothing is shown yet");
        stream.Show(ViewPlane.FeatureMaps, MaskView.OfProbability(new byte[1], 1, 1));
        stream.Tiles = (3, 2, 5);
        Assert.That(At(0, 0), Is.EqualTo("map 0"));
        Assert.That(At(0.9f, 0.4f), Is.EqualTo("map 2"));
        Assert.That(At(0.5f, 1), Is.EqualTo("map 4"));
        Assert.That(At(1, 1), Is.Empty);

        string At(float u, float v) => CursorPanel
            .Describe(Views.FeatureMaps, stream, u, v, new char[64], out _).ToString();
    }

    [Test]
    public void M_finds_errors_and_truth_before_they_are_asked_for()
    {
        _state.Show(null, MaskView.OfClasses(new byte[1], 1, 1));
        _state.View = Views.MaskOnly;
        _controller.Press(ViewerKey.M);
        Assert.That(_state.View, Is.SameAs(Views.Video));
        _state.Stream.HasTruth = true;
        _state.View = Views.MaskOnly;
        _controller.Press(ViewerKey.M);
        Assert.That(_state.View, Is.SameAs(Views.Difference));
        _controller.Press(ViewerKey.M);
        Assert.That(_state.View, Is.SameAs(Views.Truth));
    }

    [TestCase(ViewerKey.S)]
    [TestCase(ViewerKey.Right)]
    public void Step_pauses_and_counts_each_press(ViewerKey key)
    {
        _state.Paused = key == ViewerKey.Right;
        _controller.Press(key);
        _controller.Press(key, repeated: true);
        Assert.That(_state.Paused, Is.True);
        Assert.That(_controller.TakeStep(), Is.True);
        Assert.That(_controller.TakeStep(), Is.True);
        Assert.That(_controller.TakeStep(), Is.False);

        _controller.Press(key);
        _controller.Press(ViewerKey.Space);
        Assert.That(_state.Paused, Is.False);
        Assert.That(_controller.TakeStep(), Is.False, "a running stream needs no steps");
    }

    [Test]
    public void Escape_closes_the_help_first_and_then_quits()
    {
        _controller.Press(ViewerKey.H);
        _controller.Press(ViewerKey.Escape);
        Assert.That((_state.ShowHelp, _controller.QuitRequested), Is.EqualTo((false, false)));
        _controller.Press(ViewerKey.Escape);
        Assert.That(_controller.QuitRequested, Is.True);
    }

    [Test]
    public void Q_quits()
    {
        _controller.Press(ViewerKey.Q);
        Assert.That(_controller.QuitRequested, Is.True);
    }

    [TestCase(32, '\0', ViewerKey.Space)]
    [TestCase(256, '\0', ViewerKey.Escape)]
    [TestCase(49, '1', ViewerKey.D1)]
    [TestCase(54, '6', ViewerKey.D6)]
    [TestCase(57, '9', ViewerKey.D9)]
    [TestCase(58, '0', null)]
    [TestCase(91, '[', ViewerKey.OpenBracket)]
    [TestCase(258, '\0', ViewerKey.Tab)]
    [TestCase(335, '\0', ViewerKey.Enter)]
    [TestCase(49, '&', ViewerKey.D1, Description = "French keyboards have signs there")]
    [TestCase(321, '1', ViewerKey.D1)]
    [TestCase(334, '+', ViewerKey.Plus)]
    [TestCase(61, '=', ViewerKey.Plus)]
    [TestCase(93, '+', ViewerKey.Plus, Description = "German keyboards have plus there")]
    [TestCase(45, '-', ViewerKey.Minus)]
    [TestCase(65, 'q', ViewerKey.Q, Description = "French keyboards have q where others have a")]
    [TestCase(81, 'j', null)]
    [TestCase(262, '\0', ViewerKey.Right)]
    [TestCase(290, '\0', null)]
    public void Keys_are_known_by_what_is_printed_on_them(
        int key, char name, ViewerKey? expected) =>
        Assert.That(ViewerWindow.KeyOf(key, name), Is.EqualTo(expected));

    [Test]
    public void Numbers_are_taken_four_times_a_second()
    {
        int taken = 0;
        for (int ms = 0; ms < 2000; ms += 10)
        {
            taken += _state.Stream.UpdateHud(
                new HudValues { FrameRate = ms }, TimeSpan.FromMilliseconds(ms)) ? 1 : 0;
        }

        Assert.That(taken, Is.EqualTo(8));
        Assert.That(_state.Hud.FrameRate, Is.EqualTo(1750));
    }

    [Test]
    public void Mask_is_a_view_of_the_callers_bytes()
    {
        byte[] values = [0, 1, 2, 3, 4, 5];
        MaskView mask = MaskView.OfClasses(values, 3, 2);
        values[4] = 9;
        Assert.That(mask.Values.Span[4], Is.EqualTo(9));
        Assert.That(
            () => MaskView.OfClasses(values, 4, 2),
            Throws.ArgumentException.With.Message.Contains("4x2 has 8 bytes, not 6"));
        Assert.That(
            () => MaskView.OfProbability(values, 0, 2), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Palette_hides_the_background_and_tells_neighbours_apart()
    {
        var palette = new Palette();
        Assert.That(palette[0].Alpha, Is.Zero);
        for (int i = 1; i < 20; i++)
        {
            Assert.That(palette[i].Alpha, Is.EqualTo(255));
            Assert.That(
                Pictures.Distance(Rgb(palette[i]), Rgb(palette[i + 1])), Is.GreaterThan(60),
                $"{i}");
        }

        Assert.That(() => palette[256], Throws.InstanceOf<ArgumentOutOfRangeException>());

        static (int R, int G, int B) Rgb((byte R, byte G, byte B, byte A) c) => (c.R, c.G, c.B);
    }
}
