using System.Diagnostics;
using RealtimeVision.Cli.Live;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>What goes wrong while streams run, and what goes on all the same.</summary>
public class LiveTroubleTests : LiveFixture
{
    [Test]
    public async Task AFileThatBeginsAnewHoldsNobodyUp()
    {
        using var run = await LiveRuns.CreateAsync([Street], []);
        ShortFile file = Played(run);
        file.MayOpen.Reset();
        run.Stream.IsLooping = true;
        LiveRuns.Until(run, () => file.Opened.Count == 2, "second opening");

        // It is stuck there, and the run is not; it is no end that could be waited for.
        run.Update();
        run.Obey();
        Assert.That((run.IsFinished, run.State.Stream.HasEnded), Is.EqualTo((false, false)));
        long seen = run.State.Stream.Revision;
        file.MayOpen.Set();
        LiveRuns.Until(run, () => run.State.Stream.Revision > seen, "frames");
    }

    [Test]
    public async Task WhoIsSoughtInWhileItOpensGoesThere()
    {
        using var run = await LiveRuns.CreateAsync([Street], []);
        ShortFile file = Played(run);
        run.State.Paused = true;
        run.Obey();
        file.MayOpen.Reset();
        run.Stream.Seek(TimeSpan.Zero);
        run.Stream.Seek(TimeSpan.FromMilliseconds(1));
        file.MayOpen.Set();
        LiveRuns.Until(run, () => run.State.Frame!.Index == 1, "sought frame");
        Assert.That(file.Opened, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task AnotherSourceTakesOverFromOneThatIsStuck()
    {
        using var run = await LiveRuns.CreateAsync([Street], []);
        ShortFile file = Played(run);
        file.MayOpen.Reset();
        run.Stream.Seek(TimeSpan.Zero);
        LiveRuns.Until(run, () => file.Opened.Count == 2, "second opening");
        run.Stream.SwitchSource(Street, () => Media.FrameSources.Create(Street));
        LiveRuns.Until(run, () => run.State.Frame!.Width == 160, "the other source");
        Assert.That((file.IsDisposed, run.Error), Is.EqualTo((true, (Exception?)null)));
    }

    [Test]
    public async Task AFileThatIsGoneIsTriedAgainAfterPausesThatDouble()
    {
        using var run = await LiveRuns.CreateAsync([Street], []);
        ShortFile file = Played(run);
        file.Problem = "the disk is gone";
        run.Stream.IsLooping = true;
        LiveRuns.Until(run, () => run.Error is not null, "error");
        Assert.That(run.State.Message, Is.EqualTo("the disk is gone"));
        Assert.That(run.State.Stream.Trouble, Is.EqualTo("the disk is gone"));
        LiveRuns.Until(run, () => file.Opened.Count == 4, "fourth opening");
        Assert.That(
            Stopwatch.GetElapsedTime(file.Opened[1], file.Opened[2]),
            Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(0.5)));
        Assert.That(
            Stopwatch.GetElapsedTime(file.Opened[2], file.Opened[3]),
            Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1)));

        // Who asks for it does not wait for the next try.
        file.Problem = null;
        run.Stream.Seek(TimeSpan.Zero);
        LiveRuns.Until(run, () => run.Error is null, "recovery");
        Assert.That(run.State.Stream.Trouble, Is.Null);
    }

    [Test]
    [Platform("Linux", Reason = "The program that records is found by its command line.")]
    public async Task ARecordingThatFailsEndsAndTheVideoGoesOn()
    {
        string path = Path.Combine(Folder, "video.mp4");
        using var run = await LiveRuns.CreateAsync([Street], [], outputs: new LiveOutputs(null, path));
        run.ShowInWindow();
        run.Start();
        LiveRuns.Until(run, () => run.State.Recording, "recording");
        foreach (Process program in Process.GetProcessesByName("ffmpeg"))
        {
            using (program)
            {
                string command = await File.ReadAllTextAsync($"/proc/{program.Id}/cmdline");
                if (command.Contains(Folder))
                {
                    program.Kill();
                }
            }
        }

        LiveRuns.Until(run, () => !run.State.Recording, "end of the recording");
        Assert.That(run.State.Message, Does.Contain("recording failed"));
        long index = run.State.Frame!.Index;
        LiveRuns.Until(run, () => run.State.Frame.Index > index + 2, "frames");
        run.Finish();
        Assert.That(run.Error?.Message, Does.Contain("recording failed"), "it was asked for");
        Assert.That(run.Report()[0].Record, Is.Null);
        Assert.That(Directory.GetFiles(Folder, "*video*"), Is.Empty);
    }

    [Test]
    public async Task AModelThatCannotBeLoadedChangesNothing()
    {
        string broken = Path.Combine(Folder, "broken.onnx");
        await File.WriteAllTextAsync(broken, "this is no model");
        using var run = await LiveRuns.CreateAsync([Street], [Labels], shelved: [Labels, broken, Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Labels.Count > 0, "labels");
        VisionEngine engine = run.Stream.Engine;
        LiveRuns.Choose(run, ViewerRequest.Models, "broken");
        LiveRuns.Until(run, () => run.State.Message?.Contains("broken.onnx") == true, "message");
        Assert.That(run.Stream.Engine, Is.SameAs(engine));

        // It is not among what the next choice is added to.
        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        Assert.That(run.Stream.Engine.Classifiers, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task AfterAFailureTheNextChoiceBeginsWithWhatRuns()
    {
        string broken = Path.Combine(Folder, "broken.onnx");
        await File.WriteAllTextAsync(broken, "this is no model");
        using var run = await LiveRuns.CreateAsync([Street], [Labels], shelved: [Labels, broken, Two]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Labels.Count > 0, "labels");

        // The first of two has no time to take over.
        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        LiveRuns.Choose(run, ViewerRequest.Models, "broken");
        LiveRuns.Until(run, () => run.State.Message?.Contains("broken.onnx") == true, "message");
        Assert.That(Current(run), Is.EqualTo(["labels"]));

        LiveRuns.Choose(run, ViewerRequest.Models, "two");
        LiveRuns.Until(run, () => run.State.Mask is not null, "mask");
        LiveRuns.Choose(run, ViewerRequest.Models, "broken");
        LiveRuns.Until(run, () => !run.Stream.IsPreparing, "failure");
        Assert.That(Current(run), Is.EqualTo(["labels", "two"]));
    }

    [Test]
    public async Task SourcesAreReleasedWhereARunCannotBeMade()
    {
        string broken = Path.Combine(Folder, "broken.onnx");
        await File.WriteAllTextAsync(broken, "this is no model");
        ShortFile[] files = [new(3), new(3)];
        Assert.That(
            async () => await LiveRuns.CreateAsync([Street, Street], [broken], others: files),
            Throws.Exception.With.Message.Contains("broken.onnx"));
        Assert.That(files.Select(file => (file.Opened.Count, file.IsDisposed)), Is.EqualTo([(1, true), (1, true)]));

        files = [new(3), new(3) { Problem = "the disk is gone" }];
        Assert.That(
            async () => await LiveRuns.CreateAsync([Street, Street], [Labels], others: files),
            Throws.TypeOf<SourceException>());
        Assert.That(files.Select(file => file.IsDisposed), Is.All.True);
    }

    private static IEnumerable<string> Current(LiveRun run)
    {
        run.Open(ViewerRequest.Models);
        return run.State.Menu!.Items.Where(item => item.IsCurrent).Select(item => item.Text);
    }

    /// <summary>Lets a run go on with a file of three frames, up to its end.</summary>
    private static ShortFile Played(LiveRun run)
    {
        var file = new ShortFile(3);
        run.Start();
        run.Stream.SwitchSource("short", () => file);
        LiveRuns.Until(run, () => run.Stream.Source == file && run.Stream.IsFinished, "end");
        return file;
    }
}
