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
    public void Digits_choose_the_overlay()
    {
        foreach (OverlayMode mode in Enum.GetValues<OverlayMode>())
        {
            _controller.Press(ViewerKey.D1 + (int)mode);
            Assert.That(_state.Mode, Is.EqualTo(mode));
        }
    }

    [Test]
    public void M_goes_through_all_overlays()
    {
        OverlayMode first = _state.Mode;
        var seen = new HashSet<OverlayMode>();
        do
        {
            _controller.Press(ViewerKey.M);
            seen.Add(_state.Mode);
        }
        while (_state.Mode != first);

        Assert.That(seen, Is.EquivalentTo(Enum.GetValues<OverlayMode>()));
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
            (ViewerKey.F, () => _controller.FullscreenToggled),
            (ViewerKey.R, () => _controller.RecordToggled),
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

    [Test]
    public void Requests_are_taken_once()
    {
        _controller.Press(ViewerKey.P);
        _controller.Press(ViewerKey.R);
        Assert.That(_controller.SnapshotRequested, Is.True);
        Assert.That(_controller.TakeSnapshotRequest(), Is.True);
        Assert.That(_controller.TakeSnapshotRequest(), Is.False);
        Assert.That(_controller.TakeRecordToggle(), Is.True);
        Assert.That(_controller.TakeRecordToggle(), Is.False);
        Assert.That(_controller.TakeFullscreenToggle(), Is.False);
        _controller.Press(ViewerKey.B);
        _controller.Press(ViewerKey.E);
        Assert.That(_controller.TakeBackgroundRequest(), Is.True);
        Assert.That(_controller.TakeBackgroundRequest(), Is.False);
        Assert.That(_controller.TakeRefineToggle(), Is.True);
        Assert.That(_controller.TakeRefineToggle(), Is.False);
    }

    [TestCase(ViewerKey.S)]
    [TestCase(ViewerKey.Right)]
    public void Step_pauses_and_counts_each_press(ViewerKey key)
    {
        _controller.Press(key);
        _controller.Press(key, repeated: true);
        Assert.That(_state.Paused, Is.True);
        Assert.That(_controller.TakeStepRequest(), Is.True);
        Assert.That(_controller.StepRequested, Is.True);
        Assert.That(_controller.TakeStepRequest(), Is.True);
        Assert.That(_controller.TakeStepRequest(), Is.False);

        _controller.Press(key);
        _controller.Press(ViewerKey.Space);
        Assert.That(_state.Paused, Is.False);
        Assert.That(_controller.StepRequested, Is.False, "a running stream needs no steps");
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
    [TestCase(55, '7', null)]
    [TestCase(49, '&', ViewerKey.D1, Description = "French keyboards have signs there")]
    [TestCase(321, '1', ViewerKey.D1)]
    [TestCase(334, '+', ViewerKey.Plus)]
    [TestCase(61, '=', ViewerKey.Plus)]
    [TestCase(93, '+', ViewerKey.Plus, Description = "German keyboards have plus there")]
    [TestCase(45, '-', ViewerKey.Minus)]
    [TestCase(65, 'q', ViewerKey.Q, Description = "French keyboards have q where others have a")]
    [TestCase(81, 'a', null)]
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
            taken += _state.UpdateHud(
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

    [Test]
    public void Letterbox_keeps_the_aspect_to_within_a_pixel() =>
        Assert.Multiple(() =>
        {
            for (int target = 1; target < 400; target += 7)
            {
                System.Numerics.Vector4 r = OverlayRenderer.Letterbox(160, 90, target, 211);
                Assert.That(
                    r.Z / r.W, Is.EqualTo(160f / 90).Within(160f / 90 / Math.Min(r.Z, r.W)));
                Assert.That(r.X + r.Z, Is.LessThanOrEqualTo(target));
                Assert.That(r.Y + r.W, Is.LessThanOrEqualTo(211));
            }
        });
}
