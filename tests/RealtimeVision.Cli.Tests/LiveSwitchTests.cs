using RealtimeVision.Cli.Live;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>Sources, models and devices switched by menus while streams run.</summary>
public class LiveSwitchTests
{
    private const string Street = "street:size=160x90,fps=1000";
    private string _folder = "";
    private string _two = "";
    private string _labels = "";

    [OneTimeSetUp]
    public void MakeModels()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-switch-").FullName;
        _two = LiveRuns.Segmenter(_folder, "two", 2);
        _labels = LiveRuns.Classifier(_folder, "labels");
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task ModelsAreSwitchedWithoutStoppingTheVideo()
    {
        int turns = LiveRuns.IsWholeTier ? 200 : 12;
        using var run = await LiveRuns.CreateAsync([Street], [_two, _labels]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        Assert.That(run.State.Stream.ClassNames, Has.Count.EqualTo(2));
        Assert.That(run.State.Stream.Probabilities.Select(p => p.Title), Is.EqualTo(["labels"]));
        LiveRuns.Holdings before = default;
        for (int i = 0; i < turns; i++)
        {
            long index = run.State.Frame!.Index;
            VisionEngine engine = run.Stream.Engine;

            // The classifier goes and comes.
            Choose(run, ViewerRequest.Models, "labels");
            LiveRuns.Until(run, () => run.Stream.Engine != engine, "other engine");
            LiveRuns.Until(run, () => run.State.Frame.Index > index + 1, "next frame");
            Assert.That(run.Stream.Engine.Classifiers, Has.Count.EqualTo(i % 2));
            Assert.That(run.State.Stream.Labels, Has.Count.EqualTo(2 * (i % 2)).Or.Count.Zero);
            before = i == 3 ? LiveRuns.Holdings.Now() : before;
        }

        LiveRuns.Holdings.Now().RequireNoMore(before, turns - 4);
    }

    [Test]
    public async Task TheLastModelIsNotLeftOut()
    {
        using var run = await LiveRuns.CreateAsync([Street], [_two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        Choose(run, ViewerRequest.Models, "two");
        Assert.That(run.State.Message, Does.Contain("one model at least"));
        Assert.That(run.Stream.IsPreparing, Is.False);
    }

    [Test]
    public async Task DevicesAreSwitchedWithoutStoppingTheVideo()
    {
        int turns = LiveRuns.IsWholeTier ? 50 : 3;
        string[] ids = [.. DeviceList.Find().Where(d => d.Problem is null).Select(d => d.Id)];
        string other = ids.FirstOrDefault(id => id.StartsWith("opencl", StringComparison.Ordinal)) ?? "ilgpu-cpu";
        using var run = await LiveRuns.CreateAsync([Street], [_two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        LiveRuns.Holdings before = default;
        for (int i = 0; i < turns; i++)
        {
            string device = i % 2 == 0 ? other : "cpu";
            long index = run.State.Frame!.Index;
            Choose(run, ViewerRequest.Devices, device);
            LiveRuns.Until(run, () => run.Stream.Engine.DeviceId == device, device);
            LiveRuns.Until(run, () => run.State.Frame.Index > index + 1, "next frame");
            before = i == 1 ? LiveRuns.Holdings.Now() : before;
        }

        LiveRuns.Holdings.Now().RequireNoMore(before, turns - 2);
    }

    [Test]
    public async Task ASourceTakesOverAndStateBeginsAnew()
    {
        using var run = await LiveRuns.CreateAsync([Street], [_two, _labels]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index > 20, "frames");
        Choose(run, ViewerRequest.Sources, "street:weather=night");
        LiveRuns.Until(run, () => run.State.Frame?.Width == 640, "the other source's size");
        Assert.That(run.State.Frame!.Index, Is.LessThan(20));

        string missing = Path.Combine(_folder, "none.mp4");
        run.Stream.SwitchSource(missing, () => FrameSources.Create(missing));
        LiveRuns.Until(run, () => run.State.Message?.Contains("none.mp4") == true, "message");
        long index = run.State.Frame.Index;
        LiveRuns.Until(run, () => run.State.Frame.Index > index, "the source before goes on");
    }

    [Test]
    public async Task AFileIsSoughtAndLoops()
    {
        using var run = await LiveRuns.CreateAsync(["street:size=160x90,fps=100,frames=60"], [_two]);
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
    }

    [Test]
    public async Task StreamsRunSideBySide()
    {
        using var run = await LiveRuns.CreateAsync(
            [Street + ",frames=20", Street + ",seed=4,frames=30"], [_two, _labels]);
        run.Start();
        LiveRuns.Until(run, () => run.IsFinished, "end");
        Assert.That(run.State.Streams.Select(s => s.Frame!.Index), Is.EqualTo([19, 29]));
        Assert.That(run.Report().Select(r => r.Processed), Is.EqualTo([20, 30]));
        Assert.That(run.State.Streams[0].Palette, Is.Not.SameAs(run.State.Streams[1].Palette));
    }

    private static void Choose(LiveRun run, ViewerRequest menu, string text)
    {
        run.Open(menu);
        ViewerMenu open = run.State.Menu!;
        string[] items = [.. open.Items.Select(item => item.Text)];
        Assert.That(items, Does.Contain(text));
        open.Select(Array.IndexOf(items, text));
        run.Controller.Press(ViewerKey.Enter);
        run.Obey();
        Assert.That(run.State.Menu, Is.Null);
    }
}
