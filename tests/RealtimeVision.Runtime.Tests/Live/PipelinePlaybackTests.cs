using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Going to another time, and to another engine, while a stream runs.</summary>
public sealed class PipelinePlaybackTests
{
    [Test]
    public void AStreamGoesOnFromWhereItIsSought()
    {
        var factory = new FakeFactory();
        using var engine = VisionEngineTests.Engine(factory, pace: Pace.EveryFrame);
        using var source = new SeekableSource(100);
        using var pipeline = new LivePipeline(source, engine);
        pipeline.Seek(TimeSpan.FromMilliseconds(900));
        pipeline.Start();
        Assert.That(Indices(engine, pipeline), Is.EqualTo(Enumerable.Range(90, 10)));
        Assert.That(factory.NewScenes, Is.EqualTo(1));
    }

    [Test]
    public void AFrameFromBeforeASeekDoesNotBeginItsScene()
    {
        var factory = new FakeFactory { FirstOfScenes = [] };
        using var engine = VisionEngineTests.Engine(
            factory, VisionWorker.None, Pace.EveryFrame);
        using var source = new SeekableSource(100);
        using var pipeline = new LivePipeline(
            source, engine, new LivePipelineOptions { StartPaused = true });
        pipeline.Start();
        pipeline.Step();
        Assert.That(() => pipeline.FramesRead, Is.EqualTo(1).After(60_000, 1));

        // The first frame waits while the sought one is read.
        pipeline.Seek(TimeSpan.FromMilliseconds(500));
        Assert.That(() => source.Reads, Is.EqualTo(2).After(60_000, 1));
        engine.Tick(TimeSpan.FromSeconds(1));
        Assert.That(Next(engine).Frame.Index, Is.Zero);
        Assert.That(() => pipeline.FramesRead, Is.EqualTo(2).After(60_000, 1));
        engine.Tick(TimeSpan.FromSeconds(1));
        Assert.That(Next(engine).Frame.Index, Is.EqualTo(50));
        Assert.That(factory.FirstOfScenes, Is.EqualTo(new[] { 0, 50 }));
    }

    [Test]
    public void AStreamThatStandsStillShowsTheSoughtFrameAndStandsStill()
    {
        using var engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new SeekableSource(100);
        using var pipeline = new LivePipeline(
            source, engine, new LivePipelineOptions { StartPaused = true });
        pipeline.Start();
        foreach (int index in new[] { 50, 7, 99 })
        {
            pipeline.Seek(TimeSpan.FromMilliseconds(10 * index));
            Assert.That(Next(engine).Frame.Index, Is.EqualTo(index));
            Assert.That(pipeline.State, Is.EqualTo(SourceState.Paused));
        }

        // A result may come before its frame is counted, and nothing may come after it.
        Assert.That(() => pipeline.FramesRead, Is.EqualTo(3).After(5000, 1));
    }

    [Test]
    public void ASourceThatCannotSeekSaysSo()
    {
        using var engine = VisionEngineTests.Engine(new FakeFactory());
        using var source = new MemorySource(10);
        using var pipeline = new LivePipeline(source, engine);
        Assert.That(pipeline.CanSeek, Is.False);
        Assert.That(
            () => pipeline.Seek(default),
            Throws.InvalidOperationException.With.Message.Contains("memory"));
    }

    [Test]
    public void AnotherEngineTakesOverBetweenFrames()
    {
        using var source = new MemorySource(long.MaxValue);
        VisionEngine engine = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var pipeline = new LivePipeline(source, engine);
        pipeline.Start();
        long last = -1;
        for (int i = 0; i < 200; i++)
        {
            for (int k = 0; k < i % 4; k++)
            {
                VisionResult result = Next(engine);
                Require(MemorySource.IsIntact(result.Frame), "another frame's pixels");
                Require(result.Frame.Index > last, "the stream went back");
                last = result.Frame.Index;
            }

            VisionEngine next = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
            pipeline.Engine = next;
            engine.Dispose();
            Require(engine.Accounting.IsBalanced, "books of the one before");
            engine = next;
        }

        Assert.That(Next(engine).Frame.Index, Is.GreaterThan(last));
        Assert.That(pipeline.State, Is.EqualTo(SourceState.Running));
        engine.Dispose();
        pipeline.Stop();
        Assert.That(pipeline.State, Is.EqualTo(SourceState.Stopped), "no other engine is there");
    }

    [Test]
    public void AReplacedEngineThatGoesOnKeepsWhatItHas()
    {
        using var first = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var second = VisionEngineTests.Engine(new FakeFactory(), pace: Pace.EveryFrame);
        using var source = new MemorySource(40);
        using var pipeline = new LivePipeline(source, first);
        pipeline.Start();
        var seen = new List<long> { Next(first).Frame.Index };
        pipeline.Engine = second;
        while (!pipeline.IsFinished || !first.IsDrained)
        {
            Take(first);
            Take(second);
        }

        Assert.That(seen, Is.EquivalentTo(Enumerable.Range(0, 40)));

        void Take(VisionEngine engine)
        {
            engine.WaitForNews(TimeSpan.FromMilliseconds(1));
            if (engine.TryGetLatest(out VisionResult? result))
            {
                seen.Add(result.Frame.Index);
            }
        }
    }

    private static VisionResult Next(VisionEngine engine)
    {
        VisionResult? result;
        while (!engine.TryGetLatest(out result))
        {
            engine.WaitForNews(TimeSpan.FromMilliseconds(100));
            engine.TryGetEvent(out _);
        }

        return result;
    }

    private static List<long> Indices(VisionEngine engine, LivePipeline pipeline)
    {
        var indices = new List<long>();
        while (!pipeline.IsFinished)
        {
            engine.WaitForNews(TimeSpan.FromMilliseconds(100));
            engine.TryGetEvent(out _);
            if (engine.TryGetLatest(out VisionResult? result))
            {
                indices.Add(result.Frame.Index);
            }
        }

        return indices;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            Assert.Fail(message);
        }
    }

    /// <summary>Frames of 10 ms that can be gone through at will.</summary>
    private sealed class SeekableSource(long count) : ISeekableSource
    {
        private long _next;
        private int _reads;

        public string Name => "seekable";

        /// <summary>Reads so far, with one that goes on.</summary>
        public int Reads => Volatile.Read(ref _reads);

        public bool IsLive => false;

        public double? FrameRate => 100;

        public long? FrameCount => count;

        public TimeSpan? Duration => TimeSpan.FromMilliseconds(10 * count);

        public void Open(CancellationToken cancellation) => _next = 0;

        public bool Read(Frame frame, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _reads);
            frame.Resize(16, 8, PixelFormat.Rgb24);
            MemorySource.Paint(frame, _next);
            return _next++ < count;
        }

        public void Seek(TimeSpan position, CancellationToken cancellation) =>
            _next = (long)Math.Round(position.TotalMilliseconds / 10);

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }
}
