using System.Diagnostics;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Tests.Live;

namespace RealtimeVision.Media.Tests;

/// <summary>The whole way from a stream over HTTP, served by ffmpeg, to masks.</summary>
public sealed class LiveStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task AStreamThatStopsAndStartsAgainGoesOnBeingProcessed()
    {
        using var model = new BrightnessModel(48, 32)
        {
            Manifest = ConvolutionModel.ManifestOf(
                ModelTask.Segmentation, ModelOutput.Probability),
        };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            new VisionOptions { Segmenter = model, Device = "cpu", Threads = 1 });
        int port = TestFiles.FreePort();
        using IFrameSource source = FrameSources.Create($"http://127.0.0.1:{port}/cam");
        Process server = Serve(port);
        try
        {
            NetworkStreamTests.OpenWhenServed(source, server);
            using var pipeline = new LivePipeline(
                source,
                engine,
                new LivePipelineOptions { FirstRetry = TimeSpan.FromMilliseconds(100) });
            pipeline.Start();
            TakeMasks(engine, 10);

            server.Kill();
            server.WaitForExit();
            VisionEvent lost = NextEvent(engine);
            Assert.That(lost.Kind, Is.EqualTo(VisionEventKind.SourceLost));
            Assert.That(lost.Message, Does.StartWith(source.Name + ": the stream was lost after "));
            Assert.That(pipeline.State, Is.EqualTo(SourceState.Lost));

            server.Dispose();
            server = Serve(port);
            VisionEvent back = NextEvent(engine);
            Assert.That(back.Kind, Is.EqualTo(VisionEventKind.SourceRecovered));
            TakeMasks(engine, 10);
            Assert.That(pipeline.State, Is.EqualTo(SourceState.Running));

            pipeline.Stop();
            Assert.That(pipeline.State, Is.EqualTo(SourceState.Stopped));
            Assert.That(engine.Accounting.IsBalanced, Is.True);
            Assert.That(engine.Accounting.Failed, Is.Zero);
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
            server.Dispose();
        }
    }

    [Test]
    public async Task EveryFrameOfAFileIsProcessedInOrder()
    {
        using var files = new TestFiles();
        using var model = new BrightnessModel(48, 32)
        {
            Manifest = ConvolutionModel.ManifestOf(
                ModelTask.Segmentation, ModelOutput.Probability),
        };
        using VisionEngine engine = await VisionEngine.CreateAsync(new VisionOptions
        {
            Segmenter = model, Device = "cpu", Threads = 1, Pace = Pace.EveryFrame,
        });
        using IFrameSource source = FrameSources.Open(files.Clip("clip.mp4", 40));
        using var pipeline = new LivePipeline(source, engine);
        pipeline.Start();
        long next = 0;
        while (!pipeline.IsFinished)
        {
            engine.WaitForNews(Patience);
            engine.TryGetEvent(out _);
            if (engine.TryGetLatest(out VisionResult? result))
            {
                Assert.That(result.Frame.Index, Is.EqualTo(next++));
                Assert.That(result.Timestamp.TotalSeconds,
                    Is.EqualTo(result.Frame.Index / 25.0).Within(1e-3));
            }
        }

        Assert.That(next, Is.EqualTo(40));
        Assert.That(engine.Accounting, Is.EqualTo(new Accounting(40, 40, 0, 0, 0, 0)));
    }

    // White on the left half, black on the right.
    private static Process Serve(int port) => TestFiles.Start(
        "-re", "-f", "lavfi", "-i",
        "color=black:size=96x64:rate=25,drawbox=w=48:h=64:color=white:t=fill", "-f", "mpjpeg",
        "-listen", "1", $"http://127.0.0.1:{port}/cam");

    private static void TakeMasks(VisionEngine engine, int count)
    {
        long start = Stopwatch.GetTimestamp();
        for (int taken = 0; taken < count;)
        {
            Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(Patience), "no results came");
            engine.WaitForNews(TimeSpan.FromMilliseconds(100));
            if (!engine.TryGetLatest(out VisionResult? result))
            {
                continue;
            }

            taken++;
            Assert.That((result.MaskWidth, result.MaskHeight), Is.EqualTo((48, 32)));
            Assert.That(result.Mask[(16 * 48) + 10], Is.GreaterThan(240));
            Assert.That(result.Mask[(16 * 48) + 37], Is.LessThan(15));
        }
    }

    private static VisionEvent NextEvent(VisionEngine engine)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(Patience), "no event came");
            engine.WaitForNews(TimeSpan.FromMilliseconds(100));
            engine.TryGetLatest(out _);
            if (engine.TryGetEvent(out VisionEvent? happened))
            {
                return happened;
            }
        }
    }
}
