using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

public sealed class LivePipelineTests
{
    [Test]
    public void AFileIsPacedByItsOwnTimeInRealtime()
    {
        var clock = new FakeClock();
        using var engine = VisionEngineTests.Engine(new FakeFactory());
        using var source = new MemorySource(50);
        using var pipeline = new LivePipeline(source, engine, null, clock);
        pipeline.Start();
        Finish(engine, pipeline);
        Assert.That(clock.Waits, Has.Count.EqualTo(49));
        Assert.That(clock.Waits, Is.All.EqualTo(TimeSpan.FromMilliseconds(10)));
    }

    [Test]
    public void AFilesNextFrameIsReadWhenTheModelsRest()
    {
        using var gate = new SemaphoreSlim(0);
        using var entered = new SemaphoreSlim(0);
        using var engine = VisionEngineTests.Engine(new FakeFactory { Gate = gate, Entered = entered });
        bool mayRead = false;
        bool isEarly = false;
        using var source = new MemorySource(3)
        {
            Interval = TimeSpan.FromHours(1),

            // From the first two frames, none of which is dropped, it is known how far apart they are.
            BeforeRead = index =>
            {
                if (index == 1)
                {
                    entered.Wait();
                }

                isEarly |= index == 2 && !Volatile.Read(ref mayRead);
            },
        };
        using var pipeline = new LivePipeline(source, engine, null, new FakeClock());
        pipeline.Start();
        SpinWait.SpinUntil(() => engine.Accounting.Submitted == 2);
        gate.Release();
        entered.Wait();
        Volatile.Write(ref mayRead, true);
        gate.Release(2);
        Finish(engine, pipeline);
        Assert.That(isEarly, Is.False);
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(3, 3, 0, 0, 0, 0)));
    }

    [Test]
    public void AFileIsReadInTimeWhereTheModelsDoNotRest()
    {
        using var gate = new SemaphoreSlim(0);
        using var read = new SemaphoreSlim(0);
        using var engine = VisionEngineTests.Engine(new FakeFactory { Gate = gate });
        using var source = new MemorySource(20) { BeforeRead = _ => read.Release() };
        using var pipeline = new LivePipeline(source, engine);
        pipeline.Start();
        for (int i = 0; i < 20; i++)
        {
            read.Wait();
        }

        gate.Release(20);
        Finish(engine, pipeline);
        Assert.That(engine.Accounting.Submitted, Is.EqualTo(20));
        Assert.That(engine.Accounting.Processed, Is.AtMost(2));
    }

    [Test]
    public void EveryFrameIsNotPaced()
    {
        var clock = new FakeClock();
        using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new MemorySource(50);
        using var pipeline = new LivePipeline(source, engine, null, clock);
        pipeline.Start();
        Finish(engine, pipeline);
        Assert.That(clock.Waits, Is.Empty);
        Assert.That(engine.Accounting.Processed, Is.EqualTo(50));
        Assert.That(pipeline.State, Is.EqualTo(SourceState.Ended));
    }

    [Test]
    public void ALostSourceComesBackAfterWaitsThatDouble()
    {
        var clock = new FakeClock();
        bool isLost = false;
        using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new MemorySource(20)
        {
            IsLive = true,
            BeforeRead = index =>
            {
                if (index == 10 && !isLost)
                {
                    isLost = true;
                    throw new SourceException("the cable was pulled");
                }
            },
            BeforeOpen = opened =>
            {
                if (opened < 6)
                {
                    throw new SourceException("not there yet");
                }
            },
        };
        using var pipeline = new LivePipeline(source, engine, null, clock);
        pipeline.Start();
        List<VisionEvent> events = Finish(engine, pipeline);
        Assert.That(
            clock.Waits.Select(w => w.TotalSeconds),
            Is.EqualTo(new double[] { 1, 2, 4, 8, 10, 10, 10 }));
        Assert.That(events.Select(e => e.Kind), Is.EqualTo(new[]
        {
            VisionEventKind.SourceLost, VisionEventKind.SourceRecovered,
            VisionEventKind.EndOfStream,
        }));
        Assert.That(events[0].Message, Is.EqualTo("the cable was pulled"));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(30, 30, 0, 0, 0, 0)));
    }

    [Test]
    public void ABrokenFrameIsCountedAndSkipped()
    {
        using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new MemorySource(10)
        {
            BeforeRead = index =>
            {
                if (index % 3 == 2)
                {
                    throw new SourceException($"picture {index} is torn") { CanGoOn = true };
                }
            },
        };
        using var pipeline = new LivePipeline(source, engine);
        pipeline.Start();
        List<VisionEvent> events = Finish(engine, pipeline);
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(10, 7, 0, 3, 0, 0)));
        Assert.That(events.Select(e => e.Message), Has.Some.EqualTo("picture 5 is torn"));
    }

    [Test]
    public void AFolderWhereAllIsBrokenEnds()
    {
        using var engine = VisionEngineTests.Engine(new FakeFactory());
        using var source = new MemorySource(long.MaxValue)
        {
            BeforeRead = _ => throw new SourceException("torn") { CanGoOn = true },
        };
        using var pipeline = new LivePipeline(source, engine);
        pipeline.Start();
        Finish(engine, pipeline);
        Assert.That(pipeline.State, Is.EqualTo(SourceState.Failed));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(99, 0, 0, 99, 0, 0)));
    }

    [Test]
    public void ADamagedFileEndsAndSaysWhy()
    {
        using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new MemorySource(10)
        {
            BeforeRead = index =>
            {
                if (index == 4)
                {
                    throw new SourceException("the video is truncated");
                }
            },
        };
        using var pipeline = new LivePipeline(source, engine);
        pipeline.Start();
        List<VisionEvent> events = Finish(engine, pipeline);
        Assert.That(pipeline.State, Is.EqualTo(SourceState.Failed));
        Assert.That(pipeline.Error!.Message, Is.EqualTo("the video is truncated"));
        Assert.That(events.Single().Kind, Is.EqualTo(VisionEventKind.SourceLost));
        Assert.That(engine.Accounting.Processed, Is.EqualTo(4));
    }

    [Test]
    public void TheLimitEndsTheStream()
    {
        using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new MemorySource(100);
        using var pipeline = new LivePipeline(
            source, engine, new LivePipelineOptions { FrameLimit = 7 });
        pipeline.Start();
        Finish(engine, pipeline);
        Assert.That(engine.Accounting.Processed, Is.EqualTo(7));
    }

    [Test]
    public void PausedStreamsGoOnStepByStep([Values] bool isLive)
    {
        using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new MemorySource(isLive ? long.MaxValue : 40) { IsLive = isLive };
        using var pipeline = new LivePipeline(
            source, engine, new LivePipelineOptions { StartPaused = true, FrameLimit = 40 });
        pipeline.Start();
        Assert.That(pipeline.State, Is.EqualTo(SourceState.Paused));
        long last = -1;
        for (int step = 0; step < 3; step++)
        {
            Assert.That(engine.Accounting.Submitted, Is.EqualTo(step));
            pipeline.Step();
            VisionResult result = VisionEngineTests.Take(engine);
            Assert.That(result.Frame.Index, isLive ? Is.GreaterThan(last) : Is.EqualTo(step));
            last = result.Frame.Index;
        }

        pipeline.Resume();
        Finish(engine, pipeline);
        Assert.That(engine.Accounting.Processed, Is.EqualTo(40));
    }

    [Test]
    public void APipelineStopsAtAnyMoment([Values] Pace pace)
    {
        var random = new Random(23);
        for (int i = 0; i < 50; i++)
        {
            using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: pace);
            using var source = new MemorySource(long.MaxValue) { IsLive = i % 2 == 0 };
            using var pipeline = new LivePipeline(
                source, engine, new LivePipelineOptions { StartPaused = i % 3 == 0 });
            if (i > 0)
            {
                pipeline.Start();
            }

            Thread.SpinWait(random.Next(100_000));
            if (i % 5 == 0)
            {
                engine.Dispose();
            }

            pipeline.Stop();
            pipeline.Dispose();
            Assert.That(pipeline.State, Is.EqualTo(SourceState.Stopped));
            Assert.That(source.Closed, Is.GreaterThan(0));
            Assert.That(engine.Accounting.IsBalanced, Is.True);
        }
    }

    private static List<VisionEvent> Finish(VisionEngine engine, LivePipeline pipeline)
    {
        var events = new List<VisionEvent>();
        while (!pipeline.IsFinished)
        {
            engine.WaitForNews(TimeSpan.FromMilliseconds(100));
            engine.TryGetLatest(out _);
            Collect();
        }

        pipeline.Stop();
        Collect();
        return events;

        void Collect()
        {
            while (engine.TryGetEvent(out VisionEvent? happened))
            {
                events.Add(happened);
            }
        }
    }
}
