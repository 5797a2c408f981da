using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Street.Tests;

/// <summary>Datasets of streets.</summary>
public class DatasetTests
{
    private static readonly StreetDatasetOptions Small =
        new() { Width = 80, Height = 45, Count = 64 };

    [Test]
    public void SegmentationSamplesAreWhatALiveFrameGives()
    {
        var data = new StreetSegmentationDataset(Small with { Detail = 2 });
        Assert.That(data.InputType, Is.EqualTo(new TensorType(ElementType.UInt8, new Shape(45, 80, 3))));
        Assert.That(data.TargetType, Is.EqualTo(new TensorType(ElementType.Int32, new Shape(45, 80))));
        Assert.That(data.ClassNames, Is.EqualTo(StreetClasses.Names));
        var (input, target) = Read(data, 6);
        var moment = data.MomentOf(6);
        var rgb = new byte[160 * 90 * 3];
        var classes = new byte[160 * 90];
        new StreetRenderer(160, 90).Render(moment.Scene, moment.Time, rgb, classes);
        ReadOnlySpan<int> mask = MemoryMarshal.Cast<byte, int>(target);
        for (int y = 0; y < 45; y++)
        {
            for (int x = 0; x < 80; x++)
            {
                Assert.That(mask[(y * 80) + x], Is.EqualTo(classes[(((2 * y) + 1) * 160) + (2 * x) + 1]));
                for (int c = 0; c < 3; c++)
                {
                    int At(int dx, int dy) => rgb[(((((2 * y) + dy) * 160) + (2 * x) + dx) * 3) + c];
                    double mean = (At(0, 0) + At(1, 0) + At(0, 1) + At(1, 1)) / 4.0;
                    Assert.That((double)input[(((y * 80) + x) * 3) + c], Is.EqualTo(mean).Within(0.51));
                }
            }
        }
    }

    [Test]
    public void PartsShareNoCity()
    {
        var cities = Enum.GetValues<StreetPart>().SelectMany(part =>
        {
            var data = new StreetSegmentationDataset(Small with { Part = part, Count = 500 });
            return Enumerable.Range(0, 500).Select(i => data.MomentOf(i).Seed).Distinct()
                .Select(seed => (part, seed));
        }).ToArray();
        Assert.That(cities.Select(c => c.seed), Is.Unique);
        Assert.That(cities, Has.Length.GreaterThan(1490));
        Assert.That(cities.Select(c => c.seed), Has.All.GreaterThan(uint.MaxValue));
    }

    [Test]
    public void WeathersAreBalancedAndLabelled()
    {
        var data = new StreetWeatherDataset(Small);
        Assert.That(data.CountClasses(), Is.EqualTo((int[])[16, 16, 16, 16]));
        for (int i = 0; i < 8; i++)
        {
            var (_, target) = Read(data, i);
            Assert.That(BitConverter.ToInt32(target), Is.EqualTo(data.LabelOf(i)));
            Assert.That((int)data.MomentOf(i).Weather, Is.EqualTo(data.LabelOf(i)));
        }
    }

    [Test]
    public void MotionsAreThoseOfEachFrameAndBalancedInTheLast()
    {
        var data = new StreetMotionDataset(Small, frames: 3, frameRate: 5);
        Assert.That(data.InputType.Shape, Is.EqualTo(new Shape(3, 45, 80, 3)));
        Assert.That(data.TargetType, Is.EqualTo(new TensorType(ElementType.Int32, new Shape(3))));
        Assert.That(data.HasStepLabels && !data.HasLabels);
        var last = new int[4];
        for (int i = 0; i < data.Count; i++)
        {
            var moment = data.MomentOf(i);
            var motions = MemoryMarshal.Cast<byte, int>(Read(data, i).Target);
            Assert.That(motions[0], Is.EqualTo(data.IgnoreIndex));
            Assert.That(
                motions[1], Is.EqualTo((int)moment.Scene.MotionAt(moment.Time - 0.2)));
            Assert.That(motions[2], Is.EqualTo((int)moment.Scene.MotionAt(moment.Time)));
            last[motions[2]]++;
        }

        Assert.That(last, Is.EqualTo((int[])[16, 16, 16, 16]));
        var (input, _) = Read(data, 1);
        Assert.That(input[..(45 * 80 * 3)], Is.Not.EqualTo(input[^(45 * 80 * 3)..]));
    }

    [Test]
    public void ThreadsReadTheSameSamples()
    {
        var one = new StreetSegmentationDataset(Small);
        var other = new StreetSegmentationDataset(Small);
        var expected = Enumerable.Range(0, 16).Select(i => Read(one, i)).ToArray();
        Parallel.For(0, 16, i =>
        {
            var (input, target) = Read(other, 15 - i);
            Assert.That(input, Is.EqualTo(expected[15 - i].Input));
            Assert.That(target, Is.EqualTo(expected[15 - i].Target));
        });
    }

    [Test]
    public void WrongOptionsAreNamed()
    {
        Assert.That(
            () => new StreetSegmentationDataset(Small with { Width = 0 }), Throws.Exception);
        Assert.That(
            () => new StreetWeatherDataset(Small with { Count = -1 }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Count"));
        Assert.That(
            () => new StreetWeatherDataset(Small with { Detail = 0 }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Detail"));
        Assert.That(
            () => new StreetMotionDataset(Small, frames: 1),
            Throws.InstanceOf<ArgumentException>());
    }

    private static (byte[] Input, byte[] Target) Read(StreetDataset data, int index)
    {
        var input = new byte[data.InputType.Bytes];
        var target = new byte[data.TargetType.Bytes];
        data.Read(index, input, target);
        return (input, target);
    }
}
