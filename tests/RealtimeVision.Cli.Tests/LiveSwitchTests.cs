using System.Diagnostics;
using RealtimeVision.Cli.Live;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>Sources, models and devices switched by menus while streams run.</summary>
public class LiveSwitchTests : LiveFixture
{
    [Test]
    public async Task ModelsAreSwitchedWithoutStoppingTheVideo()
    {
        int turns = LiveRuns.IsWholeTier ? 200 : 12;
        using var run = await LiveRuns.CreateAsync([Street], [Two, Labels]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        Assert.That(run.State.Stream.ClassNames, Has.Count.EqualTo(2));
        Assert.That(run.State.Stream.Probabilities.Select(p => p.Title), Is.EqualTo(["labels"]));
        using var picture = new DrawnPicture(run);
        LiveRuns.Holdings before = default;
        for (int i = 0; i < turns; i++)
        {
            long index = run.State.Frame!.Index;
            VisionEngine engine = run.Stream.Engine;

            // The classifier goes and comes.
            LiveRuns.Choose(run, ViewerRequest.Models, "labels");
            LiveRuns.Until(run, () => run.Stream.Engine != engine, "other engine");
            LiveRuns.Until(run, () => run.State.Frame.Index > index + 1, "next frame");
            Assert.That(run.Stream.Engine.Classifiers, Has.Count.EqualTo(i % 2));
            Assert.That(run.State.Stream.Labels, Has.Count.EqualTo(2 * (i % 2)).Or.Count.Zero);
            picture.Draw();
            before = i == turns / 4 ? LiveRuns.Holdings.Now(picture.LiveObjects) : before;
        }

        LiveRuns.Holdings.Now(picture.LiveObjects).RequireNoMore(before, turns - (turns / 4) - 1);
    }

    [Test]
    public async Task WithoutAModelTheVideoIsShownAsItComes()
    {
        using var run = await LiveRuns.CreateAsync([Street], []);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index > 2, "frames");
        Assert.That((run.State.Mask, run.State.Labels.Count), Is.EqualTo(((object?)null, 0)));
        Assert.That(run.Report()[0].Model, Is.EqualTo("none"));

        run.Stream.SwitchEngine("nothing", _ => throw new InvalidDataException("no such thing"));
        LiveRuns.Until(run, () => run.State.Message == "no such thing", "message");
        Assert.That(run.State.Stream.Preparing, Is.Null);
    }

    [Test]
    public async Task ModelsAreAddedAndTheLastOneLeftOut()
    {
        using var run = await LiveRuns.CreateAsync([Street], [Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        Assert.That(run.State.Stream.Preparing, Is.EqualTo("models without two"));
        LiveRuns.Until(run, () => run.State.Frame is not null && run.State.Mask is null, "plain video");
        Assert.That(run.State.Stream.Preparing, Is.Null);
        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
    }

    [Test]
    public async Task ASegmenterTakesThePlaceOfAnother()
    {
        string three = LiveRuns.Segmenter(Folder, "three", 3);
        using var run = await LiveRuns.CreateAsync([Street], [Two, Labels], shelved: [Two, Labels, three]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        LiveRuns.Choose(run, ViewerRequest.Models, "three");
        LiveRuns.Until(run, () => run.State.Stream.ClassNames.Count == 3, "other classes");
        run.Open(ViewerRequest.Models);
        Assert.That(
            run.State.Menu!.Items.Where(i => i.IsCurrent).Select(i => i.Text), Is.EqualTo(["labels", "three"]));
    }

    [Test]
    public async Task WhatIsChosenWhileItStandsStillIsSeenAtOnce()
    {
        using var run = await LiveRuns.CreateAsync([Street], [Labels], shelved: [Labels, Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index > 3, "frames");
        run.State.Paused = true;
        run.Obey();
        LiveRuns.Until(run, () => run.Stream.Engine.IsDrained && !run.Update(), "stand");
        long index = run.State.Frame!.Index;
        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        // One that was under way as it stopped may have come.
        Assert.That(run.State.Frame.Index, Is.InRange(index, index + 1), "of the same frame");

        LiveRuns.Choose(run, ViewerRequest.Sources, "street:weather=night");
        LiveRuns.Until(run, () => run.State.Frame.Width == 640, "the other source's first frame");
        Assert.That((run.State.Frame.Index, run.State.Paused), Is.EqualTo((0L, true)));
    }

    [Test]
    public async Task SmoothingBeginsWhereThereWasNone()
    {
        using var run = await LiveRuns.CreateAsync([Street], [Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        Assert.That(run.State.Stream.Smoothing, Is.Zero);
        run.Controller.Press(ViewerKey.CloseBracket);
        run.Obey();
        run.Controller.Press(ViewerKey.CloseBracket);
        run.Obey();
        LiveRuns.Until(run, () => !run.Stream.IsPreparing, "engine");
        Assert.That(run.State.Stream.Smoothing, Is.EqualTo(0.2f));
        run.Controller.Press(ViewerKey.CloseBracket);
        run.Obey();
        Assert.That(run.State.Stream.Smoothing, Is.EqualTo(0.3f), "at once, from then on");
    }

    [Test]
    public async Task TheKeyOfAMenuClosesItAndDevicesAreFoundMeanwhile()
    {
        using var run = await LiveRuns.CreateAsync([Street], []);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        Press(ViewerKey.D);
        Assert.That(run.State.Menu!.Title, Is.EqualTo("Devices"));
        LiveRuns.Until(run, () => run.State.Menu!.Items.Count > 0, "devices");
        Assert.That(run.State.Menu.Items.Count(i => i.IsCurrent), Is.EqualTo(1));
        Press(ViewerKey.N);
        Assert.That(run.State.Menu.Title, Does.StartWith("Models"));
        Press(ViewerKey.N);
        Assert.That(run.State.Menu, Is.Null);

        void Press(ViewerKey key)
        {
            run.Controller.Press(key);
            run.Obey();
        }
    }

    [Test]
    public async Task WhatIsDroppedTakesOverAndIsListed()
    {
        using var run = await LiveRuns.CreateAsync([Street], []);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        run.Controller.Offer("street:size=320x180,fps=1000\n");
        LiveRuns.Until(run, () => run.State.Frame!.Width == 320, "the other source");
        run.Open(ViewerRequest.Sources);
        ViewerMenuItem current = run.State.Menu!.Items.Single(i => i.IsCurrent);
        Assert.That((current.Text, current.Detail), Is.EqualTo(("street:size=320x180,fps=1000", "added")));

        run.Controller.Offer(Path.Combine(Folder, "none.mp4"));
        LiveRuns.Until(run, () => run.State.Message?.Contains("none.mp4") == true, "message");
        long index = run.State.Frame!.Index;
        LiveRuns.Until(run, () => run.State.Frame.Index > index, "the source before goes on");
    }

    [Test]
    public async Task WhatCannotBeShownIsSaid()
    {
        using var run = await LiveRuns.CreateAsync([Street], [Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        Said(ViewerKey.D7, "errors: the truth is not known");
        Said(ViewerKey.B, "no background to replace");
        Said(ViewerKey.L, "has no end");

        void Said(ViewerKey key, string words)
        {
            run.Controller.Press(key);
            run.Obey();
            Assert.That(run.State.Message, Does.Contain(words));
        }
    }

    [Test]
    public async Task WhatIsWantedWhileItStandsStillIsShownOfTheLastFrame()
    {
        using var run = await LiveRuns.CreateAsync([Street], [Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index > 2, "frames");
        run.State.Paused = true;
        run.Obey();
        LiveRuns.Until(run, () => run.Stream.Engine.IsDrained && !run.Update(), "stand");
        Assert.That(run.State.Stream.Objects, Is.Empty);
        run.Controller.Press(ViewerKey.O);
        run.Update();
        Assert.That(run.State.Stream.Objects, Is.Not.Empty);
        run.Controller.Press(ViewerKey.O);
        run.Update();
        Assert.That(run.State.Stream.Objects, Is.Empty, "none of another time is left");
    }

    [Test]
    public async Task DevicesAreSwitchedWithoutStoppingTheVideo()
    {
        int turns = LiveRuns.IsWholeTier ? 50 : 3;
        string[] ids = [.. DeviceList.Find().Where(d => d.Problem is null).Select(d => d.Id)];
        string other = ids.FirstOrDefault(id => id.StartsWith("opencl", StringComparison.Ordinal)) ?? "ilgpu-cpu";
        using var run = await LiveRuns.CreateAsync([Street], [Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        using var picture = new DrawnPicture(run);
        LiveRuns.Holdings before = default;
        for (int i = 0; i < turns; i++)
        {
            string device = i % 2 == 0 ? other : "cpu";
            long index = run.State.Frame!.Index;
            LiveRuns.Choose(run, ViewerRequest.Devices, device);
            LiveRuns.Until(run, () => run.Stream.Engine.DeviceId == device, device);
            LiveRuns.Until(run, () => run.State.Frame.Index > index + 1, "next frame");
            picture.Draw();
            before = i == (turns + 1) / 4 ? LiveRuns.Holdings.Now(picture.LiveObjects) : before;
        }

        LiveRuns.Holdings.Now(picture.LiveObjects).RequireNoMore(before, turns - ((turns + 1) / 4) - 1);
    }

    [Test]
    public async Task ASourceTakesOverAndStateBeginsAnew()
    {
        using var run = await LiveRuns.CreateAsync([Street], [Two, Labels]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index > 20, "frames");
        LiveRuns.Choose(run, ViewerRequest.Sources, "street:weather=night");
        LiveRuns.Until(run, () => run.State.Frame?.Width == 640, "the other source's size");
        Assert.That(run.State.Frame!.Index, Is.LessThan(20));

        string missing = Path.Combine(Folder, "none.mp4");
        run.Stream.SwitchSource(missing, () => FrameSources.Create(missing));
        LiveRuns.Until(run, () => run.State.Message?.Contains("none.mp4") == true, "message");
        long index = run.State.Frame.Index;
        LiveRuns.Until(run, () => run.State.Frame.Index > index, "the source before goes on");
    }

    [Test]
    public async Task AFileIsSoughtAndLoops()
    {
        using var run = await LiveRuns.CreateAsync(["street:size=160x90,fps=100,frames=60"], [Two]);
        run.Start();
        LiveRuns.Until(run, () => run.Streams[0].Pipeline.IsFinished, "end");
        Assert.That(run.State.Frame!.Index, Is.EqualTo(59));
        Assert.That(run.State.Stream.Position!.Value.Duration, Is.EqualTo(TimeSpan.FromSeconds(0.6)));

        // A file that has ended can be sought in, too; one that stands still stays so.
        run.State.Paused = true;
        run.Obey();
        run.Stream.Seek(TimeSpan.FromSeconds(0.3));
        LiveRuns.Until(run, () => run.State.Frame.Index == 30, "sought frame");
        run.State.Paused = false;
        run.Stream.IsLooping = true;
        LiveRuns.Until(run, () => run.State.Frame.Index == 59, "end");
        LiveRuns.Until(run, () => run.State.Frame.Index < 30, "begin");
        run.Stream.IsWatched = true;
        run.Update();
        Assert.That(run.State.Stream.HasEnded, Is.False);
        run.Stream.IsLooping = false;
        LiveRuns.Until(run, () => run.State.Stream.HasEnded, "end");
    }

    [Test]
    public async Task APictureThatLoopsIsShownForItsTime()
    {
        using var run = await LiveRuns.CreateAsync(["street:size=160x90,fps=4,frames=1"], [Two]);
        run.Stream.IsLooping = true;
        run.Start();
        var time = Stopwatch.StartNew();
        LiveRuns.Until(run, () => run.State.Stream.Revision >= 4, "shows");
        Assert.That(time.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(0.7)), "three quarters of a second");
        Assert.That(run.State.Stream.HasEnded, Is.False);
    }

    [Test]
    public async Task StreamsRunSideBySide()
    {
        using var run = await LiveRuns.CreateAsync(
            [Street + ",frames=20", Street + ",seed=4,frames=30"], [Two, Labels]);
        run.Start();
        LiveRuns.Until(run, () => run.IsFinished, "end");
        Assert.That(run.State.Streams.Select(s => s.Frame!.Index), Is.EqualTo([19, 29]));
        Assert.That(run.Report().Select(r => r.Processed), Is.EqualTo([20, 30]));
        Assert.That(run.State.Streams[0].Palette, Is.Not.SameAs(run.State.Streams[1].Palette));
    }

    [Test]
    public async Task StreamsShareTheWeightsAndKeepTheirPriorities()
    {
        VisionPriority[] priorities = [VisionPriority.High, VisionPriority.Low];
        using var run = await LiveRuns.CreateAsync(
            [Street, Street + ",seed=4"], [Two, Labels], priorities: priorities);
        long[] bytes = [.. run.Streams.Select(stream => stream.Engine.MemoryBytes)];
        Assert.That(bytes[1], Is.LessThan(bytes[0]).And.Positive);
        run.Start();
        VisionEngine[] engines = [.. run.Streams.Select(stream => stream.Engine)];
        Assert.That(engines.Select(engine => engine.Options.Priority), Is.EqualTo(priorities));
        LiveRuns.Choose(run, ViewerRequest.Models, "labels");
        LiveRuns.Until(
            run, () => run.Streams.Select(s => s.Engine).Intersect(engines).Count() == 0, "other engines");
        Assert.That(run.Streams.Select(s => s.Engine.Options.Priority), Is.EqualTo(priorities));
    }

    [Test]
    public async Task TheLayerThatIsLookedAtStaysOverAChangeOfModels()
    {
        using var run = await LiveRuns.CreateAsync([Street], [Two, Labels]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        LiveRuns.Choose(run, ViewerRequest.Layers, "dense");
        LiveRuns.Until(run, () => run.State.Stream.Inside?.Layer == "dense", "layer");
        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        LiveRuns.Until(run, () => run.State.Stream.ClassNames.Count == 0, "classifier alone");
        LiveRuns.Until(run, () => run.State.Stream.Inside?.Layer == "dense", "the same layer");
        run.Open(ViewerRequest.Layers);
        Assert.That(
            run.State.Menu!.Items.Where(i => i.IsCurrent).Select(i => (i.Text, i.Group)),
            Is.EqualTo([("dense", "labels")]));
    }

    /// <summary>The run as a window would draw it, all views in turn.</summary>
    private sealed class DrawnPicture : IDisposable
    {
        private readonly LiveRun _run;
        private readonly HeadlessRenderer _renderer = new();
        private readonly Frame _picture = new();

        public DrawnPicture(LiveRun run)
        {
            _run = run;
            run.State.ShowObjects = run.State.ShowLegend = run.State.ShowGraphs = run.State.ShowHelp = true;
        }

        public int LiveObjects => _renderer.LiveObjects;

        public void Draw()
        {
            foreach (View view in Views.All)
            {
                _run.State.View = view;
                _renderer.Render(_run.State, _picture, 320, 240);
            }
        }

        public void Dispose() => _renderer.Dispose();
    }
}
