using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Tests.Explain;

/// <summary>What filters look for, and maps as tiles.</summary>
public sealed class FeatureTests
{
    [Test]
    public void AChannelAnswersMoreToItsPicture()
    {
        using var device = new CpuDevice(2);
        using var network = new Sequential(
            "small", new Shape(12, 12, 3), new Conv2D(4, 3) { Activation = Activation.Elu },
            new Conv2D(6, 3) { Activation = Activation.Elu }, new GlobalAveragePooling2D(),
            new Dense(3));
        network.Initialise(6);
        using var explainer = new Explainer(network, device);
        var features = new FeatureVisualisation { Steps = 24, Jitter = 2 };
        Tensor made = features.Make(explainer, "conv2d_1", 2);

        Assert.That(Mean(explainer, made), Is.GreaterThan(Mean(explainer, explainer.Grey(0.5f)) + 0.1));
        Assert.That(made.As<float>().ToArray(), Is.All.InRange(0, 1));
        Assert.That(
            features.Make(explainer, "conv2d_1", 2).As<float>().ToArray(),
            Is.EqualTo(made.As<float>().ToArray()), "the same seed");
        Assert.That(
            () => features.Make(explainer, "conv2d_1", 6),
            Throws.TypeOf<ExplainException>().With.Message.Contains("6 channels"));
        Assert.That(
            FirstKernels.Of(explainer)!.As<float>().ToArray(),
            Is.EqualTo(network.Parameter("conv2d/kernel").Values.ToArray()));

        static double Mean(Explainer explainer, Tensor picture) => explainer
            .Activations(picture, "conv2d_1")[0].As<float>().ToArray()
            .Where((_, i) => i % 6 == 2).Average();
    }

    [Test]
    public void PicturesAreAsLargeAsIsWishedWhereLayersTakeAnySize()
    {
        using var device = new CpuDevice(2);
        using var network = new Sequential(
            "large", new Shape(40, 48, 3), new Conv2D(4, 3) { Stride = 2 },
            new Conv2D(6, 3) { Activation = Activation.Elu }, new GlobalAveragePooling2D(),
            new Dense(3));
        using var fixedSize = new Sequential(
            "fixed", new Shape(40, 48, 3), new Conv2D(4, 3) { Stride = 2 }, new Flatten(),
            new Dense(3));
        network.Initialise(6);
        fixedSize.Initialise(6);
        var features = new FeatureVisualisation { Steps = 4, Side = 24 };
        using (var explainer = new Explainer(network, device))
        {
            IReadOnlyList<Tensor> made = features.Make(explainer, "conv2d_1", [0, 2, 3, 5, 1]);
            Assert.That(made.Select(p => p.Shape), Is.All.EqualTo(new Shape(1, 24, 24, 3)));
            Assert.That(
                made[1].As<float>().ToArray(),
                Is.EqualTo(features.Make(explainer, "conv2d_1", 2).As<float>().ToArray())
                    .Within(1e-4f),
                "whatever is made beside it");
            Assert.That(
                () => features.Make(explainer, "conv2d_1", [0, 6]),
                Throws.TypeOf<ExplainException>().With.Message.Contains("no 6"));
        }

        using (var explainer = new Explainer(fixedSize, device))
        {
            Assert.That(
                features.Make(explainer, "conv2d", 0).Shape, Is.EqualTo(new Shape(1, 40, 48, 3)));
        }
    }

    [Test]
    public void RollingBackGivesThePicture()
    {
        float[] picture = [.. Enumerable.Range(0, 5 * 4 * 2).Select(i => (float)i)];
        var moved = new float[picture.Length];
        var back = new float[picture.Length];
        PictureFilters.Roll(picture, moved, 5, 4, 2, 3, -2);
        Assert.That(moved[(((2 * 5) + 3) * 2) + 1], Is.EqualTo(1), "(0, 0) is at (3, 2)");
        PictureFilters.Roll(moved, back, 5, 4, 2, -3, 2);
        Assert.That(back, Is.EqualTo(picture));
    }

    [Test]
    public void BlurKeepsTheMeanOfAnEvenPicture()
    {
        float[] picture = new float[7 * 7];
        picture[24] = 9;
        PictureFilters.BoxBlur(picture, 7, 7, 1, 1);
        Assert.That(picture[16], Is.EqualTo(1).Within(1e-5));
        Assert.That(picture[0], Is.Zero.Within(1e-5));
        Assert.That(picture.Sum(), Is.EqualTo(9).Within(1e-4));
    }

    [Test]
    public void MapsAreTiles()
    {
        var maps = new FeatureMaps(new Shape(1, 2, 3, 5), most: 4);
        Assert.That((maps.Shown, maps.Columns * maps.Rows), Is.EqualTo((4, 4)));
        Assert.That(
            (maps.Width, maps.Height),
            Is.EqualTo(((maps.Columns * 4) - 1, (maps.Rows * 3) - 1)));
        float[] values = [.. Enumerable.Range(0, 30).Select(i => i % 5 == 1 ? 7f : i / 5)];
        var pixels = new byte[maps.Width * maps.Height];
        maps.Draw(values, pixels);
        Assert.That(pixels[0], Is.Zero);
        Assert.That(pixels[maps.Width + 2], Is.EqualTo(255), "the last pixel of the first map");
        Assert.That(pixels[4], Is.Zero, "a map that is the same everywhere");
        Assert.That(pixels[3], Is.Zero, "the gap");
        Assert.That(
            () => maps.Draw(values.AsSpan(1), new byte[maps.Width * maps.Height]),
            Throws.ArgumentException);
    }

    [Test]
    public void MapsOfOnePixelAreComparedWithEachOther()
    {
        var maps = new FeatureMaps(new Shape(1, 3));
        Assert.That((maps.MapWidth, maps.Shown), Is.EqualTo((1, 3)));
        var pixels = new byte[maps.Width * maps.Height];
        maps.Draw([-1, 3, 1], pixels);
        Assert.That(pixels.Where(level => level > 0), Is.EquivalentTo(new byte[] { 255, 128 }));
    }
}
