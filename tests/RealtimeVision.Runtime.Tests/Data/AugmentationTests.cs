using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class AugmentationTests
{
    private static readonly Augmentation[] All =
    [
        new Flip(0.5f, 0.5f), new PadAndCrop(3), new RandomAffine(20, 0.8f, 1.2f, 10, 0.1f),
        new RandomResizedCrop(12), new ColorJitter(0.3f, 0.3f, 0.3f, 0.1f),
        new GaussianBlur(0.5f, 1.5f, 0.5f), new GaussianNoise(0.05f), new Cutout(4),
    ];

    [Test]
    public void WithoutAugmentationBytesBecomeZeroToOneAndAreNormalised()
    {
        MemoryDataset dataset = Samples.Pictures(1, 5, 7, 3);
        var normalization = new Normalization([0.5f, 0.4f, 0.3f], [0.1f, 0.2f, 0.3f]);
        byte[] source = Samples.Input(dataset, 0);

        float[] plain = Apply(new AugmentationPipeline(dataset, [], null, 1), dataset).Input;
        float[] normal =
            Apply(new AugmentationPipeline(dataset, [], normalization, 1), dataset).Input;

        using (Assert.EnterMultipleScope())
        {
            for (int i = 0; i < source.Length; i++)
            {
                int c = i % 3;
                float expected =
                    ((source[i] / 255f) - normalization.Mean[c]) / normalization.Deviation[c];
                Assert.That(plain[i], Is.EqualTo(source[i] / 255f).Within(1e-6));
                Assert.That(normal[i], Is.EqualTo(expected).Within(1e-5));
            }
        }
    }

    [Test]
    public void AFlipMirrorsPictureAndMask()
    {
        MemoryDataset dataset = Masked(3, 4);
        (float[] plain, int[] mask) =
            Apply(new AugmentationPipeline(dataset, [], null, 1), dataset);
        (float[] flipped, int[] flippedMask) =
            Apply(new AugmentationPipeline(dataset, [new Flip(1, 1)], null, 1), dataset);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(flipped, Is.EqualTo(plain.Reverse()));
            Assert.That(flippedMask, Is.EqualTo(mask.Reverse()));
        }
    }

    [Test]
    public void PadAndCropShiftsPictureAndMaskTogether()
    {
        MemoryDataset dataset = Masked(6, 5);
        var normalization = new Normalization([0.25f], [1]);
        var pipeline = new AugmentationPipeline(dataset, [new PadAndCrop(2)], normalization, 1);
        byte[] source = Samples.Input(dataset, 0);
        int[] classes =
            MemoryMarshal.Cast<byte, int>(Samples.Read(dataset, 0).Target.AsSpan()).ToArray();
        var shifts = new HashSet<(int, int)>();
        for (int epoch = 0; epoch < 100; epoch++)
        {
            (float[] picture, int[] mask) = Apply(pipeline, dataset, 0, epoch);
            (int X, int Y)[] fits = [.. from y in Enumerable.Range(-2, 5)
                                        from x in Enumerable.Range(-2, 5)
                                        where Matches(x, y, picture, mask)
                                        select (x, y)];
            Assert.That(fits, Has.Length.EqualTo(1));
            shifts.Add(fits[0]);
        }

        Assert.That(shifts, Has.Count.GreaterThan(20));

        bool Matches(int dx, int dy, float[] picture, int[] mask)
        {
            for (int y = 0; y < 6; y++)
            {
                for (int x = 0; x < 5; x++)
                {
                    int sx = x + dx, sy = y + dy, at = (y * 5) + x, from = (sy * 5) + sx;
                    bool inside = sx is >= 0 and < 5 && sy is >= 0 and < 6;
                    float expected = inside ? (source[from] / 255f) - 0.25f : 0;
                    if (Math.Abs(picture[at] - expected) > 1e-6
                        || mask[at] != (inside ? classes[from] : 255))
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }

    [Test]
    public void AnAffineMapMovesPictureAndMaskAlike()
    {
        // The picture shows the classes of its mask, but between two of them.
        const int Side = 33;
        byte[] pixels = new byte[Side * Side];
        int[] mask = new int[Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            mask[i] = (i % Side / 11) + (i / Side / 11);
            pixels[i] = (byte)(mask[i] * 50);
        }

        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(Side, Side, 1)), pixels,
            new TensorType(ElementType.Int32, new Shape(Side, Side)),
            MemoryMarshal.AsBytes<int>(mask).ToArray(), ["0", "1", "2", "3", "4"], 255);
        var pipeline = new AugmentationPipeline(
            dataset, [new RandomAffine(45, 0.9f, 1.4f, 5, 0.1f)],
            new Normalization([1.2f], [1]), 3);
        int agree = 0, outside = 0, count = 0;
        for (int epoch = 0; epoch < 50; epoch++)
        {
            (float[] picture, int[] classes) = Apply(pipeline, dataset, 0, epoch);
            for (int i = 0; i < picture.Length; i++, count++)
            {
                bool filled = Math.Abs(picture[i]) < 1e-5f;
                Assert.That(filled, Is.EqualTo(classes[i] == 255));
                outside += filled ? 1 : 0;
                double shown = (picture[i] + 1.2f) * 255 / 50;
                agree += !filled && (int)Math.Round(shown) == classes[i] ? 1 : 0;
            }
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That((double)agree / (count - outside), Is.GreaterThan(0.9));
            Assert.That((double)outside / count, Is.InRange(0.05, 0.5));
        }
    }

    [Test]
    public void AResizedCropHasItsSizeAndStaysWithinThePicture()
    {
        MemoryDataset dataset = Masked(40, 30);
        var pipeline = new AugmentationPipeline(
            dataset, [new RandomResizedCrop(new Size2(16, 20))], new Normalization([9], [1]), 1);
        Assert.That(pipeline.InputType, Is.EqualTo(TensorType.Float(16, 20, 1)));
        Assert.That(pipeline.TargetType.ToString(), Is.EqualTo("Int32[16, 20]"));
        for (int epoch = 0; epoch < 50; epoch++)
        {
            (float[] picture, int[] mask) = Apply(pipeline, dataset, 0, epoch);
            Assert.That(picture, Is.All.InRange(-9f, -8f));
            Assert.That(mask, Has.None.EqualTo(255));
        }
    }

    [Test]
    public void ASmallerPictureIsTheMeanOfWhatItCovers()
    {
        MemoryDataset dataset = Samples.Pictures(1, 8, 8, 1);
        float[] source = Apply(new AugmentationPipeline(dataset, [], null, 1), dataset).Input;
        float[] half =
            Apply(new AugmentationPipeline(dataset, [new Resize(4)], null, 1), dataset).Input;
        for (int i = 0; i < 16; i++)
        {
            int at = (i / 4 * 16) + (i % 4 * 2);
            float mean = (source[at] + source[at + 1] + source[at + 8] + source[at + 9]) / 4;
            Assert.That(half[i], Is.EqualTo(mean).Within(1e-5));
        }
    }

    [Test]
    public void ColorsChangeWithinTheirRangeAndGreyStaysGrey()
    {
        byte[] grey = [.. Enumerable.Repeat((byte)100, 48)];
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(4, 4, 3)), grey, Samples.Label, new byte[4],
            ["a"]);
        float[] turned = Apply(
            new AugmentationPipeline(dataset, [new ColorJitter(0, 1, 1, 0.5f)], null, 1),
            dataset).Input;
        var brighter =
            new AugmentationPipeline(dataset, [new ColorJitter(Brightness: 0.5f)], null, 1);
        float[] levels =
            [.. Enumerable.Range(0, 200).Select(e => Apply(brighter, dataset, 0, e).Input[0])];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(turned, Is.All.EqualTo(100 / 255f).Within(2e-3));
            Assert.That(levels.Min(), Is.InRange(0.5 * 100 / 255, 0.55 * 100 / 255));
            Assert.That(levels.Max(), Is.InRange(1.45 * 100 / 255, 1.5 * 100 / 255));
        }
    }

    [Test]
    public void HueKeepsTheLuminanceAndTurnsRedToGreen()
    {
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(1, 1, 3)), [150, 100, 100], Samples.Label,
            new byte[4], ["a"]);
        var pipeline = new AugmentationPipeline(dataset, [new ColorJitter(Hue: 0.5f)], null, 1);
        var greenest = new float[3];
        for (int epoch = 0; epoch < 200; epoch++)
        {
            float[] rgb = Apply(pipeline, dataset, 0, epoch).Input;
            double luminance = (0.213 * rgb[0]) + (0.715 * rgb[1]) + (0.072 * rgb[2]);
            Assert.That(
                luminance, Is.EqualTo(((0.213 * 150) + (0.787 * 100)) / 255).Within(1e-3));
            greenest = rgb[1] > greenest[1] ? rgb : greenest;
        }

        Assert.That(greenest[1], Is.GreaterThan(greenest[0]).And.GreaterThan(greenest[2]));
    }

    [Test]
    public void ABlurKeepsTheMeanOfAPointAndIsSymmetric()
    {
        byte[] point = new byte[21 * 21 * 3];
        point[(((10 * 21) + 10) * 3) + 1] = 255;
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(21, 21, 3)), point, Samples.Label,
            new byte[4], ["a"]);
        float[] blurred = Apply(
            new AugmentationPipeline(dataset, [new GaussianBlur(1.5f, 1.5f)], null, 1),
            dataset).Input;
        float[] green = [.. blurred.Where((_, i) => i % 3 == 1)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(green.Sum(), Is.EqualTo(1).Within(1e-5));
            Assert.That(blurred.Sum(), Is.EqualTo(1).Within(1e-5));
            Assert.That(green[(10 * 21) + 12], Is.EqualTo(green[(8 * 21) + 10]).Within(1e-7));
            Assert.That(
                green[(10 * 21) + 11] / green[(10 * 21) + 10],
                Is.EqualTo(Math.Exp(-1 / (2 * 1.5 * 1.5))).Within(1e-4));
        }
    }

    [Test]
    public void ACutoutIsBlankAndIgnored()
    {
        MemoryDataset dataset = Masked(20, 20);
        var pipeline = new AugmentationPipeline(
            dataset, [new Cutout(6)], new Normalization([2], [1]), 1);
        for (int epoch = 0; epoch < 20; epoch++)
        {
            (float[] picture, int[] mask) = Apply(pipeline, dataset, 0, epoch);
            int blank = 0;
            for (int i = 0; i < mask.Length; i++)
            {
                Assert.That(mask[i] == 255, Is.EqualTo(picture[i] == 0));
                blank += mask[i] == 255 ? 1 : 0;
            }

            Assert.That(blank, Is.InRange(9, 36));
        }
    }

    [Test]
    public void NoiseHasItsDeviationAndWorksOnSeries()
    {
        var dataset = new MemoryDataset(
            TensorType.Float(10_000, 2), new byte[80_000], TensorType.Float(2), new byte[8]);
        float[] noisy = Apply(
            new AugmentationPipeline(dataset, [new GaussianNoise(0.3f)], null, 1), dataset).Input;
        Assert.That(
            Math.Sqrt(noisy.Average(v => (double)v * v)), Is.EqualTo(0.3).Within(0.01));
    }

    [Test]
    public void ASampleDependsOnSeedEpochAndIndexAlone()
    {
        MemoryDataset dataset = Samples.Pictures(2, 16, 16, 3);
        var pipeline = new AugmentationPipeline(dataset, All, null, 1);
        float[] first = Apply(pipeline, dataset, 0, 4).Input;
        Apply(pipeline, dataset, 1, 9);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Apply(pipeline, dataset, 0, 4).Input, Is.EqualTo(first));
            Assert.That(
                Apply(new AugmentationPipeline(dataset, All, null, 1), dataset, 0, 4).Input,
                Is.EqualTo(first));
            Assert.That(Apply(pipeline, dataset, 0, 5).Input, Is.Not.EqualTo(first));
            Assert.That(
                Apply(new AugmentationPipeline(dataset, All, null, 2), dataset, 0, 4).Input,
                Is.Not.EqualTo(first));
        }
    }

    [Test]
    public void FramesOfAClipAreAugmentedAlike()
    {
        byte[] frame = Samples.Input(Samples.Pictures(1, 8, 8, 3), 0);
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(3, 8, 8, 3)),
            [.. frame, .. frame, .. frame],
            Samples.Label, new byte[4], ["a"]);
        Augmentation[] alike = [.. All.Where(a => a is not GaussianNoise)];
        float[] clip = Apply(new AugmentationPipeline(dataset, alike, null, 1), dataset).Input;
        int length = clip.Length / 3;
        Assert.That(clip[length..(2 * length)], Is.EqualTo(clip[..length]));
        Assert.That(clip[(2 * length)..], Is.EqualTo(clip[..length]));
    }

    [Test]
    public void NothingIsAllocatedOnceTheScratchHasGrown()
    {
        MemoryDataset dataset = Samples.Pictures(1, 16, 16, 3);
        var pipeline = new AugmentationPipeline(dataset, All, new Normalization([0.5f], [1]), 1);
        byte[] input = Samples.Input(dataset, 0), target = new byte[4], label = new byte[4];
        float[] output = new float[pipeline.InputType.Shape.Count];
        var scratch = new AugmentationScratch();
        for (int epoch = 0; epoch < 50; epoch++)
        {
            pipeline.Apply(0, epoch, input, target, output, label, scratch);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int epoch = 0; epoch < 50; epoch++)
        {
            pipeline.Apply(0, epoch, input, target, output, label, scratch);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void WhatDoesNotFitIsRefused()
    {
        MemoryDataset pictures = Samples.Pictures(1, 4, 4, 2);
        var series = new MemoryDataset(
            TensorType.Float(10, 2), new byte[80], TensorType.Float(2), new byte[8]);
        using (Assert.EnterMultipleScope())
        {
            Refused(pictures, new ColorJitter(0.1f), "1 or 3 channels, not 2");
            Refused(pictures, new Flip(2), "probabilities are 0 to 1");
            Refused(pictures, new RandomResizedCrop(0), "sides are positive");
            Refused(series, new Flip(), "no pictures");
            Refused(Masked(4, 4, ignoreIndex: null), new PadAndCrop(1), "no ignore index");
            Assert.That(
                () => new AugmentationPipeline(
                    pictures, [], new Normalization([1, 1, 1], [1, 1, 1]), 1),
                Throws.ArgumentException);
            Assert.That(() => new Normalization([1], [0]), Throws.ArgumentException);
        }
    }

    [Test]
    public void StatisticsOfADatasetMakeItsMeanZeroAndItsDeviationOne()
    {
        MemoryDataset dataset = Samples.Pictures(20, 8, 8, 3);
        var pipeline = new AugmentationPipeline(dataset, [], Normalization.Of(dataset), 1);
        float[] values =
            [.. Enumerable.Range(0, 20).SelectMany(i => Apply(pipeline, dataset, i).Input)];
        using (Assert.EnterMultipleScope())
        {
            for (int c = 0; c < 3; c++)
            {
                float[] channel = [.. values.Where((_, i) => i % 3 == c)];
                Assert.That(channel.Average(), Is.Zero.Within(1e-4));
                Assert.That(channel.Average(v => v * v), Is.EqualTo(1).Within(1e-3));
            }
        }
    }

    private static void Refused(Dataset dataset, Augmentation augmentation, string problem) =>
        Assert.That(
            () => new AugmentationPipeline(dataset, [augmentation], null, 1),
            Throws.ArgumentException.With.Message.Contains(problem));

    private static MemoryDataset Masked(int height, int width, int? ignoreIndex = 255)
    {
        var random = new Random(height);
        byte[] pixels = new byte[height * width];
        random.NextBytes(pixels);
        int[] mask = [.. pixels.Select(_ => random.Next(4))];
        return new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(height, width, 1)), pixels,
            new TensorType(ElementType.Int32, new Shape(height, width)),
            MemoryMarshal.AsBytes<int>(mask).ToArray(), ["a", "b", "c", "d"], ignoreIndex);
    }

    private static (float[] Input, int[] Target) Apply(
        AugmentationPipeline pipeline, Dataset dataset, int index = 0, int epoch = 0)
    {
        (byte[] input, byte[] target) = Samples.Read(dataset, index);
        float[] output = new float[pipeline.InputType.Shape.Count];
        byte[] targetOutput = new byte[pipeline.TargetType.Bytes];
        pipeline.Apply(
            index, epoch, input, target, output, targetOutput, new AugmentationScratch());
        return (output, MemoryMarshal.Cast<byte, int>(targetOutput.AsSpan()).ToArray());
    }
}
