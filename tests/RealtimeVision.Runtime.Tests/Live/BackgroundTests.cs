using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>
/// Matte and background effects of the engine, over a segmenter for which bright is in front.
/// </summary>
public sealed class BackgroundTests
{
    [Test]
    public async Task AColourTakesTheBackgroundsPlace([Values] PixelFormat format, [Values] bool refines)
    {
        using var model = new BrightnessModel(16, 16) { Manifest = VisionModelTests.ManifestOf(false) };
        using VisionEngine engine = await Create(model, BackgroundEffect.Of(250, 100, 5), refines);
        Frame frame = HalfBright(40, 32, format);
        frame.Timestamp = TimeSpan.FromSeconds(7);
        frame.Index = 9;
        VisionResult result = Process(engine, frame);
        Frame composite = result.Composite!;
        Assert.That(
            (composite.Width, composite.Height, composite.Format, composite.Timestamp, composite.Index),
            Is.EqualTo((40, 32, format, TimeSpan.FromSeconds(7), 9L)));
        Assert.That(result.Matte.Length, Is.EqualTo(40 * 32));
        byte[] expected = format switch
        {
            PixelFormat.Gray8 => [134], // 0.299 * 250 + 0.587 * 100 + 0.114 * 5
            PixelFormat.Rgb24 => [250, 100, 5],
            PixelFormat.Bgr24 => [5, 100, 250],
            PixelFormat.Rgba32 => [250, 100, 5, 255],
            _ => [5, 100, 250, 255],
        };
        Assert.That(Pixel(composite, 2, 5), Is.EqualTo(expected).Within(1));
        Assert.That(Pixel(composite, 37, 5), Is.EqualTo(Pixel(frame, 37, 5)).Within(1));
        Assert.That(Pixel(result.Frame, 2, 5), Is.EqualTo(Pixel(frame, 2, 5)), "the frame stays");
    }

    [Test]
    public async Task APictureCoversTheFrame([Values] PixelFormat format)
    {
        // Twice as wide as it has to be: of its four stripes the two in the middle are seen.
        var picture = new Frame();
        picture.Resize(160, 64, PixelFormat.Rgb24);
        for (int i = 0; i < 160 * 64; i++)
        {
            byte level = (byte)(((i % 160 / 40) * 40) + 20);
            picture.Pixels.Slice(3 * i, 3).Fill(level);
        }

        using var model = new BrightnessModel(16, 16) { Manifest = VisionModelTests.ManifestOf(false) };
        using VisionEngine engine = await Create(model, BackgroundEffect.Of(picture));
        var dark = new Frame();
        foreach (var (width, height) in new[] { (40, 32), (20, 16), (80, 64), (240, 192) })
        {
            dark.Resize(width, height, format);
            dark.Pixels.Clear();
            Frame composite = Process(engine, dark).Composite!;
            Assert.That(Pixel(composite, width / 5, height / 2)[0], Is.EqualTo(60).Within(1));
            Assert.That(Pixel(composite, width * 4 / 5, height / 2)[0], Is.EqualTo(100).Within(1));
        }
    }

    [Test]
    public async Task TheBlurDoesNotTakeColoursOfWhatIsInFront()
    {
        using var model = new BrightnessModel(64, 64) { Manifest = VisionModelTests.ManifestOf(false) };
        using VisionEngine engine = await Create(model, BackgroundEffect.Blur(5), refines: true);
        Frame frame = HalfBright(64, 64, PixelFormat.Rgb24);
        // Stripes behind, bright in front.
        for (int y = 0; y < 64; y++)
        {
            for (int x = 0; x < 32; x++)
            {
                frame.Pixels.Slice(((y * 64) + x) * 3, 3).Fill((byte)(x % 8 < 4 ? 0 : 40));
            }
        }

        Frame composite = Process(engine, frame).Composite!;
        for (int x = 8; x < 28; x++)
        {
            Assert.That(Pixel(composite, x, 30)[1], Is.InRange(8, 42), $"column {x}");
        }

        Assert.That(Pixel(composite, 50, 30)[1], Is.EqualTo(255));
    }

    [Test]
    public async Task EdgesOfTheMatteAreTheFramesOwn([Values] bool isLetterboxed, [Values(1, 4)] int square)
    {
        using var model = new BrightnessModel(32, 32, square)
        {
            Manifest = VisionModelTests.ManifestOf(isLetterboxed),
        };
        using VisionEngine engine = await Create(model, BackgroundEffect.None);
        Frame frame = HalfBright(256, 192, PixelFormat.Rgb24);
        Assert.That(Process(engine, frame).Matte.IsEmpty, Is.True, "nothing is asked for");
        engine.Background = BackgroundEffect.Of(0, 0, 0);
        int soft = Unsure(Process(engine, frame));
        engine.RefineEdges = true;
        int sharp = Unsure(Process(engine, frame));
        engine.Background = BackgroundEffect.None;
        VisionResult result = Process(engine, frame);
        Assert.That(Unsure(result), Is.EqualTo(sharp), "a matte without an effect");
        Assert.That(result.Composite, Is.Null);
        Assert.That(soft, Is.GreaterThan(192 * 2), "columns of a row that are neither");
        Assert.That(sharp, Is.LessThanOrEqualTo(192 / 2));
        engine.RefineEdges = false;
        Assert.That(Process(engine, frame).Matte.IsEmpty, Is.True);

        static int Unsure(VisionResult result)
        {
            int count = 0;
            foreach (byte value in result.Matte)
            {
                count += value is > 13 and < 242 ? 1 : 0;
            }

            return count;
        }
    }

    [Test]
    public async Task GpusGiveTheSame([ValueSource(nameof(Gpus))] string device)
    {
        using var model = new BrightnessModel(32, 24) { Manifest = VisionModelTests.ManifestOf(true) };
        var noise = new Frame();
        noise.Resize(70, 50, PixelFormat.Bgra32);
        new Random(4).NextBytes(noise.Pixels);
        using VisionEngine cpu = await Create(model, BackgroundEffect.None, refines: true);
        using VisionEngine gpu = await Create(model, BackgroundEffect.None, refines: true, device);
        foreach (BackgroundEffect effect in new[]
        {
            BackgroundEffect.Blur(5), BackgroundEffect.Of(9, 8, 7),
            BackgroundEffect.Of(HalfBright(50, 40, PixelFormat.Rgb24)), BackgroundEffect.None,
        })
        {
            (cpu.Background, gpu.Background) = (effect, effect);
            VisionResult expected = Process(cpu, noise);
            VisionResult result = Process(gpu, noise);
            // A byte of the matte that is rounded the other way is a byte of the picture too.
            Assert.That(result.Matte.ToArray(), Is.EqualTo(expected.Matte.ToArray()).Within(1));
            Assert.That(result.Composite is null, Is.EqualTo(effect.Kind == BackgroundKind.None));
            Assert.That(
                result.Composite?.Pixels.ToArray(),
                Is.EqualTo(expected.Composite?.Pixels.ToArray()).Within(2));
        }
    }

    [Test]
    public async Task EdgesThatCannotBeRefinedAreSaidAndInterpolated()
    {
        // 16 pixels to 5 of the mask.
        using var model = new BrightnessModel(16, 16, square: 3) { Manifest = VisionModelTests.ManifestOf(false) };
        using VisionEngine engine = await Create(model, null, refines: true);
        Assert.That(engine.TryGetEvent(out VisionEvent? notice), Is.True);
        Assert.That(notice!.Message, Does.StartWith("edges cannot be refined: BrightnessModel takes 16x16"));
        VisionResult result = Process(engine, HalfBright(32, 32, PixelFormat.Rgb24));
        Assert.That((result.Matte[0], result.Matte[31]), Is.EqualTo(((byte)0, (byte)255)));
    }

    [Test]
    public async Task ClassesHaveABackgroundToo()
    {
        using var model = new BrightnessModel(16, 16, classes: 2)
        {
            Manifest = VisionModelTests.ManifestOf(false) with
            {
                Output = RealtimeVision.Runtime.Import.ModelOutput.Logits,
            },
        };
        using VisionEngine engine = await Create(model, BackgroundEffect.Of(0, 255, 0));
        VisionResult result = Process(engine, HalfBright(16, 16, PixelFormat.Rgb24));
        // The scores are 0.5 against 0 and 1: probabilities of 0.378 and 0.622, and a matte has twice
        // the contrast.
        Assert.That((int)result.Matte[2], Is.EqualTo(0.255 * 255).Within(1));
        Assert.That((int)result.Matte[13], Is.EqualTo(0.745 * 255).Within(1));
        Assert.That(result.MaskKind, Is.EqualTo(MaskKind.Classes));
    }

    [Test]
    public async Task WhatAnEngineWasMadeWithoutIsRefused()
    {
        using var model = new BrightnessModel(16, 16) { Manifest = VisionModelTests.ManifestOf(false) };
        using VisionEngine engine = await Create(model, null);
        Assert.That(engine.CanReplaceBackground, Is.False);
        Assert.That(
            () => engine.Background = BackgroundEffect.Blur(),
            Throws.InvalidOperationException.With.Message.Contain("VisionOptions.Background"));
        Assert.That(() => engine.RefineEdges = true, Throws.InvalidOperationException);
        engine.Background = BackgroundEffect.None;
        Assert.That(() => BackgroundEffect.Blur(0), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => BackgroundEffect.Blur(float.NaN), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => BackgroundEffect.Blur(21), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => BackgroundEffect.Of(new Frame()), Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    public void EffectsSayWhatTheyAre()
    {
        Assert.That(BackgroundEffect.None.ToString(), Is.EqualTo("none"));
        Assert.That(BackgroundEffect.Blur(2.5f).ToString(), Is.EqualTo("blur 2.5 %"));
        Assert.That(BackgroundEffect.Of(0, 255, 16).ToString(), Is.EqualTo("#00ff10"));
        Assert.That(
            BackgroundEffect.Of(HalfBright(8, 6, PixelFormat.Gray8)).ToString(), Is.EqualTo("picture 8x6"));
        Assert.That(BackgroundEffect.Blur().Kind, Is.EqualTo(BackgroundKind.Blur));
    }

    private static IEnumerable<string> Gpus => DeviceList.Find()
        .Where(d => d.Kind is not "cpu" && d.Problem is null).Select(d => d.Id);

    private static Task<VisionEngine> Create(
        BrightnessModel model, BackgroundEffect? effect, bool refines = false, string device = "cpu") =>
        VisionEngine.CreateAsync(VisionModelTests.Options() with
        {
            Segmenter = model,
            Background = effect,
            RefineEdges = refines,
            Device = device,
        });

    private static VisionResult Process(VisionEngine engine, Frame frame)
    {
        engine.Submit(frame);
        VisionResult? result;
        while (!engine.TryGetLatest(out result))
        {
            Assert.That(engine.Accounting.Failed, Is.Zero, () =>
                engine.TryGetEvent(out VisionEvent? happened) ? happened.Message : "");
            engine.WaitForNews(TimeSpan.FromSeconds(1));
        }

        return result;
    }

    private static Frame HalfBright(int width, int height, PixelFormat format)
    {
        var frame = new Frame();
        frame.Resize(width, height, format);
        for (int i = 0; i < width * height; i++)
        {
            frame.Pixels.Slice(i * frame.Channels, frame.Channels).Fill((byte)(i % width < width / 2 ? 0 : 255));
        }

        return frame;
    }

    private static byte[] Pixel(Frame frame, int x, int y) =>
        frame.Pixels.Slice(((y * frame.Width) + x) * frame.Channels, frame.Channels).ToArray();
}
