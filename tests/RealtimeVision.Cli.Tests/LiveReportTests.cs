using RealtimeVision.Cli.Live;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>What a run tells of itself where models and sources were switched.</summary>
public class LiveReportTests
{
    private const string Street = "street:size=160x90,fps=1000";
    private string _folder = "";
    private string _two = "";
    private string _weather = "";

    [OneTimeSetUp]
    public void MakeModels()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-report-").FullName;
        _two = LiveRuns.Segmenter(_folder, "two", 2);
        _weather = LiveRuns.Classifier(_folder, "weather", StreetClasses.WeatherNames);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task FramesOfAllEnginesCount()
    {
        using var run = await LiveRuns.CreateAsync([Street], [_weather], shelved: [_weather, _two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index > 10, "frames");
        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        run.Finish();
        LiveReport report = run.Report()[0];
        Accounting last = run.Stream.Engine.Accounting;
        Assert.That(report.Frames, Is.EqualTo(run.Stream.Pipeline.FramesRead));
        Assert.That(report.Frames - report.Processed - report.Dropped, Is.EqualTo(last.Waiting + last.InFlight));
        Assert.That(report.Processed, Is.GreaterThan(last.Processed + 10));
    }

    [Test]
    public async Task OnlyFramesOfTheNewSourceAreComparedWithItsTruth()
    {
        using var run = await LiveRuns.CreateAsync([Street], [_weather]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index > 10, "frames");
        string other = Street + ",weather=rain,frames=20";
        run.Stream.SwitchSource(other, () => Media.FrameSources.Create(other));
        LiveRuns.Until(run, () => run.IsFinished, "end");
        Assert.That(run.Stream.Score!.Results, Is.EqualTo(20));
    }
}
