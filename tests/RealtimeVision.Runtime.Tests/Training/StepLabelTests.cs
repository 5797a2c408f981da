using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Trainings with a label for each step of a sequence.</summary>
public sealed class StepLabelTests
{
    private const int Steps = 6;

    [Test]
    public void ARecurrentNetworkLearnsALabelAStep()
    {
        using var device = new CpuDevice(1);
        using var network = Network(new TimeDistributed(new Dense(2)));
        using var trainer = Make(network, device);

        var result = trainer.Fit(Sequences(256, 1), Sequences(64, 2));

        Assert.That(result.History[^1].Validation["accuracy"], Is.GreaterThan(0.95));
    }

    [Test]
    public void StepsThatAreIgnoredDoNotCount()
    {
        var scores = new ClassificationScores(2, ignoreIndex: -1);
        var data = Sequences(4, 1);
        using var loader = new DataLoader(data, new() { BatchSize = 4, Shuffle = false, Epochs = 1 });
        Assert.That(loader.TryNext(out var batch), Is.True);

        // All steps are said to be of the first class, with certainty.
        float[] predictions = [.. Enumerable.Repeat((float[])[9, -9], 4 * Steps).SelectMany(p => p)];
        scores.Add(MemoryMarshal.AsBytes<float>(predictions), batch!);

        var metrics = new MetricSet();
        scores.AppendTo(metrics);
        int[] truth = batch!.Targets<int>().ToArray();
        int right = truth.Count(t => t == 0), counted = truth.Count(t => t >= 0);
        Assert.That(counted, Is.EqualTo(4 * (Steps - 1)));
        Assert.That(metrics["accuracy"], Is.EqualTo((double)right / counted));
        int[] lastIsWrong =
            [.. Enumerable.Range(0, 4).Where(i => truth[(i * Steps) + Steps - 1] == 1)];
        Assert.That(
            scores.Worst.Descending.Select(w => w.Index), Is.EquivalentTo(lastIsWrong));
    }

    [Test]
    public void ANetworkWithOneLabelASequenceIsToldWhatIsWanted()
    {
        using var device = new CpuDevice(1);
        using var network = new Sequential(
            "one", new Shape(Steps, 1), new Lstm(4), new Dense(2));
        using var trainer = Make(network, device);

        Assert.That(
            () => trainer.Fit(Sequences(32, 1)),
            Throws.InstanceOf<ShapeException>().With.Message.Contains("[N, T, classes]"));
    }

    private static Sequential Network(Module last)
    {
        var network = new Sequential(
            "steps", new Shape(Steps, 1), new Lstm(8) { ReturnSequences = true }, last);
        network.Initialise(3);
        return network;
    }

    private static Trainer Make(Network network, CpuDevice device) =>
        new(network, new Classification { IgnoreIndex = -1 }, new Adam(0.03f), device, new()
        {
            Epochs = 8,
            BatchSize = 16,
            LoaderThreads = 1,
        });

    /// <summary>Signs, and whether each is that of the step before; of the first none is.</summary>
    private static MemoryDataset Sequences(int count, int seed)
    {
        var random = new Random(seed);
        var inputs = new float[count * Steps];
        var labels = new int[count * Steps];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = random.Next(2) == 0 ? -1 : 1;
            labels[i] = i % Steps == 0 ? -1 : inputs[i] == inputs[i - 1] ? 1 : 0;
        }

        return new MemoryDataset(
            TensorType.Float(Steps, 1), MemoryMarshal.AsBytes<float>(inputs).ToArray(),
            new TensorType(ElementType.Int32, new Shape(Steps)),
            MemoryMarshal.AsBytes<int>(labels).ToArray(), ["other", "same"], ignoreIndex: -1);
    }
}
