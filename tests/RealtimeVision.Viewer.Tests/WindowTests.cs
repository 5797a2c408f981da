using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer.Tests;

/// <summary>A real window, on the display there is or one of Xvfb's.</summary>
[NonParallelizable]
public sealed class WindowTests
{
    private VirtualDisplay? _display;

    [OneTimeSetUp]
    public void StartDisplay()
    {
        if (OperatingSystem.IsLinux() && string.IsNullOrEmpty(VirtualDisplay.Current))
        {
            _display = new VirtualDisplay(1024, 768);
        }
    }

    [OneTimeTearDown]
    public void StopDisplay() => _display?.Dispose();

    [Test]
    [Platform("Linux")]
    public void Window_shows_the_frame_upright_and_letterboxed()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        using var screen = new X11Client(window);
        var state = new ViewerState { ShowHud = false };
        state.Show(Pictures.QuarterFrame(200, 100));
        Assert.That(window.FramebufferSize, Is.EqualTo((640, 480)));

        (int X, int Y)[] corners = [(0, 80), (639, 80), (0, 399), (639, 399)];
        Until(
            window,
            () =>
            {
                window.Render(state);
                return screen.PixelAt(0, 80) == Pictures.Quarters[0];
            },
            "the frame on the screen");
        for (int i = 0; i < 4; i++)
        {
            (int r, int g, int b) expected = Pictures.Quarters[i];
            Assert.That(
                screen.PixelAt(corners[i].X, corners[i].Y), Is.EqualTo(expected), $"corner {i}");
        }

        Assert.That(screen.PixelAt(0, 79), Is.EqualTo((0, 0, 0)), "the bar above");
        Assert.That(screen.PixelAt(639, 400), Is.EqualTo((0, 0, 0)), "the bar below");
    }

    [Test]
    public void A_window_of_ones_own_is_drawn_by_its_owner()
    {
        using var window = new GlWindow("Test", 320, 240, verticalSync: false);
        window.PollEvents();
        Assert.That(window.IsClosing, Is.False);
        (int width, int height) = window.FramebufferSize;
        Assert.That((width, height), Is.EqualTo((320, 240)));
        window.Gl.ClearColor(0, 1, 0, 1);
        window.Gl.Clear(Silk.NET.OpenGL.ClearBufferMask.ColorBufferBit);
        using (var readback = new FrameReadback(window.Gl))
        {
            var frame = new Frame();
            Assert.That(readback.Begin(width, height, default, 7), Is.True);
            Assert.That(
                SpinWait.SpinUntil(() => readback.TryTake(frame), TimeSpan.FromSeconds(30)), Is.True);
            Assert.That(frame.Pixels[..4].ToArray(), Is.EqualTo(new byte[] { 0, 255, 0, 255 }));
        }

        window.SwapBuffers();
    }

    [Test]
    public void Window_follows_its_size()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        ViewerState state = HudTests.Scene(90);
        foreach ((int width, int height) in new[] { (400, 600), (800, 300), (1, 1), (500, 500) })
        {
            window.Resize(width, height);
            (int, int) expected = (Math.Max(width, 320), Math.Max(height, 240));
            Until(window, () => window.FramebufferSize == expected, $"{expected}");
            Assert.That(() => window.Render(state), Throws.Nothing);
        }
    }

    [Test]
    public void After_warming_up_a_picture_makes_nothing_new()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        ViewerState state = HudTests.Scene(90);
        state.View = Views.MaskAndContours;
        window.WarmUp(state);
        int objects = window.LiveObjects;
        state.Show(state.Frame!, MaskView.OfClasses(new byte[64 * 48], 64, 48));
        window.Render(state);
        Assert.That(window.LiveObjects, Is.EqualTo(objects));
    }

    [Test]
    public void A_window_knows_whether_the_cpu_draws_it()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        bool isMesas = window.Description.Contains("llvmpipe", StringComparison.Ordinal)
            || window.Description.Contains("softpipe", StringComparison.Ordinal);
        Assert.That(window.IsDrawnByCpu, Is.EqualTo(isMesas), window.Description);
    }

    [Test]
    public void Resizing_again_and_again_leaves_nothing_behind()
    {
        int turns = Environment.GetEnvironmentVariable("RTV_TEST_TIER") == "all" ? 1000 : 40;
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        ViewerState state = HudTests.Scene(90);
        state.Stream.HasNetworks = true;
        byte[] values = new byte[64 * 48];
        (int Objects, int Files, int Threads, long Bytes) before = default;
        for (int i = 0; i < turns; i++)
        {
            (int width, int height) = (320 + (i * 37 % 500), 240 + (i * 53 % 400));
            window.Resize(width, height);
            Until(window, () => window.FramebufferSize == (width, height), $"{width}x{height}");

            // A frame of another size each time, with all that can lie over it.
            state.Show(
                Pictures.Make(64 + (i % 40), 48, PixelFormat.Rgb24, (_, _) => (90, 90, 90)),
                MaskView.OfClasses(values, 64, 48));
            state.Stream.Show(ViewPlane.Truth, MaskView.OfClasses(values, 64, 48));
            state.Stream.Show(ViewPlane.Confidence, MaskView.OfProbability(values, 64, 48));
            state.Stream.Show(ViewPlane.ClassMap, MaskView.OfProbability(values, 64, 48));
            state.Stream.Show(ViewPlane.FeatureMaps, MaskView.OfProbability(values, 64, 48));
            state.ShowHelp = i % 7 == 0;
            state.View = Views.All[i % Views.All.Count];
            window.Render(state);
            before = i == turns / 2 ? Held() : before;
        }

        var after = Held();
        TestContext.Out.WriteLine($"before {before}, after {after}, {turns / 2} turns");
        Assert.That(after.Objects, Is.EqualTo(before.Objects), "textures and buffers");
        Assert.That(after.Files, Is.AtMost(before.Files + 2), "open files");
        Assert.That(after.Threads, Is.AtMost(before.Threads + 4), "threads");
        Assert.That(after.Bytes, Is.LessThan(before.Bytes + (32 << 20)), "memory, of the driver too");

        (int Objects, int Files, int Threads, long Bytes) Held()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = Process.GetCurrentProcess();
            return (
                window.LiveObjects,
                OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0,
                process.Threads.Count, process.WorkingSet64);
        }
    }

    [Test]
    public void Full_screen_and_back()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        ViewerState state = HudTests.Scene(90);
        var controller = new ViewerController(state);
        controller.Press(ViewerKey.F);
        window.PollEvents(controller);
        Until(window, () => window.FramebufferSize.Width > 640, "full screen");
        Assert.That(window.IsFullscreen, Is.True);
        window.Render(state);

        controller.Press(ViewerKey.F);
        window.PollEvents(controller);
        Until(window, () => window.FramebufferSize == (640, 480), "the old size");
        Assert.That(window.IsFullscreen, Is.False);
        window.Render(state);
    }

    [Test]
    [Platform("Linux")]
    public void Keys_reach_the_controller()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        var state = new ViewerState();
        var controller = new ViewerController(state);
        using var keyboard = new X11Client(window);
        keyboard.Press("3");
        keyboard.Press("plus");
        keyboard.Press("Down");
        keyboard.Press("Down");
        keyboard.Press("h");
        keyboard.Press("space");
        keyboard.Press("p");
        keyboard.Press("q");
        Until(
            window,
            () =>
            {
                window.PollEvents(controller);
                return controller.QuitRequested;
            },
            "the last key");

        Assert.That(state.ShowHelp, Is.True);
        Assert.That(state.View, Is.EqualTo(Views.Contours));
        Assert.That(state.Opacity, Is.EqualTo(0.4f));
        Assert.That(state.Paused, Is.True);
        Assert.That(controller.Take(ViewerRequest.Snapshot), Is.True);
    }

    [Test]
    [Platform("Linux")]
    public void What_is_pasted_is_offered_and_other_keys_of_the_system_do_nothing()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        var state = new ViewerState();
        var controller = new ViewerController(state);
        using var keyboard = new X11Client(window);
        X11Client.Copy(window, "/videos/k\u00FCche.mp4\n");
        keyboard.Press("h", X11Client.Control);
        keyboard.Press("v", X11Client.Control);
        keyboard.Press("q");
        Until(
            window,
            () =>
            {
                window.PollEvents(controller);
                return controller.QuitRequested;
            },
            "the last key");
        Assert.That(controller.TakeSource(), Is.EqualTo("/videos/k\u00FCche.mp4"));
        Assert.That((state.Split, state.ShowHelp), Is.EqualTo(((float?)null, false)));
    }

    [Test]
    public void A_window_is_no_larger_than_the_screen_and_says_what_was_asked_for()
    {
        using var window = new ViewerWindow("Test", 20000, 500, verticalSync: false);
        Until(window, () => window.FramebufferSize.Width < 20000, "smaller window");
        Assert.That(window.UnscaledSize, Is.EqualTo(window.Size), "one pixel a unit here");
        Assert.That(window.Size.Height, Is.EqualTo(500));
    }

    [Test]
    public void Closing_asks_to_quit()
    {
        using var window = new ViewerWindow("Test", 640, 480, verticalSync: false);
        var controller = new ViewerController(new ViewerState());
        window.PollEvents(controller);
        Assert.That(controller.QuitRequested, Is.False);
        Glfw.SetWindowShouldClose(window.Handle, 1);
        window.PollEvents(controller);
        Assert.That(controller.QuitRequested, Is.True);
    }

    [Test]
    public void Several_windows_one_after_another()
    {
        ViewerState state = HudTests.Scene(90);
        for (int i = 0; i < 3; i++)
        {
            using var first = new ViewerWindow("First", 320, 240, verticalSync: false);
            using var second = new ViewerWindow("Second", 320, 240, verticalSync: false);
            first.Render(state);
            second.Render(state);
            first.Render(state);
        }

        Assert.That(ViewerWindow.IsAvailable(out string reason), Is.True, reason);
    }

    [Test]
    [Platform("Linux")]
    public void Without_a_display_the_reason_is_given_and_egl_still_draws()
    {
        // Closing the last window makes GLFW look for its display again.
        new ViewerWindow("Test", 320, 240, visible: false).Dispose();
        VirtualDisplay.Without(() =>
        {
            Assert.That(ViewerWindow.IsAvailable(out string reason), Is.False);
            Assert.That(reason, Does.StartWith("no display: "));
            Assert.That(
                () => new ViewerWindow("Test", 320, 240),
                Throws.TypeOf<ViewerException>().With.Message.Contains("no display"));
            using var renderer = new HeadlessRenderer();
            var picture = new Frame();
            renderer.Render(HudTests.Scene(90), picture);
            Assert.That(picture.At(600, 400), Is.EqualTo((90, 90, 90)));
        });
    }

    [Test]
    public void Rendering_into_a_window_allocates_no_managed_memory()
    {
        using var window = new ViewerWindow("Test", 320, 240, verticalSync: false);
        ViewerState state = HudTests.Scene(90);
        var controller = new ViewerController(state);
        Run(20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(100);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                state.Show(state.Frame);
                window.PollEvents(controller);
                window.Render(state);
            }
        }
    }

    [Test]
    public void Hidden_window_draws_what_egl_draws()
    {
        ViewerState state = OverlayTests.WithHalves(Views.MaskAndContours);
        using var egl = new HeadlessRenderer();
        using var hidden = new HeadlessRenderer(HeadlessContext.CreateHiddenWindow());
        Assert.That(hidden.Description, Does.EndWith("hidden window"));
        var expected = new Frame();
        var picture = new Frame();
        egl.Render(state, expected, 320, 240);
        hidden.Render(state, picture, 320, 240);
        Assert.That(picture.Pixels.SequenceEqual(expected.Pixels), Is.True);
    }

    /// <summary>Takes in events until something is so; windows answer in their own time.</summary>
    private static void Until(ViewerWindow window, Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(waited.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), $"no {what}");
            window.PollEvents();
            Thread.Yield();
        }
    }
}
