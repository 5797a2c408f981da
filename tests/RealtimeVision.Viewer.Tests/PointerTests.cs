namespace RealtimeVision.Viewer.Tests;

/// <summary>Menus and the mouse, without OpenGL.</summary>
public sealed class PointerTests
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
    public void Menu_takes_keys_and_gives_a_choice()
    {
        _state.Menu = new ViewerMenu(
            "Devices", [new("cpu"), new("opencl:0", "", IsCurrent: true), new("cuda:0")]);
        Assert.That(_state.Menu.Selected, Is.EqualTo(1));
        _controller.Press(ViewerKey.Down);
        _controller.Press(ViewerKey.Down);
        Assert.That(_state.Menu.Selected, Is.Zero);
        _controller.Press(ViewerKey.Up);
        Assert.That(_state.Opacity, Is.EqualTo(0.5f), "arrows are the menu's");
        _controller.Press(ViewerKey.Enter);
        ViewerMenu open = _state.Menu!;
        Assert.That(_controller.TryTakeChoice(out ViewerMenu? menu, out int index), Is.True);
        Assert.That((menu, index), Is.EqualTo((open, 2)));
        Assert.That(_state.Menu, Is.Null);
        Assert.That(_controller.TryTakeChoice(out _, out _), Is.False);

        _state.Menu = open;
        _controller.Press(ViewerKey.Escape);
        Assert.That((_state.Menu, _controller.QuitRequested), Is.EqualTo(((object?)null, false)));
    }

    [Test]
    public void Menu_without_choices_can_only_be_closed()
    {
        _state.Menu = new ViewerMenu("Devices", []);
        _controller.Press(ViewerKey.Down);
        _controller.Press(ViewerKey.Enter);
        Assert.That(_controller.TryTakeChoice(out _, out _), Is.False);
        Assert.That(_state.Menu, Is.Not.Null);
    }

    [TestCase(0, 0)]
    [TestCase(9, 7)]
    [TestCase(19, 15)]
    public void Menu_that_is_too_long_shows_what_is_selected(int selected, int first)
    {
        var menu = new ViewerMenu("Files", [.. Enumerable.Range(0, 20).Select(i => new ViewerMenuItem($"{i}"))]);
        menu.Select(selected);
        Assert.That(menu.FirstShown(5), Is.EqualTo(first));
        Assert.That(menu.FirstShown(50), Is.Zero);
    }

    [Test]
    public void Mouse_chooses_from_a_menu_or_closes_it()
    {
        _state.Menu = new ViewerMenu("Devices", [new("cpu"), new("cuda:0")]);
        _state.HotSpots.Add(HotSpotKind.Stream, 0, new(0, 0, 100, 100));
        _state.HotSpots.Add(HotSpotKind.MenuItem, 0, new(10, 10, 50, 20));
        _state.HotSpots.Add(HotSpotKind.MenuItem, 1, new(10, 30, 50, 20));
        _controller.MoveTo(20, 35);
        Assert.That(_state.Menu.Selected, Is.EqualTo(1));
        _controller.PressButton(TimeSpan.Zero);
        Assert.That(_controller.TryTakeChoice(out _, out int index), Is.True);
        Assert.That(index, Is.EqualTo(1));

        _state.Menu = new ViewerMenu("Devices", [new("cpu")]);
        _controller.MoveTo(90, 90);
        _controller.PressButton(TimeSpan.FromSeconds(9));
        Assert.That(_state.Menu, Is.Null);
        Assert.That(_controller.TryTakeChoice(out _, out _), Is.False);
    }

    [Test]
    public void Menu_stays_where_it_is_while_the_mouse_goes_over_it()
    {
        ViewerMenu menu = Long();
        menu.Select(20);
        int first = menu.FirstShown(6);
        foreach (int under in new[] { first, first + 5, first + 2 })
        {
            menu.Select(under);
            Assert.That(menu.FirstShown(6), Is.EqualTo(first));
        }

        menu.Select(first);
        menu.Move(-1);
        Assert.That(menu.FirstShown(6), Is.EqualTo(first - 1), "a key goes on beyond what is seen");
    }

    [Test]
    public void Wheel_goes_through_a_long_menu_and_what_is_seen_is_selected()
    {
        ViewerMenu menu = Long();
        menu.FirstShown(6);
        menu.Scroll(1);
        Assert.That((menu.FirstShown(6), menu.Selected), Is.EqualTo((3, 3)));
        for (int i = 0; i < 30; i++)
        {
            menu.Scroll(1);
        }

        Assert.That((menu.FirstShown(6), menu.Selected), Is.EqualTo((34, 34)));
        menu.Scroll(-1);
        Assert.That((menu.FirstShown(6), menu.Selected), Is.EqualTo((31, 34)));
    }

    [TestCase("/a b/c.mp4", "/a b/c.mp4")]
    [TestCase("file:///a%20b/c.mp4\r\nfile:///d.mp4", "/a b/c.mp4")]
    [TestCase("\n  \"clip.mp4\" ", "clip.mp4")]
    [TestCase("rtsp://camera/1", "rtsp://camera/1")]
    [TestCase("/a%20b#1.mp4", "/a%20b#1.mp4")]
    [TestCase(" \n", null)]
    [Platform("Linux")]
    public void What_is_dropped_or_pasted_is_a_source(string text, string? expected)
    {
        _controller.Offer(text);
        Assert.That(_controller.TakeSource(), Is.EqualTo(expected));
        Assert.That(_controller.TakeSource(), Is.Null);
    }

    [Test]
    public void Mouse_drags_the_split_and_the_time()
    {
        _state.Split = 0.5f;
        _state.Stream.Position = new StreamPosition(default, TimeSpan.FromSeconds(10), false);
        _state.HotSpots.Add(HotSpotKind.Stream, 0, new(100, 0, 200, 100));
        _state.HotSpots.Add(HotSpotKind.Split, 0, new(190, 0, 20, 100));
        _state.HotSpots.Add(HotSpotKind.Seek, 0, new(100, 100, 200, 20));
        _controller.MoveTo(200, 50);
        _controller.PressButton(TimeSpan.Zero);
        _controller.MoveTo(150, 50);
        Assert.That(_state.Split, Is.EqualTo(0.25f));
        _controller.MoveTo(1000, 50);
        Assert.That(_state.Split, Is.EqualTo(1f));
        _controller.ReleaseButton();
        _controller.MoveTo(150, 110);
        Assert.That(_state.Split, Is.EqualTo(1f));
        _controller.PressButton(TimeSpan.FromSeconds(1));
        Assert.That(_controller.TakeSeek(), Is.EqualTo(TimeSpan.FromSeconds(2.5)));
        _controller.MoveTo(300, 0);
        Assert.That(_controller.TakeSeek(), Is.EqualTo(TimeSpan.FromSeconds(10)));
        _controller.Leave();
        _controller.MoveTo(150, 110);
        Assert.That(_controller.TakeSeek(), Is.Null);
    }

    [Test]
    public void Clicks_choose_a_stream_and_two_make_it_large()
    {
        _state.Streams.Add(new StreamView());
        _state.HotSpots.Add(HotSpotKind.Stream, 0, new(0, 0, 100, 100));
        _state.HotSpots.Add(HotSpotKind.Stream, 1, new(100, 0, 100, 100));
        _controller.MoveTo(150, 50);
        _controller.PressButton(TimeSpan.FromSeconds(1));
        Assert.That((_state.Focus, _state.IsMaximised), Is.EqualTo((1, false)));
        _controller.PressButton(TimeSpan.FromSeconds(1.2));
        Assert.That(_state.IsMaximised, Is.True);
        _controller.PressButton(TimeSpan.FromSeconds(1.4));
        Assert.That(_state.IsMaximised, Is.True, "a third click begins anew");
        _controller.Press(ViewerKey.Tab);
        Assert.That(_state.Focus, Is.Zero);
    }

    [Test]
    public void Wheel_changes_the_opacity_or_the_selection()
    {
        _controller.Scroll(-2.5f);
        Assert.That(_state.Opacity, Is.EqualTo(0.4f));
        _state.Menu = new ViewerMenu("Devices", [new("cpu"), new("cuda:0")]);
        _controller.Scroll(-1);
        Assert.That(_state.Menu.Selected, Is.EqualTo(1));
    }

    [Test]
    public void Wheel_and_arrows_go_through_the_help_while_it_is_shown()
    {
        _controller.Press(ViewerKey.H);
        _controller.Scroll(-1);
        _controller.Press(ViewerKey.Down);
        Assert.That((_state.HelpScroll, _state.Opacity), Is.EqualTo((2, 0.5f)));
        _controller.Scroll(1);
        _controller.Press(ViewerKey.Up);
        _controller.Press(ViewerKey.Up);
        Assert.That(_state.HelpScroll, Is.Zero);
        _controller.Press(ViewerKey.H);
        _controller.Press(ViewerKey.Down);
        Assert.That(_state.Opacity, Is.EqualTo(0.4f));
    }

    private static ViewerMenu Long() =>
        new("Layers", [.. Enumerable.Range(0, 40).Select(i => new ViewerMenuItem($"{i}"))]);
}
