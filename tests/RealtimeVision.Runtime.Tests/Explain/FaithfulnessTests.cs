using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Explain;

/// <summary>Maps of a classifier that was trained, measured.</summary>
public sealed class FaithfulnessTests
{
    private const int Side = 16;
    private const int Spot = 5;

    [Test]
    public void GradCamBeatsARandomMap()
    {
        using var device = new CpuDevice(2);
        using var network = new Sequential(
            "spots", new Shape(Side, Side, 3), new Conv2D(8, 3) { Activation = Activation.Relu },
            new Conv2D(12, 3) { Activation = Activation.Relu }, new GlobalAveragePooling2D(),
            new Dense(3));
        network.Initialise(1);
        var options = new TrainerOptions { Epochs = 6, BatchSize = 16, Seed = 1 };
        using (var trainer = new Trainer(
            network, new Classification(), new Adam(0.01f), device, options))
        {
            var result = trainer.Fit(Data(256, 1).Data, Data(64, 2).Data);
            Assert.That(result.History[^1].Validation["accuracy"], Is.GreaterThan(0.95));
        }

        using var explainer = new Explainer(network, device);
        var (test, places) = Data(12, 3);
        var random = new Random(4);
        double cam = 0, noise = 0, camIn = 0, noiseIn = 0;
        int hits = 0;
        for (int i = 0; i < test.Count; i++)
        {
            var bytes = new byte[Side * Side * 3];
            var label = new byte[sizeof(int)];
            test.Read(i, bytes, label);
            Tensor picture = Tensor.Of<float>(
                new Shape(1, Side, Side, 3), [.. bytes.Select(b => b / 255f)]);
            ClassTarget target = explainer.Target(picture, BitConverter.ToInt32(label));
            AttributionMap map = new GradCam().Attribute(explainer, picture, target);
            var chance = new AttributionMap(
                Side, Side, [.. map.Values.Select(_ => random.NextSingle())], isSigned: false);
            cam += PerturbationCurve.Deletion(explainer, picture, target, map).Area;
            noise += PerturbationCurve.Deletion(explainer, picture, target, chance).Area;
            camIn += PerturbationCurve.Insertion(explainer, picture, target, map).Area;
            noiseIn += PerturbationCurve.Insertion(explainer, picture, target, chance).Area;
            int best = Array.IndexOf(map.Values, map.Values.Max());
            hits += IsOn(best % Side, places[i].X) && IsOn(best / Side, places[i].Y) ? 1 : 0;
        }

        TestContext.Out.WriteLine(
            $"deletion {cam / 12:F3} against {noise / 12:F3}, "
            + $"insertion {camIn / 12:F3} against {noiseIn / 12:F3}, {hits} of 12 on the spot");
        Assert.That(cam, Is.LessThan(0.8 * noise), "deletion");
        Assert.That(camIn, Is.GreaterThan(1.1 * noiseIn), "insertion");
        Assert.That(hits, Is.GreaterThanOrEqualTo(10), "the largest number is on the spot");
    }

    [Test]
    public void CurvesGoFromOnePictureToTheOther()
    {
        using var device = new CpuDevice(1);
        using var network = new Sequential(
            "linear", new Shape(4, 4, 3), new Flatten(), new Dense(2));
        network.Initialise(2);
        using var explainer = new Explainer(network, device);
        Tensor picture = AttributionTests.Random(explainer, 5);
        ClassTarget target = explainer.Target(picture, 1);
        AttributionMap map = new IntegratedGradients().Attribute(explainer, picture, target);

        var deletion = PerturbationCurve.Deletion(explainer, picture, target, map, 8);
        var insertion = PerturbationCurve.Insertion(explainer, picture, target, map, 8);
        float whole = explainer.Score(picture, target).Confidence;
        Assert.That(deletion.Shares, Is.EqualTo(Enumerable.Range(0, 9).Select(i => i / 8.0)));
        Assert.That(deletion.Confidences[0], Is.EqualTo(whole));
        Assert.That(insertion.Confidences[^1], Is.EqualTo(whole));
        Assert.That(
            new PerturbationCurve([0, 0.5, 1], [1, 0, 1]).Area, Is.EqualTo(0.5).Within(1e-12));
        Assert.That(
            () => PerturbationCurve.Deletion(
                explainer, picture, target, new AttributionMap(2, 2, new float[4], false)),
            Throws.ArgumentException.With.Message.Contains("2x2"));
    }

    private static bool IsOn(int place, int first) => place >= first - 1 && place <= first + Spot;

    // Noise with a spot: stripes across, stripes down, or a checkerboard of single pixels.
    private static (MemoryDataset Data, (int X, int Y)[] Places) Data(int count, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[count * Side * Side * 3];
        var labels = new int[count];
        var places = new (int X, int Y)[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 3;
            places[i] = (random.Next(1, Side - Spot), random.Next(1, Side - Spot));
            Span<byte> picture = pixels.AsSpan(i * Side * Side * 3, Side * Side * 3);
            for (int p = 0; p < picture.Length; p++)
            {
                picture[p] = (byte)random.Next(90, 130);
            }

            for (int y = 0; y < Spot; y++)
            {
                for (int x = 0; x < Spot; x++)
                {
                    int on = labels[i] == 0 ? y : labels[i] == 1 ? x : x + y;
                    int at = (((places[i].Y + y) * Side) + places[i].X + x) * 3;
                    picture.Slice(at, 3).Fill((byte)(on % 2 == 0 ? 240 : 10));
                }
            }
        }

        var data = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(Side, Side, 3)), pixels,
            new TensorType(ElementType.Int32, new Shape()),
            MemoryMarshal.AsBytes<int>(labels).ToArray(), ["across", "down", "checked"]);
        return (data, places);
    }
}
