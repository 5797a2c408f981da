using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Trainings of small networks on made-up pictures.</summary>
public sealed class TrainerTests
{
    private const int Classes = 4;

    [Test]
    public void AConvNetLearnsAndItsEpochsAreTold()
    {
        using var device = new CpuDevice(2);
        using var network = Network();
        using var trainer = Make(network, device);
        var told = new List<EpochRecord>();
        trainer.EpochEnded += told.Add;

        var result = trainer.Fit(Pictures(128, 1), Pictures(64, 2));

        Assert.That(result.End, Is.EqualTo(TrainingEnd.Completed));
        Assert.That(told, Is.EqualTo(result.History));
        Assert.That(told, Has.Count.EqualTo(4));
        Assert.That(told[^1].Loss, Is.LessThan(0.5 * told[0].Loss));
        Assert.That(told[^1].Validation["accuracy"], Is.GreaterThan(0.9));
        Assert.That(told[^1].Step, Is.EqualTo(4 * 8));
    }

    [Test]
    public void OneAndTwoThreadsGiveTheSameBits() =>
        Assert.That(Weights(2, new()), Is.EqualTo(Weights(1, new())));

    [Test]
    public void AccumulatedBatchesMakeOneStep()
    {
        using var device = new CpuDevice(2);
        using var network = Network();
        using var trainer = Make(network, device, new() { BatchesPerStep = 3 });
        var result = trainer.Fit(Pictures(128, 1), Pictures(64, 2));

        Assert.That(result.History[^1].Loss, Is.LessThan(result.History[0].Loss));
        var taken = new byte[sizeof(float)];
        trainer.State.Store.Read(trainer.State.Optimiser.StepCount, taken);
        Assert.That(BitConverter.ToSingle(taken), Is.EqualTo(4 * 3));
    }

    [Test]
    public void TheNetworkHasTheAverageOfItsWeights()
    {
        float[] last = Weights(1, new());
        float[] average = Weights(1, new() { AverageDecay = 0.9 });

        Assert.That(average, Is.Not.EqualTo(last));
        Assert.That(average, Is.EqualTo(last).Within(0.2));
    }

    [Test]
    public void CancellingKeepsWhatIsDone()
    {
        using var device = new CpuDevice(2);
        using var network = Network();
        using var trainer = Make(network, device);
        using var stop = new CancellationTokenSource();
        trainer.Stepped += p =>
        {
            if (p is { Epoch: 1, Step: 3 })
            {
                stop.Cancel();
            }
        };

        var result = trainer.Fit(Pictures(128, 1), null, stop.Token);

        Assert.That(result.End, Is.EqualTo(TrainingEnd.Cancelled));
        Assert.That(trainer.Progress.Epoch, Is.EqualTo(1));
        Assert.That(trainer.Progress.Batch, Is.EqualTo(3));
    }

    [TestCase(0, 5)]
    [TestCase(1, 3)]
    [TestCase(2, 4)]
    public void AResumedTrainingIsTheSameBitForBit(int epoch, int step)
    {
        using var directory = new TemporaryDirectory();
        var options = new TrainerOptions
        {
            AverageDecay = 0.9,
            BatchesPerStep = 3,
            EarlyStopping = new EarlyStopping(Patience: 5),
            Schedule = new OneCycleSchedule(),
        };
        using var device = new CpuDevice(2);
        using var whole = Network();
        using var first = Network();
        using var second = Network();
        var (training, validation) = (Pictures(128, 1), Pictures(64, 2));
        using var uninterrupted = Make(
            whole, device, options with { Directory = directory.File("whole") });
        var expected = uninterrupted.Fit(training, validation);

        options = options with { Directory = directory.File("parts") };
        using (var stopped = Make(first, device, options))
        using (var stop = new CancellationTokenSource())
        {
            stopped.Stepped += p =>
            {
                if (p.Epoch == epoch && p.Step == step)
                {
                    stop.Cancel();
                }
            };
            stopped.Fit(training, validation, stop.Token);
        }

        using var resumed = Make(second, device, options);
        Assert.That(resumed.Resume(), Is.True);
        var actual = resumed.Fit(training, validation);

        Assert.That(WeightsOf(second), Is.EqualTo(WeightsOf(whole)));
        Assert.That(
            actual.History.Select(Told), Is.EqualTo(expected.History.Select(Told)));
        string[] logs =
        [
            .. new[] { "whole", "parts" }.Select(part => string.Join('\n', TrainingLog
                .Read(Path.Combine(directory.Path, part, "log.jsonl"))
                .OfType<EpochRecord>().Select(e => $"{Told(e)}"))),
        ];
        Assert.That(logs[1], Is.EqualTo(logs[0]));

        static (long, int, double, string) Told(EpochRecord e) =>
            (e.Step, e.Epoch, e.Loss, e.Validation.ToString());
    }

    [Test]
    public void AnotherSeedIsNotResumed()
    {
        using var directory = new TemporaryDirectory();
        using var device = new CpuDevice(1);
        using var network = Network();
        using (var trainer = Make(network, device, new() { Directory = directory.Path }))
        {
            trainer.Fit(Pictures(64, 1));
        }

        using var other = Make(network, device, new() { Directory = directory.Path, Seed = 9 });
        Assert.That(other.Resume, Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void AStepOfTheTrainerAllocatesNothing()
    {
        using var device = new CpuDevice(1);
        using var network = Network();
        using var trainer = Make(network, device, new() { LogEverySteps = 0 });
        long before = 0;
        var allocated = new List<long>();
        trainer.Stepped += p =>
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (p is { Epoch: 2, Step: > 2 })
            {
                allocated.Add(now - before);
            }

            before = GC.GetAllocatedBytesForCurrentThread();
        };
        trainer.Fit(Pictures(256, 1));

        Assert.That(allocated, Has.Count.EqualTo(14).And.All.Zero);
    }

    [Test]
    public void DivergenceNamesTheLayerAndKeepsTheWeights()
    {
        using var device = new CpuDevice(1);
        using var network = Network();
        var bias = network.Parameter("dense/bias");
        float[] bad = [.. bias.Values];
        bad[0] = float.NaN;
        bias.Set(bad);
        float[] before = [.. network.Parameter("dense/kernel").Values];
        using var trainer = Make(network, device);

        Assert.That(
            () => trainer.Fit(Pictures(256, 1)),
            Throws.InstanceOf<DivergenceException>().With.Property("Layer").EqualTo("dense")
                .And.Message.Contains("10 steps in a row"));
        Assert.That(network.Parameter("dense/kernel").Values.ToArray(), Is.EqualTo(before));
    }

    [Test]
    public void TargetsThatDoNotFitAreToldOf()
    {
        using var device = new CpuDevice(1);
        using var network = new Sequential("wide", new Shape(8, 8, 3), new Conv2D(4, 3));
        using var trainer = Make(network, device);

        Assert.That(
            () => trainer.Fit(Pictures(64, 1)),
            Throws.InstanceOf<ShapeException>().With.Message.Contains("[N, classes]"));
    }

    private static float[] Weights(int threads, TrainerOptions options)
    {
        using var device = new CpuDevice(threads);
        using var network = Network();
        using var trainer = Make(network, device, options);
        trainer.Fit(Pictures(64, 1));
        return WeightsOf(network);
    }

    private static float[] WeightsOf(Network network) =>
        [.. network.Parameters.SelectMany(p => p.Values.ToArray())];

    private static Trainer Make(
        Network network, CpuDevice device, TrainerOptions? options = null) =>
        new(network, new Classification(), new Adam(0.01f), device, (options ?? new()) with
        {
            Epochs = 4,
            BatchSize = 16,
            Augmentations = [new Flip()],
            LoaderThreads = 1,
        });

    private static Sequential Network()
    {
        var network = new Sequential(
            "small", new Shape(8, 8, 3),
            new Conv2D(8, 3) { UseBias = false },
            new BatchNorm { Activation = Activation.Relu },
            new MaxPooling2D(2),
            new Conv2D(8, 3) { Stride = 2, Activation = Activation.Relu },
            new Flatten(),
            new Dense(Classes));
        network.Initialise(3);
        return network;
    }

    /// <summary>Noise, with one channel or the upper half brighter in each class.</summary>
    private static MemoryDataset Pictures(int count, int seed)
    {
        var random = new Random(seed);
        var inputs = new byte[count * 8 * 8 * 3];
        random.NextBytes(inputs);
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            int label = labels[i] = i % Classes;
            for (int p = 0; p < 8 * 8 * 3; p++)
            {
                bool isBright = label < 3 ? p % 3 == label : p < 4 * 8 * 3;
                int at = (i * 8 * 8 * 3) + p;
                inputs[at] = (byte)((inputs[at] / 2) + (isBright ? 127 : 0));
            }
        }

        return new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(8, 8, 3)), inputs,
            new TensorType(ElementType.Int32, default),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(labels).ToArray(),
            ["red", "green", "blue", "upper"]);
    }
}
