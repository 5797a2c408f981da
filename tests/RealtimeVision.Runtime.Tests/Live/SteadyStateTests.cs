using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Tests.Live.Teaching;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Long runs: the books balance at every moment, and nothing is allocated.</summary>
[NonParallelizable]
public sealed class SteadyStateTests
{
    private const long FrameCount = 10_000;
    private const long WarmUpFrames = 1_000;
    private const long WindowFrames = 100;

    [Test]
    public void TenThousandFramesAddUpAndAllocateNothing(
        [Values] VisionWorker worker, [Values] Pace pace)
    {
        var modelBytes = new AllocationMeter();
        VisionEngine engine = null!;
        var factory = new FakeFactory
        {
            SlicesPerFrame = 2,
            BeforeFrame = () => modelBytes.Look(engine.Accounting.Submitted),
        };
        using (engine = VisionEngineTests.Engine(factory, worker, pace))
        {
            Run(engine, result => result.Mask[0] == (byte)result.Frame.Index);
            Assert.That(modelBytes.Bytes, Is.Zero, "bytes allocated by the thread of the models");
        }
    }

    [Test]
    public async Task RealModelsAllocateNothingEither([Values] VisionWorker worker)
    {
        // Frames get brighter with the lowest byte of their number: some have a segment, some have
        // none, and each 256th is a cut.
        using var segmenter = new BrightnessModel(16, 16)
        {
            Manifest = VisionModelTests.ManifestOf(true) with { Threshold = 0.2f },
        };
        using var classifier = new BrighterHalfModel(16, 8)
        {
            Manifest = VisionModelTests.Classifier(ModelRegion.LargestSegment),
        };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with
            {
                Segmenter = segmenter,
                Classifier = classifier,
                Worker = worker,
                Pace = Pace.EveryFrame,
                Smoothing = 0.5f,
                LabelHysteresis = 0.1f,
            });
        long labelled = 0;
        Run(engine, result =>
        {
            labelled += result.Labels.Count > 0 ? 1 : 0;
            return result.MaskWidth == 16 && result.MaskHeight == 8;
        });
        Assert.That(labelled, Is.InRange(FrameCount / 10, 9 * FrameCount / 10));
    }

    [Test]
    public async Task BackgroundEffectsAllocateNothing([Values] VisionWorker worker)
    {
        using var model = new BrightnessModel(16, 16) { Manifest = VisionModelTests.ManifestOf(false) };
        var picture = new Frame();
        picture.Resize(50, 40, PixelFormat.Rgb24);
        BackgroundEffect[] effects =
            [BackgroundEffect.Blur(), BackgroundEffect.Of(1, 2, 3), BackgroundEffect.None];
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with
            {
                Segmenter = model,
                Worker = worker,
                Pace = Pace.EveryFrame,
                Smoothing = 0.5f,
                Background = BackgroundEffect.Of(picture),
                RefineEdges = true,
            });
        Run(engine, result =>
        {
            // Changed while it runs.
            if (result.Number % 7 == 6)
            {
                engine.Background = effects[(int)(result.Number / 7 % effects.Length)];
            }

            return result.Matte.Length == result.Frame.Width * result.Frame.Height
                && (result.Composite is null || result.Composite.Index == result.Frame.Index);
        });
    }

    [Test]
    public async Task CollectingAndLabellingWhatIsTaughtAllocatesNothing([Values] VisionWorker worker)
    {
        using Network backbone = TeachingScene.Backbone();
        using var teacher = new Teacher(backbone);
        teacher.CollectCloud("first", 1, 20);
        teacher.CollectCloud("second", 2, 20);
        teacher.Release();
        Assert.That(teacher.WaitUntilTrained(TimeSpan.FromMinutes(2)), Is.True);
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with
            {
                Teacher = teacher,
                Worker = worker,
                Pace = Pace.EveryFrame,
                LabelHysteresis = 0.1f,
            });
        Run(engine, result =>
        {
            teacher.Collect("second", result);
            return result.Labels.Count == 2;
        });
        Assert.That(teacher.Status.Collected, Is.EqualTo(FrameCount));
    }

    private static void Run(VisionEngine engine, Func<VisionResult, bool> isRight)
    {
        VisionWorker worker = engine.Options.Worker;
        Pace pace = engine.Options.Pace;
        var sourceBytes = new AllocationMeter();
        var callerBytes = new AllocationMeter();
        using var source = new MemorySource(FrameCount)
        {
            IsLive = true,
            BeforeRead = index =>
            {
                // In bursts of four, so that frames are dropped and processed alike.
                while (index % 4 == 0 && !engine.Accounting.IsIdle)
                {
                    Thread.Yield();
                }

                sourceBytes.Look(index);
            },
        };
        using (var pipeline = new LivePipeline(source, engine))
        {
            var process = new ProcessMeter();
            long last = -1;
            long results = 0;
            pipeline.Start();
            while (!pipeline.IsFinished)
            {
                if (worker == VisionWorker.None)
                {
                    engine.Tick(TimeSpan.FromMilliseconds(1));
                }
                else
                {
                    engine.WaitForNews(TimeSpan.FromSeconds(1));
                }

                Accounting now = engine.Accounting;
                Require(now.IsBalanced, "the books do not add up");
                callerBytes.Look(now.Submitted);
                process.Look(now.Submitted);
                if (engine.TryGetLatest(out VisionResult? result))
                {
                    Require(result.Frame.Index > last, "a result came late or twice");
                    Require(MemorySource.IsIntact(result.Frame), "the frame is not the result's");
                    Require(isRight(result), "the mask is not the frame's");
                    last = result.Frame.Index;
                    results++;
                }
                else if (worker == VisionWorker.None)
                {
                    Thread.Yield();
                }
            }

            Accounting end = engine.Accounting;
            Assert.That(end.IsBalanced && end.IsIdle, Is.True, $"{end}");
            Assert.That(end.Submitted, Is.EqualTo(FrameCount));
            Assert.That(end.Failed, Is.Zero);
            Assert.That(last, Is.EqualTo(FrameCount - 1));
            Assert.That(results, Is.GreaterThanOrEqualTo(pace == Pace.EveryFrame ? FrameCount : 1));
            if (pace == Pace.EveryFrame)
            {
                Assert.That(end.Processed, Is.EqualTo(FrameCount));
            }
            else
            {
                Assert.That(end.Processed, Is.GreaterThanOrEqualTo(FrameCount / 4));
                Assert.That(end.Dropped, Is.GreaterThan(0));
            }

            Assert.That(sourceBytes.Bytes, Is.Zero, "bytes allocated by the source's thread");
            Assert.That(callerBytes.Bytes, Is.Zero, "bytes allocated by the caller's thread");
            Assert.That(process.LeastBytes, Is.Zero, "bytes allocated by the process");
        }
    }

    // Assertions allocate, which is what is measured.
    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            Assert.Fail(message);
        }
    }

    /// <summary>What one thread has allocated between warm-up and the end, exactly.</summary>
    private sealed class AllocationMeter
    {
        private long _first = -1;
        private long _last;

        public long Bytes => _last - _first;

        public void Look(long frames)
        {
            if (frames >= WarmUpFrames && frames < FrameCount)
            {
                _last = GC.GetAllocatedBytesForCurrentThread();
                _first = _first < 0 ? _last : _first;
            }
        }
    }

    /// <summary>
    /// What the process has allocated for every hundred frames. The test's host has timers that
    /// allocate too, so that only the least says something: a frame cannot hide in it.
    /// </summary>
    private sealed class ProcessMeter
    {
        private readonly List<long> _windows = new((int)(FrameCount / WindowFrames) + 1);
        private long _next = WarmUpFrames;
        private long _before = -1;

        public long LeastBytes => _windows.Min();

        public void Look(long frames)
        {
            if (frames < _next || frames >= FrameCount)
            {
                return;
            }

            long bytes = GC.GetTotalAllocatedBytes(precise: true);
            if (_before >= 0)
            {
                _windows.Add(bytes - _before);
            }

            _before = bytes;
            _next = frames + WindowFrames;
        }
    }
}
