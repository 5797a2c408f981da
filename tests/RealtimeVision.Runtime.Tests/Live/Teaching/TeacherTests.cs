using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live.Teaching;

/// <summary>Classes taught to a running engine.</summary>
public sealed class TeacherTests
{
    [Test]
    public async Task ThreeKindsAreToldApart(
        [Values(0, 12)] int hiddenUnits, [Values] VisionWorker worker)
    {
        using Network backbone = TeachingScene.Backbone();
        using var teacher = new Teacher(
            backbone, new TeacherOptions { HiddenUnits = hiddenUnits });
        using VisionEngine engine = await VisionEngine.CreateAsync(
            TeachingScene.Options(teacher) with { Worker = worker });
        Assert.That(engine.ModelName, Is.EqualTo("taught on backbone"));
        VisionResult first = engine.Process(TeachingScene.Picture("striped", 0));
        Assert.That(first.Features.Length, Is.EqualTo(16));
        Assert.That(first.Classifications.Single().Labels, Is.Empty);

        engine.Teach("reddish", 0, 30);
        engine.Teach("bluish", 100, 60);
        Assert.That(engine.Score("reddish", "bluish"), Is.EqualTo(1));
        Assert.That(teacher.Status.Accuracy, Is.EqualTo(1));

        // A class more while the others are live.
        engine.Teach("striped", 200, 30);
        Assert.That(engine.Score([.. TeachingScene.Kinds]), Is.EqualTo(1));
        TeachingStatus status = teacher.Status;
        Assert.That(status.Problem, Is.Null);
        Assert.That(status.Classes.Select(c => (c.Name, c.Frames, c.IsLive)), Is.EqualTo(
            [("reddish", 30, true), ("bluish", 60, true), ("striped", 30, true)]));
        VisionClassification said =
            engine.Process(TeachingScene.Picture("bluish", 900)).Classifications.Single();
        Assert.That(said.Model, Is.EqualTo("taught on backbone"));
        Assert.That(said.Labels.Sum(l => l.Probability), Is.EqualTo(1).Within(1e-5));
        Assert.That(said.Labels, Has.Count.EqualTo(3));
        Assert.That(engine.Accounting.IsBalanced, Is.True);
        Assert.That(engine.Accounting.Failed, Is.Zero);
    }

    [Test]
    public async Task FramesGoOnWhileAHeadIsTrained()
    {
        using Network backbone = TeachingScene.Backbone();
        using var teacher = new Teacher(backbone, new TeacherOptions { HiddenUnits = 64 });
        using VisionEngine engine = await VisionEngine.CreateAsync(TeachingScene.Options(teacher));
        for (int i = 0; i < 200; i++)
        {
            teacher.Collect("reddish", engine.Process(TeachingScene.Picture("reddish", i)));
        }

        for (int i = 0; i < 200; i++)
        {
            teacher.Collect("striped", engine.Process(TeachingScene.Picture("striped", i)));
        }

        Accounting before = engine.Accounting;
        teacher.Release();
        long frames = 0;
        int lastEpoch = 0;
        while (teacher.Status is { IsTraining: true } status)
        {
            VisionResult result = engine.Process(TeachingScene.Picture("striped", (int)frames));
            Assert.That(result.Features.Length, Is.EqualTo(16));
            Assert.That(status.IsLive || result.Labels.Count is 0 or 2, Is.True);
            lastEpoch = Math.Max(lastEpoch, status.Epoch);
            frames++;
        }

        Accounting after = engine.Accounting;
        Assert.That(lastEpoch, Is.GreaterThan(0), "epochs are told");
        Assert.That(frames, Is.GreaterThan(10));
        Assert.That(after.IsBalanced, Is.True);
        Assert.That(after.Processed - before.Processed, Is.EqualTo(frames));
        Assert.That((after.Dropped, after.Failed), Is.EqualTo((0L, 0L)));
        Assert.That(engine.Score("reddish", "striped"), Is.EqualTo(1));
    }

    [Test]
    public async Task AFrameSeesOneHeadOrAnother([Values] VisionWorker worker)
    {
        using Network backbone = TeachingScene.Backbone();
        using var teacher = new Teacher(backbone, new TeacherOptions { Epochs = 10 });
        using VisionEngine engine = await VisionEngine.CreateAsync(
            TeachingScene.Options(teacher) with { Worker = worker });
        engine.Teach("reddish", 0, 20);
        engine.Teach("bluish", 0, 20);
        Frame frame = TeachingScene.Picture("bluish", 5000);
        float[] before = engine.Process(frame).Probabilities();
        engine.Teach("bluish", 100, 40);
        float[] after = engine.Process(frame).Probabilities();
        Assert.That(after, Is.Not.EqualTo(before));

        // The same frames give the same head again, so that every result is one of two.
        Assert.That(teacher.Undo(), Is.True);
        Assert.That(engine.Process(frame).Probabilities(), Is.EqualTo(before), "undone");
        var rows = new List<float[]>();
        for (int i = 100; i < 140; i++)
        {
            rows.Add(engine.Process(TeachingScene.Picture("bluish", i)).Features.ToArray());
        }

        Task changing = Task.Run(() =>
        {
            for (int time = 0; time < 8; time++)
            {
                rows.ForEach(r => teacher.Collect("bluish", r));
                teacher.Release();
                teacher.WaitUntilTrained(Timeout.InfiniteTimeSpan);
                LetFramesPass();
                teacher.Undo();
                LetFramesPass();
            }
        });
        int old = 0;
        int young = 0;
        while (!changing.IsCompleted)
        {
            float[] seen = engine.Process(frame).Probabilities();
            bool isOld = seen.AsSpan().SequenceEqual(before);
            bool isYoung = seen.AsSpan().SequenceEqual(after);
            Assert.That(isOld || isYoung, Is.True, string.Join(", ", seen));
            old += isOld ? 1 : 0;
            young += isYoung ? 1 : 0;
        }

        await changing;
        Assert.That(old, Is.GreaterThan(0));
        Assert.That(young, Is.GreaterThan(0));
        Assert.That(engine.Process(frame).Probabilities(), Is.EqualTo(before));

        void LetFramesPass()
        {
            long enough = engine.Accounting.Processed + 3;
            SpinWait.SpinUntil(() => engine.Accounting.Processed >= enough);
        }
    }

    [Test]
    public async Task AClassIsForgottenAndComesBack()
    {
        using Network backbone = TeachingScene.Backbone();
        using var teacher = new Teacher(backbone);
        using VisionEngine engine = await VisionEngine.CreateAsync(TeachingScene.Options(teacher));
        foreach (string kind in TeachingScene.Kinds)
        {
            engine.Teach(kind, 0, 20);
        }

        Frame frame = TeachingScene.Picture("reddish", 900);
        float[] before = engine.Process(frame).Probabilities();
        Assert.That(teacher.Forget("nothing"), Is.False);
        Assert.That(teacher.Forget("bluish"), Is.True);
        string[] labels = [.. engine.Process(frame).Labels.Select(l => l.Text)];
        Assert.That(labels, Is.EquivalentTo(["reddish", "striped"]), "at once");
        teacher.WaitUntilTrained(Timeout.InfiniteTimeSpan);
        Assert.That(engine.Score("reddish", "striped"), Is.EqualTo(1));

        Assert.That(teacher.Rename("striped", "stripes"), Is.True);
        Assert.That(teacher.Rename("striped", "gone"), Is.False);
        Assert.That(() => teacher.Rename("stripes", "reddish"), Throws.ArgumentException);
        Assert.That(
            engine.Process(TeachingScene.Picture("striped", 901)).Labels[0].Text,
            Is.EqualTo("stripes"));

        Assert.That(teacher.Undo(), Is.True);
        Assert.That(teacher.Undo(), Is.True);
        Assert.That(engine.Process(frame).Probabilities(), Is.EqualTo(before));
        for (int i = 0; i < 3; i++)
        {
            Assert.That(teacher.Undo(), Is.True);
        }

        Assert.That(teacher.Undo(), Is.False);
        Assert.That(teacher.Status.Classes, Is.Empty);
        Assert.That(engine.Process(frame).Labels, Is.Empty);
    }

    [Test]
    public async Task WhatIsTaughtOutlivesTheEngine()
    {
        using Network backbone = TeachingScene.Backbone();
        using var teacher = new Teacher(backbone);
        Frame frame = TeachingScene.Picture("reddish", 900);
        float[] before;
        using (VisionEngine engine = await VisionEngine.CreateAsync(TeachingScene.Options(teacher)))
        {
            engine.Teach("reddish", 0, 20);
            engine.Teach("bluish", 0, 20);
            before = engine.Process(frame).Probabilities();
        }

        using VisionEngine other = await VisionEngine.CreateAsync(TeachingScene.Options(teacher));
        Assert.That(other.Process(frame).Probabilities(), Is.EqualTo(before));

        // A frame too large for the plans: others take their place, with the same head.
        var large = new Frame();
        large.Resize(400, 300, PixelFormat.Rgb24);
        other.Process(large);
        Assert.That(other.Process(frame).Probabilities(), Is.EqualTo(before));
    }

    [Test]
    public async Task ItLooksAtTheLargestSegmentToo()
    {
        using Network backbone = TeachingScene.Backbone();
        backbone.Manifest = backbone.Manifest! with
        {
            Input = backbone.Manifest.Input with { Region = ModelRegion.LargestSegment },
        };
        using var teacher = new Teacher(backbone);
        Assert.That(
            () => VisionEngine.CreateAsync(TeachingScene.Options(teacher)),
            Throws.ArgumentException.With.Message.Contain("it needs a segmenter"));

        using var segmenter = new BrightnessModel(32, 32)
        {
            Manifest = VisionModelTests.ManifestOf(true) with { Threshold = 0.2f },
        };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            TeachingScene.Options(teacher) with { Segmenter = segmenter });
        engine.Teach("reddish", 0, 20);
        engine.Teach("bluish", 0, 20);
        Assert.That(engine.Score("reddish", "bluish"), Is.EqualTo(1));

        var dark = new Frame();
        dark.Resize(TeachingScene.Side, TeachingScene.Side, PixelFormat.Rgb24);
        dark.Pixels.Clear();
        engine.ResetScene();
        VisionResult nothing = engine.Process(dark);
        Assert.That(nothing.Features.IsEmpty, Is.True);
        Assert.That(nothing.Labels, Is.Empty);
        teacher.Collect("reddish", nothing);
        Assert.That(teacher.Status.Collecting, Is.Null);
    }
}
