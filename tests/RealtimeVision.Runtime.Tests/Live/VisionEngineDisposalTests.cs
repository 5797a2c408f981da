using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Engines that end at any moment, over a processor without models.</summary>
public sealed class VisionEngineDisposalTests
{
    [Test]
    public void DisposalDropsWhatIsUnderWay()
    {
        using var gate = new SemaphoreSlim(0);
        using var entered = new SemaphoreSlim(0);
        var factory = new FakeFactory { Gate = gate, Entered = entered };
        var engine = VisionEngineTests.Engine(factory);
        engine.Submit(VisionEngineTests.FrameOf(0));
        Assert.That(entered.Wait(VisionEngineTests.Patience), Is.True);
        engine.Submit(VisionEngineTests.FrameOf(1));
        engine.Dispose();
        engine.Dispose();
        Assert.That(factory.IsDisposed, Is.True);
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(2, 0, 2, 0, 0, 0)));
        Assert.That(
            () => engine.Submit(VisionEngineTests.FrameOf(2)),
            Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(engine.TryGetLatest(out _), Is.False);
        Assert.That(engine.WaitForNews(Timeout.InfiniteTimeSpan), Is.False);
    }

    [Test]
    public void DisposalAtAnyMomentIsClean([Values] VisionWorker worker, [Values] Pace pace)
    {
        var random = new Random(17);
        for (int i = 0; i < 50; i++)
        {
            var factory = new FakeFactory { SlicesPerFrame = 3, Fails = f => f.Index % 5 == 4 };
            var engine = VisionEngineTests.Engine(factory, worker, pace);
            var submitter = new Thread(() => SubmitUntilDisposed(engine));
            var taker = new Thread(() => TakeUntilDisposed(engine, factory));
            submitter.Start();
            taker.Start();
            Thread.SpinWait(random.Next(200_000));
            engine.Dispose();
            submitter.Join();
            taker.Join();
            Assert.That(factory.IsDisposed, Is.True);
            Accounting accounting = engine.Accounting;
            Assert.That(accounting.IsBalanced && accounting.IsIdle, Is.True, $"{accounting}");
        }
    }

    [Test]
    public void ACancelledCreationReleasesEverything()
    {
        var factory = new FakeFactory();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(
            () => new VisionEngine(
                VisionEngineTests.Options(), factory, null, cancelled.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(factory.IsDisposed, Is.True);
    }

    private static void SubmitUntilDisposed(VisionEngine engine)
    {
        try
        {
            for (long i = 0; ; i++)
            {
                Assert.That(engine.Accounting.IsBalanced, Is.True);
                engine.Submit(VisionEngineTests.FrameOf(i));
            }
        }
        catch (ObjectDisposedException)
        {
            // What the test is about.
        }
    }

    private static void TakeUntilDisposed(VisionEngine engine, FakeFactory factory)
    {
        try
        {
            while (!factory.IsDisposed)
            {
                if (engine.TryGetLatest(out VisionResult? result))
                {
                    Assert.That(MemorySource.IsIntact(result.Frame), Is.True);
                }

                engine.TryGetEvent(out _);
                if (engine.Options.Worker == VisionWorker.None)
                {
                    engine.Tick(TimeSpan.Zero);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // What the test is about.
        }
    }
}
