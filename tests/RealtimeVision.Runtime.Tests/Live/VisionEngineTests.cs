using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>The engine's own work, over a processor without models.</summary>
public sealed class VisionEngineTests
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public void TheNewestFrameWins()
    {
        using var gate = new SemaphoreSlim(0);
        using var entered = new SemaphoreSlim(0);
        using var engine = Engine(new FakeFactory { Gate = gate, Entered = entered });
        engine.Submit(FrameOf(1));
        Assert.That(entered.Wait(Patience), Is.True);
        for (int i = 2; i <= 5; i++)
        {
            engine.Submit(FrameOf(i));
        }

        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(5, 0, 3, 0, 1, 1)));
        gate.Release();
        Assert.That(Take(engine).Frame.Index, Is.EqualTo(1));
        gate.Release();
        VisionResult second = Take(engine);
        Assert.That(second.Frame.Index, Is.EqualTo(5));
        Assert.That(second.Mask[0], Is.EqualTo(5));
        Assert.That(second.Latency, Is.GreaterThanOrEqualTo(second.ProcessingTime));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(5, 2, 3, 0, 0, 0)));
        Assert.That(engine.OverallLatency.Count, Is.EqualTo(2));
    }

    [Test]
    public void AHeldResultIsNotWrittenWhileOthersCome()
    {
        using var engine = Engine(new FakeFactory());
        engine.Submit(FrameOf(1));
        VisionResult held = Take(engine);
        for (int i = 2; i < 200; i++)
        {
            engine.Submit(FrameOf(i));
            Assert.That(held.Frame.Index, Is.EqualTo(1));
            Assert.That(held.Mask[0], Is.EqualTo(1));
            Assert.That(MemorySource.IsIntact(held.Frame), Is.True);
        }

        while (!engine.Accounting.IsIdle)
        {
            engine.WaitForNews(Patience);
        }

        Assert.That(engine.TryGetLatest(out VisionResult? last), Is.True);
        Assert.That(last!.Frame.Index, Is.EqualTo(199));
        Assert.That(engine.TryGetLatest(out _), Is.False);
        Assert.That(last.Frame.Index, Is.EqualTo(199));
    }

    [Test]
    public void EveryFrameHasItsResult()
    {
        using var engine = Engine(new FakeFactory(), pace: Pace.EveryFrame);
        var submitter = new Thread(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                engine.Submit(FrameOf(i));
            }
        });
        submitter.Start();
        for (int i = 0; i < 500; i++)
        {
            VisionResult result = Take(engine);
            Assert.That(result.Frame.Index, Is.EqualTo(i));
            Assert.That(result.Number, Is.EqualTo(i));
            Assert.That(MemorySource.IsIntact(result.Frame), Is.True);
        }

        submitter.Join();
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(500, 500, 0, 0, 0, 0)));
        Assert.That(engine.IsDrained, Is.True);
    }

    [Test]
    public void AWaitingSubmissionCanBeCancelledAndLeavesNoTrace()
    {
        using var engine = Engine(new FakeFactory(), VisionWorker.None, Pace.EveryFrame);
        engine.Submit(FrameOf(0));
        Assert.That(engine.TrySubmit(FrameOf(1)), Is.False);
        using var cancellation = new CancellationTokenSource();
        var cancel = new Thread(cancellation.Cancel);
        cancel.Start();
        Assert.That(
            () => engine.Submit(FrameOf(1), cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        cancel.Join();
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(1, 0, 0, 0, 1, 0)));
        engine.Tick(TimeSpan.FromSeconds(1));
        Assert.That(engine.TrySubmit(FrameOf(1)), Is.True);
        // The first result was not taken: the second frame has to wait.
        engine.Tick(TimeSpan.FromSeconds(1));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(2, 1, 0, 0, 1, 0)));
        Assert.That(Take(engine).Frame.Index, Is.Zero);
        engine.Tick(TimeSpan.FromSeconds(1));
        Assert.That(Take(engine).Frame.Index, Is.EqualTo(1));
    }

    [TestCase(PixelFormat.Rgba32, 1)]
    [TestCase(PixelFormat.Rgb24, 2)]
    [TestCase(PixelFormat.Gray8, 2)]
    public void FramesOfTheExpectedFormatFindMemory(PixelFormat expected, int made)
    {
        var factory = new FakeFactory();
        using var engine = new VisionEngine(
            Options() with { ExpectedFormat = expected }, factory, null, default);
        var frame = new Frame();
        frame.Resize(16, 8, PixelFormat.Bgra32);
        engine.Submit(frame);
        Take(engine);
        Assert.That(factory.Made, Is.EqualTo(made));
    }

    [Test]
    public void ExpectationsThatMeanNothingAreRefused()
    {
        VisionOptions options = Options() with { Segmenter = "none.onnx" };
        Assert.That(
            () => (options with { ExpectedFormat = (PixelFormat)99 }).Check(),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("no such format"));
        Assert.That(
            () => (options with { ExpectedWidth = 40_000, ExpectedHeight = 40_000 }).Check(),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("40000x40000"));
    }

    [Test]
    public void ATickWithoutBudgetRunsOneSlice()
    {
        var factory = new FakeFactory { SlicesPerFrame = 4 };
        using var engine = Engine(factory, VisionWorker.None);
        engine.Tick(TimeSpan.Zero);
        Assert.That(factory.SlicesRun, Is.Zero);
        engine.Submit(FrameOf(7));
        for (int tick = 1; tick <= 4; tick++)
        {
            Assert.That(engine.TryGetLatest(out _), Is.False);
            engine.Tick(TimeSpan.Zero);
            Assert.That(factory.SlicesRun, Is.EqualTo(tick));
        }

        Assert.That(Take(engine).Mask[0], Is.EqualTo(7));
        engine.Tick(TimeSpan.Zero);
        Assert.That(factory.SlicesRun, Is.EqualTo(4));
    }

    [Test]
    public void ATickEndsWithTheSliceThatFindsNothingMoreToFit()
    {
        var factory = new FakeFactory { SlicesPerFrame = 3 };
        using var engine = Engine(factory, VisionWorker.None);
        engine.Submit(FrameOf(1));
        for (int tick = 1; tick <= 3; tick++)
        {
            engine.Tick(TimeSpan.FromMinutes(1));
            Assert.That(factory.SlicesRun, Is.EqualTo(tick), "an unfinished frame ends the tick");
        }

        // A frame that ends early leaves the rest of the budget to the next one.
        factory.SlicesPerFrame = 1;
        engine.Submit(FrameOf(2));
        factory.BeforeFrame = () =>
        {
            factory.BeforeFrame = null;
            engine.Submit(FrameOf(3));
        };
        engine.Tick(TimeSpan.FromMinutes(1));
        Assert.That(Take(engine).Frame.Index, Is.EqualTo(3));
    }

    [Test]
    public void AnEngineWithAWorkerIsNotTicked()
    {
        using var engine = Engine(new FakeFactory());
        Assert.That(
            () => engine.Tick(TimeSpan.Zero),
            Throws.InvalidOperationException.With.Message.Contain("VisionWorker.None"));
    }

    [Test]
    public void AFailingRunIsSaidAndTheEngineGoesOn([Values] VisionWorker worker)
    {
        var factory = new FakeFactory { Fails = frame => frame.Index == 1 };
        using var engine = Engine(factory, worker, Pace.EveryFrame);
        for (int i = 0; i < 3; i++)
        {
            engine.Submit(FrameOf(i));
            while (!engine.Accounting.IsIdle)
            {
                if (worker == VisionWorker.None)
                {
                    engine.Tick(TimeSpan.Zero);
                }
            }

            Assert.That(engine.TryGetLatest(out VisionResult? result), Is.EqualTo(i != 1));
            Assert.That(result?.Frame.Index ?? 1, Is.EqualTo(i));
        }

        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(3, 2, 0, 1, 0, 0)));
        Assert.That(engine.TryGetEvent(out VisionEvent? happened), Is.True);
        Assert.That(happened!.Kind, Is.EqualTo(VisionEventKind.FrameFailed));
        Assert.That(happened.FrameIndex, Is.EqualTo(1));
        Assert.That(happened.Message, Does.Contain("frame 1").And.Contain("does not like it"));
        Assert.That(engine.TryGetEvent(out _), Is.False);
    }

    [Test]
    public void TheCpuTakesTheDeadDevicesPlace([Values] VisionWorker worker)
    {
        var factory = new FakeFactory();
        using var engine = Engine(factory, worker);
        Process(engine, FrameOf(0));
        factory.IsDeviceDead = true;
        Process(engine, FrameOf(1));
        Process(engine, FrameOf(2));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(3, 2, 0, 1, 0, 0)));
        Assert.That(engine.DeviceId, Is.EqualTo("cpu"));
        Assert.That(factory.Made, Is.EqualTo(2));
        Assert.That(factory.Alive, Is.EqualTo(1));
        Assert.That(Events(engine), Is.EqualTo(
            new[] { VisionEventKind.FrameFailed, VisionEventKind.DeviceLost }));
    }

    [Test]
    public void LargerFramesGetALargerProcessorOnce([Values] VisionWorker worker)
    {
        var factory = new FakeFactory();
        using var engine = Engine(factory, worker);
        foreach (int width in new[] { 16, 64, 66, 10, 64 })
        {
            Process(engine, FrameOf(3, width));
            Assert.That(Take(engine).Frame.Width, Is.EqualTo(width));
        }

        Assert.That(factory.Made, Is.EqualTo(2));
        Assert.That(factory.Alive, Is.EqualTo(1));
        Assert.That(engine.Accounting.Processed, Is.EqualTo(5));
    }

    [Test]
    public void AProcessorThatCannotBeMadeFailsItsFrameOnly([Values] VisionWorker worker)
    {
        var factory = new FakeFactory();
        using var engine = Engine(factory, worker);
        factory.CannotMake = true;
        Process(engine, FrameOf(0, 64));
        Process(engine, FrameOf(1, 16));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(2, 1, 0, 1, 0, 0)));
        Assert.That(Events(engine), Is.EqualTo(new[] { VisionEventKind.FrameFailed }));
    }

    [Test]
    public void ScenesBeginWhereThePastSaysNothing()
    {
        var factory = new FakeFactory();
        using var engine = Engine(factory, VisionWorker.None);
        int scenes = 0;
        Next(FrameOf(10), true, "the first");
        Next(FrameOf(11), false, "the next");
        Next(FrameOf(12, 8), true, "another size");
        Next(FrameOf(13, 8), false, "the same size");
        Next(FrameOf(3, 8), true, "back in time");
        engine.ResetScene();
        Next(FrameOf(4, 8), true, "asked for");
        Frame bright = FrameOf(5, 8);
        bright.Pixels.Fill(250);
        Next(bright, true, "a cut");
        bright.Index++;
        Next(bright, false, "after it");

        void Next(Frame frame, bool isNew, string why)
        {
            Process(engine, frame);
            scenes += isNew ? 1 : 0;
            Assert.That(factory.NewScenes, Is.EqualTo(scenes), why);
        }
    }

    [Test]
    public void ASceneBeginsWithTheFramesThatComeAfterIt()
    {
        var factory = new FakeFactory { FirstOfScenes = [] };
        using var engine = Engine(factory, VisionWorker.None);
        Process(engine, FrameOf(0));
        engine.Submit(FrameOf(1));
        engine.ResetScene();
        engine.Tick(TimeSpan.Zero);
        Assert.That(factory.FirstOfScenes, Is.EqualTo(new[] { 0 }), "one from before");
        engine.Submit(FrameOf(2));

        // It gives way to a newer one, and leaves the beginning to it.
        Process(engine, FrameOf(3));
        Process(engine, FrameOf(4));
        Assert.That(factory.FirstOfScenes, Is.EqualTo(new[] { 0, 3 }));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(5, 4, 1, 0, 0, 0)));
    }

    [Test]
    public void RentedFramesAreGivenBackOnce()
    {
        using var engine = Engine(new FakeFactory(), VisionWorker.None);
        Frame rented = engine.Rent();
        Assert.That(
            () => engine.SubmitRented(rented),
            Throws.ArgumentException.With.Message.Contain("no pixels"));
        rented.Resize(4, 4, PixelFormat.Gray8);
        engine.SubmitRented(rented);
        Assert.That(() => engine.SubmitRented(rented), Throws.ArgumentException);
        Assert.That(() => engine.Return(rented), Throws.ArgumentException);
        Assert.That(() => engine.Submit(new Frame()), Throws.ArgumentException);
        Assert.That(engine.Accounting.Submitted, Is.EqualTo(1));
    }

    [Test]
    public void OldEventsGiveWay()
    {
        using var engine = Engine(new FakeFactory { Fails = _ => true }, VisionWorker.None);
        for (int i = 0; i < 70; i++)
        {
            Process(engine, FrameOf(i));
        }

        Assert.That(engine.LostEvents, Is.EqualTo(6));
        Assert.That(engine.TryGetEvent(out VisionEvent? oldest), Is.True);
        Assert.That(oldest!.FrameIndex, Is.EqualTo(6));
    }

    internal static VisionOptions Options(
        VisionWorker worker = VisionWorker.Background, Pace pace = Pace.Realtime) => new()
        {
            Worker = worker,
            Pace = pace,
            ExpectedWidth = 16,
            ExpectedHeight = 8,
        };

    internal static VisionEngine Engine(
        FakeFactory factory,
        VisionWorker worker = VisionWorker.Background,
        Pace pace = Pace.Realtime) => new(Options(worker, pace), factory, null, default);

    internal static VisionResult Take(VisionEngine engine)
    {
        VisionResult? result;
        while (!engine.TryGetLatest(out result))
        {
            Assert.That(engine.WaitForNews(Patience), Is.True, "no result came");
        }

        return result;
    }

    internal static Frame FrameOf(long index, int width = 16)
    {
        var frame = new Frame();
        frame.Resize(width, 8, PixelFormat.Rgb24);
        MemorySource.Paint(frame, index);
        return frame;
    }

    private static void Process(VisionEngine engine, Frame frame)
    {
        engine.Submit(frame);
        while (!engine.Accounting.IsIdle)
        {
            if (engine.Options.Worker == VisionWorker.None)
            {
                engine.Tick(TimeSpan.Zero);
            }
        }
    }

    private static VisionEventKind[] Events(VisionEngine engine)
    {
        var kinds = new List<VisionEventKind>();
        while (engine.TryGetEvent(out VisionEvent? happened))
        {
            kinds.Add(happened.Kind);
        }

        return [.. kinds];
    }
}
