using RealtimeVision.Cli.Live;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>What a run tells of itself where models and sources were switched.</summary>
public class LiveReportTests : LiveFixture
{
    private string _weather = "";

    [OneTimeSetUp]
    public void MakeWeather() =>
        _weather = LiveRuns.Classifier(Folder, "weather", StreetClasses.WeatherNames);

    [Test]
    public async Task FramesOfAllEnginesCount()
    {
        using var run = await LiveRuns.CreateAsync([Street], [_weather], shelved: [_weather, Two]);
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
