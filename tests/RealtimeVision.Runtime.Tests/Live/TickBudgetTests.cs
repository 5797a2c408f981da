using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Tests.Execution;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>A tick takes what it was given, whatever a frame needs beside the network.</summary>
public sealed class TickBudgetTests
{
    // Looks at the clock between the last piece that was begun and the end of the tick.
    private const int LooksAtTheEnd = 4;

    [TestCase(10)]
    [TestCase(40)]
    [TestCase(100_000)]
    public void UploadsAndResultsKeepTheBudgetToo(int ticks)
    {
        // Time passes at each look, so that all that is looked at takes the same.
        var time = new FakeTime(perLook: 1);
        using var model = new BrightnessModel(64, 64) { Manifest = VisionModelTests.ManifestOf(false) };
        VisionOptions options = VisionEngineTests.Options(VisionWorker.None) with
        {
            Device = "cpu",
            Threads = 1,
            Segmenter = model,
            RefineEdges = true,
            Background = BackgroundEffect.Of(0, 255, 0),
            ExpectedWidth = 1024,
            ExpectedHeight = 768,
        };
        using var engine = new VisionEngine(
            options, new ModelProcessorFactory(options, null, default, time), null, default);
        var frame = new Frame();
        for (int i = 0; i < 4; i++)
        {
            frame.Resize(1024, 768, PixelFormat.Rgb24);
            byte level = i % 2 == 0 ? (byte)0 : (byte)255;
            frame.Pixels.Fill(level);
            frame.Index = i;
            engine.Submit(frame);
            int turns = 0;
            while (!engine.Accounting.IsIdle)
            {
                long begin = time.Ticks;
                engine.Tick(TimeSpan.FromTicks(ticks));
                Assert.That(time.Ticks - begin, Is.LessThanOrEqualTo(ticks + LooksAtTheEnd));
                turns++;
            }

            // Nine parts of the frame come in, and as many of the composite go out.
            Assert.That(turns, ticks == 10 ? Is.GreaterThan(9) : Is.GreaterThan(0));
            Assert.That(engine.TryGetLatest(out VisionResult? result), Is.True);
            Assert.That(result!.Frame.Index, Is.EqualTo(i));
            Assert.That(result.Mask[0], Is.EqualTo(level));
            Assert.That(result.Composite!.Pixels[^3..].ToArray(), Is.EqualTo(new byte[] { level, 255, level }));
            Assert.That(result.Matte.Length, Is.EqualTo(1024 * 768));
        }
    }
}
