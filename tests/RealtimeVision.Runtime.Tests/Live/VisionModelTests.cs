using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>The engine over small networks whose answers are known.</summary>
public sealed class VisionModelTests
{
    private static readonly (int Width, int Height)[] FrameSizes =
        [(64, 64), (640, 480), (97, 301), (33, 21), (1281, 719), (200, 40)];

    [Test]
    public async Task MasksLineUpWithTheFrame(
        [Values(1, 4)] int square,
        [Values(1, 2)] int classes,
        [Values] bool isLetterboxed,
        [Values] VisionWorker worker)
    {
        using var model = new BrightnessModel(96, 64, square, classes, classes == 1)
        {
            Manifest = ManifestOf(isLetterboxed),
        };
        using VisionEngine engine = await Create(model, worker);
        var segment = new LargestSegment();
        foreach (var (width, height) in FrameSizes)
        {
            var bright = new PixelBox(
                width / 5, height / 4, Math.Max(width / 2, 1), Math.Max(height / 3, 1));
            VisionResult result = Process(engine, Picture(width, height, bright));
            string what = $"{width}x{height}, mask {result.MaskWidth}x{result.MaskHeight}";
            Assert.That(result.MaskKind, Is.EqualTo(
                classes == 1 ? MaskKind.Probability : MaskKind.Classes));
            PixelBox found = segment.Find(
                result.Mask, result.MaskWidth, result.MaskHeight, (byte)(classes == 1 ? 128 : 1));
            double x = (double)result.MaskWidth / width;
            double y = (double)result.MaskHeight / height;
            Assert.That(found.X, Is.EqualTo(bright.X * x).Within(1), what);
            Assert.That(found.Right, Is.EqualTo(bright.Right * x).Within(1), what);
            Assert.That(found.Y, Is.EqualTo(bright.Y * y).Within(1), what);
            Assert.That(found.Bottom, Is.EqualTo(bright.Bottom * y).Within(1), what);
            if (!isLetterboxed)
            {
                Assert.That((result.MaskWidth, result.MaskHeight),
                    Is.EqualTo((96 / square, 64 / square)));
            }
        }
    }

    [Test]
    public async Task TheClassifierSeesTheLargestSegmentWithItsMargin()
    {
        // In the whole frame the left is brighter, in the segment the right.
        Frame frame = Picture(320, 200, new PixelBox(200, 80, 80, 20));
        Fill(frame, new PixelBox(200, 80, 40, 20), 160);
        Fill(frame, new PixelBox(0, 0, 150, 200), 100);
        Fill(frame, new PixelBox(10, 10, 30, 30), 255);
        using var segmenter = new BrightnessModel(320, 320) { Manifest = ManifestOf(true) };
        using var classifier = new BrighterHalfModel { Manifest = Classifier(ModelRegion.Frame) };
        using (VisionEngine whole = await Create(segmenter, classifier: classifier))
        {
            VisionResult result = Process(whole, frame);
            Assert.That(result.Labels[0].Text, Is.EqualTo("first"));
            Assert.That(result.LabelRegion, Is.EqualTo(new PixelBox(0, 0, 320, 200)));
        }

        classifier.Manifest = Classifier(ModelRegion.LargestSegment);
        using VisionEngine engine = await Create(segmenter, classifier: classifier);
        VisionResult labelled = Process(engine, frame);
        Assert.That(labelled.LabelRegion, Is.EqualTo(new PixelBox(190, 70, 100, 40)));
        Assert.That(labelled.Labels, Has.Count.EqualTo(2));
        Assert.That(labelled.Labels[0].Text, Is.EqualTo("second"));
        Assert.That(labelled.Labels.Sum(l => l.Probability), Is.EqualTo(1).Within(1e-5));

        VisionResult dark = Process(engine, Picture(320, 200, default));
        Assert.That(dark.Labels, Is.Empty);
        Assert.That(dark.LabelRegion.IsEmpty, Is.True);
    }

    [Test]
    public async Task TheFirstLabelStaysUntilAnotherIsClearlyBetter()
    {
        using var model = new BrighterHalfModel { Manifest = Classifier(ModelRegion.Frame) };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            Options() with { Classifier = model, LabelHysteresis = 0.5f });
        // A difference of brightness of d / 255 makes a difference of scores of 30 d / 255.
        Assert.That(First(100, 100 + 20), Is.EqualTo("second"));
        Assert.That(First(100 + 4, 100), Is.EqualTo("second"));
        Assert.That(First(100 + 20, 100), Is.EqualTo("first"));
        Assert.That(First(100, 100 + 4), Is.EqualTo("first"));

        string First(byte left, byte right)
        {
            Frame frame = Picture(32, 16, default);
            Fill(frame, new PixelBox(0, 0, 16, 16), left);
            Fill(frame, new PixelBox(16, 0, 16, 16), right);
            return Process(engine, frame).Labels[0].Text;
        }
    }

    [Test]
    public async Task SmoothingAveragesAndForgetsWhereASceneBegins()
    {
        using var model = new BrightnessModel(16, 16) { Manifest = ManifestOf(true) };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            Options() with { Segmenter = model, Smoothing = 0.75f });
        Assert.That(First(16, 100), Is.EqualTo(100));
        Assert.That(First(16, 120), Is.EqualTo(105));
        Assert.That(First(16, 120), Is.EqualTo(109));
        Assert.That(First(16, 200), Is.EqualTo(200), "a cut");
        // 180 is less unsure than a half: the past gets 0.83 of its weight.
        Assert.That(First(16, 180), Is.EqualTo(192));
        Assert.That(First(12, 170), Is.EqualTo(170), "another size");
        engine.ResetScene();
        Assert.That(First(12, 180), Is.EqualTo(180), "asked for");
        Assert.That(First(12, 255), Is.EqualTo(255), "no doubt leaves no ghost");
        engine.Smoothing = 0;
        Assert.That(First(12, 240), Is.EqualTo(240), "switched off");
        Assert.That(() => engine.Smoothing = 1, Throws.InstanceOf<ArgumentException>());

        byte First(int size, byte value)
        {
            Frame frame = Picture(size, size, default);
            Fill(frame, new PixelBox(0, 0, size, size), value);
            return Process(engine, frame).Mask[0];
        }
    }

    [Test]
    public async Task AllFormatsGiveTheSame([Values] PixelFormat format)
    {
        using var model = new BrightnessModel(8, 8) { Manifest = ManifestOf(true) };
        using VisionEngine engine = await Create(model);
        var frame = new Frame();
        frame.Resize(8, 8, format);
        int channels = frame.Channels;
        byte[] pixel = format switch
        {
            PixelFormat.Gray8 => [80],
            PixelFormat.Rgb24 or PixelFormat.Bgr24 => [60, 90, 90],
            _ => [60, 90, 90, 255],
        };
        for (int i = 0; i < 64; i++)
        {
            pixel.CopyTo(frame.Pixels[(i * channels)..]);
        }

        Assert.That(Process(engine, frame).Mask[9], Is.EqualTo(80));
    }

    [Test]
    public async Task FramesOfAnySizeAreTakenAndCarried([Values] VisionWorker worker)
    {
        using var model = new BrightnessModel(32, 32) { Manifest = ManifestOf(true) };
        using VisionEngine engine = await Create(model, worker);
        var random = new Random(4);
        for (int i = 0; i < 60; i++)
        {
            Frame frame = Picture(random.Next(1, 300), random.Next(1, 300), default);
            MemorySource.Paint(frame, i);
            VisionResult result = Process(engine, frame);
            Assert.That(result.Frame.Index, Is.EqualTo(i));
            Assert.That(MemorySource.IsIntact(result.Frame), Is.True);
            Assert.That((result.Frame.Width, result.Frame.Height),
                Is.EqualTo((frame.Width, frame.Height)));
        }
    }

    [Test]
    public async Task MakingAnEngineTellsHowFarItIs()
    {
        using var model = new BrightnessModel { Manifest = ManifestOf(true) };
        var progress = new Progress();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            Options() with { Segmenter = model }, progress);
        Assert.That(progress.Reports.Select(r => r.Fraction), Is.Ordered);
        Assert.That(progress.Reports[^1], Is.EqualTo(new WarmUpProgress("ready", 1)));
        Assert.That(progress.Reports.Select(r => r.Stage),
            Has.Some.EqualTo("compiling BrightnessModel"));
        Assert.That(engine.DeviceId, Is.EqualTo("cpu"));
        Assert.That(engine.ModelName, Is.EqualTo("Segmentation"));
        Assert.That(engine.TryGetEvent(out _), Is.False);
    }

    [Test]
    public void MakingAnEngineCanBeCancelledAtAnyStage()
    {
        using var model = new BrightnessModel { Manifest = ManifestOf(true) };
        foreach (double fraction in new[] { 0, 0.1, 0.2, 0.95 })
        {
            using var cancellation = new CancellationTokenSource();
            var progress = new Progress
            {
                Reported = report =>
                {
                    if (report.Fraction >= fraction)
                    {
                        cancellation.Cancel();
                    }
                },
            };
            Assert.That(
                () => VisionEngine.CreateAsync(
                    Options() with { Segmenter = model }, progress, cancellation.Token),
                Throws.InstanceOf<OperationCanceledException>(), $"{fraction}");
        }
    }

    [Test]
    public void WhatCannotWorkIsNamed()
    {
        using var model = new BrightnessModel { Manifest = ManifestOf(true) };
        using var labels = new BrighterHalfModel
        {
            Manifest = Classifier(ModelRegion.LargestSegment),
        };
        AssertRefused(Options(), "a segmenter, a classifier or a teacher");
        AssertRefused(Options() with { Segmenter = labels }, "of classification, not of segm");
        AssertRefused(Options() with { Classifier = labels }, "needs a segmenter");
        AssertRefused(Options() with { Segmenter = model, Smoothing = 1 }, "weight of the past");
        AssertRefused(
            Options() with { Classifier = labels, RefineEdges = true }, "needs a segmenter");
        AssertRefused(Options() with { Segmenter = "no/such.onnx" }, "no/such.onnx");
        AssertRefused(Options() with { Segmenter = model, Device = "tpu" }, "unknown device 'tpu'");
        model.Manifest = ManifestOf(true) with
        {
            Input = new ManifestInput { Width = 9, Height = 9 },
        };
        AssertRefused(Options() with { Segmenter = model }, "says height 9, the model takes 64");
    }

    [Test]
    public async Task AModelWithoutManifestIsSaid()
    {
        using var model = new BrightnessModel(8, 8);
        using VisionEngine engine = await Create(model);
        Assert.That(engine.TryGetEvent(out VisionEvent? notice), Is.True);
        Assert.That(notice!.Kind, Is.EqualTo(VisionEventKind.Notice));
        Assert.That(notice.Message, Does.StartWith("BrightnessModel has no manifest"));
        // Taken to be scores: the sigmoid of 1 is 0.73.
        Assert.That(
            Process(engine, Picture(8, 8, new PixelBox(0, 0, 8, 8))).Mask[0],
            Is.EqualTo(186).Within(1));
    }

    [Test]
    public async Task TheCpuTakesOverWhenTheDeviceDies([Values] VisionWorker worker)
    {
        using var model = new BrightnessModel(16, 16) { Manifest = ManifestOf(true) };
        using var device = new DyingDevice();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            Options() with { Segmenter = model, Device = device, Worker = worker });
        Frame bright = Picture(16, 16, new PixelBox(0, 0, 16, 16));
        Assert.That(Process(engine, bright).Mask[5], Is.EqualTo(255));
        Assert.That(engine.DeviceId, Is.EqualTo("dying"));
        device.IsDead = true;
        engine.Submit(bright);
        while (!engine.Accounting.IsIdle)
        {
            TickIfNeeded(engine);
        }

        Assert.That(Process(engine, bright).Mask[5], Is.EqualTo(255));
        Assert.That(engine.DeviceId, Is.EqualTo("cpu"));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(3, 2, 0, 1, 0, 0)));
        Assert.That(engine.TryGetEvent(out VisionEvent? failed), Is.True);
        Assert.That(failed!.Kind, Is.EqualTo(VisionEventKind.FrameFailed));
        Assert.That(engine.TryGetEvent(out VisionEvent? lost), Is.True);
        Assert.That(lost!.Kind, Is.EqualTo(VisionEventKind.DeviceLost));
        Assert.That(lost.Message, Does.Contain("'dying'").And.Contain("fell off the bus"));
    }

    [Test]
    public async Task DisposalAtAnyMomentIsClean([Values] VisionWorker worker)
    {
        var random = new Random(31);
        using var model = new BrightnessModel(64, 64) { Manifest = ManifestOf(true) };
        using var device = DeviceList.Open("cpu", 2);
        for (int i = 0; i < 50; i++)
        {
            VisionEngine engine = await VisionEngine.CreateAsync(
                Options() with { Segmenter = model, Device = device, Worker = worker });
            var ticker = new Thread(() =>
            {
                try
                {
                    while (engine.Options.Worker == VisionWorker.None)
                    {
                        engine.Tick(TimeSpan.Zero);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What the test is about.
                }
            });
            ticker.Start();
            // Larger than expected, so that disposal may meet a plan in the making.
            engine.Submit(Picture(i % 4 == 0 ? 400 : 40, 40, default));
            Thread.SpinWait(random.Next(300_000));
            engine.Dispose();
            ticker.Join();
            Assert.That(engine.Accounting.IsBalanced && engine.Accounting.IsIdle, Is.True);
        }
    }

    internal static ModelManifest ManifestOf(bool isLetterboxed) =>
        ConvolutionModel.ManifestOf(ModelTask.Segmentation, ModelOutput.Probability) with
        {
            Input = new ManifestInput { Letterbox = isLetterboxed },
        };

    internal static ModelManifest Classifier(ModelRegion region) =>
        ConvolutionModel.ManifestOf(ModelTask.Classification, ModelOutput.Logits) with
        {
            Input = new ManifestInput { Letterbox = false, Region = region, Margin = 0.5f },
        };

    internal static VisionOptions Options() => new()
    {
        Device = "cpu",
        Threads = 2,
        ExpectedWidth = 64,
        ExpectedHeight = 64,
    };

    private static Task<VisionEngine> Create(
        Model segmenter,
        VisionWorker worker = VisionWorker.Background,
        Model? classifier = null) =>
        VisionEngine.CreateAsync(Options() with
        {
            Segmenter = segmenter,
            Classifier = classifier is null ? null : ModelChoice.FromModel(classifier),
            Worker = worker,
        });

    private static VisionResult Process(VisionEngine engine, Frame frame)
    {
        engine.Submit(frame);
        VisionResult? result;
        while (!engine.TryGetLatest(out result))
        {
            Assert.That(engine.Accounting.Failed, Is.Zero.Or.EqualTo(1));
            TickIfNeeded(engine);
            Thread.Yield();
        }

        return result;
    }

    private static void TickIfNeeded(VisionEngine engine)
    {
        if (engine.Options.Worker == VisionWorker.None)
        {
            engine.Tick(TimeSpan.FromMilliseconds(1));
        }
    }

    private static Frame Picture(int width, int height, PixelBox bright)
    {
        var frame = new Frame();
        frame.Resize(width, height, PixelFormat.Rgb24);
        frame.Pixels.Clear();
        Fill(frame, bright, 255);
        return frame;
    }

    private static void Fill(Frame frame, PixelBox box, byte value)
    {
        for (int y = box.Y; y < box.Bottom; y++)
        {
            int first = ((y * frame.Width) + box.X) * frame.Channels;
            frame.Pixels.Slice(first, box.Width * frame.Channels).Fill(value);
        }
    }

    private static void AssertRefused(VisionOptions options, string message) => Assert.That(
        () => VisionEngine.CreateAsync(options), Throws.Exception.With.Message.Contain(message));

    private sealed class Progress : IProgress<WarmUpProgress>
    {
        public List<WarmUpProgress> Reports { get; } = [];

        public Action<WarmUpProgress>? Reported { get; init; }

        public void Report(WarmUpProgress value)
        {
            Reports.Add(value);
            Reported?.Invoke(value);
        }
    }
}
