using System.Text;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Files of checkpoints: whole, damaged, and of other networks.</summary>
public sealed class CheckpointTests
{
    [Test]
    public void WhatIsSavedIsLoaded()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        var metrics = new MetricSet();
        metrics.Add("loss", 0.25);
        metrics.Add("r2", double.NaN);
        var progress = new TrainerProgress
        {
            Epoch = 3,
            Batch = 17,
            Steps = 1234,
            LearningRate = 0.1f,
            LossSum = 1.0 / 3,
            Taken = 16,
            Skipped = 1,
            SkippedInRow = 1,
            Schedule = new ScheduleState(0.5, 1, 2, 3),
            Stopping = new EarlyStoppingState(0.5, 2, 1),
            History = [new EpochRecord(400, 0, 0.001f, double.NaN, 2, metrics, 12.5)],
        };
        var state = new CheckpointState
        {
            Progress = progress,
            Seed = ulong.MaxValue,
            Recipe = "model: \"å\"\n",
        };
        var saved = new Checkpoint(
            [
                SafetensorsTensor.Create<byte>("bytes", [3], [1, 2, 255]),
                SafetensorsTensor.Create("w", [2, 2], [1f, -2f, float.Epsilon, float.MaxValue]),
                SafetensorsTensor.Create<int>("steps", [], [-7]),
                SafetensorsTensor.Create<float>("none", [0, 4], []),
            ],
            state);
        saved.Save(path);

        var loaded = Checkpoint.Load(path);

        using (Assert.EnterMultipleScope())
        {
            var read = loaded.State.Progress;
            Assert.That(loaded.State with { Progress = progress }, Is.EqualTo(state));
            Assert.That(
                read.History[0] with { Validation = metrics }, Is.EqualTo(progress.History[0]));
            Assert.That(read.History[0].Validation, Is.EqualTo(metrics));
            foreach (var property in typeof(TrainerProgress).GetProperties()
                .Where(p => p.Name != nameof(TrainerProgress.History)))
            {
                Assert.That(
                    property.GetValue(read), Is.EqualTo(property.GetValue(progress)),
                    property.Name);
            }

            Assert.That(loaded.State.RecipeHash, Has.Length.EqualTo(64));
            Assert.That(Checkpoint.LoadState(path).Step, Is.EqualTo(1234));
            foreach (var tensor in saved.Tensors)
            {
                var other = loaded.Tensors.Single(t => t.Name == tensor.Name);
                Assert.That(other.Type, Is.EqualTo(tensor.Type));
                Assert.That(other.Shape, Is.EqualTo(tensor.Shape));
                Assert.That(other.Bytes.ToArray(), Is.EqualTo(tensor.Bytes.ToArray()));
            }
        }
    }

    [Test]
    public void VariablesGoOnWhereTheyWere()
    {
        using var device = new CpuDevice(1);
        using var before = new VariableStore(device);
        using var after = new VariableStore(device);
        var weights = TrainingProgram.Variable("w", 1, 3, 5);
        var counter = new Variable(
            "n", new TensorType(ElementType.Int32, default), new byte[4], isConstant: false);
        before.Write(counter, BitConverter.GetBytes(42));

        var checkpoint = Checkpoint.Capture(before, [weights, counter], State(1));
        after.Write(weights, new byte[60]);
        checkpoint.Restore(after, [counter, weights]);

        var data = new byte[60];
        after.Read(weights, data);
        Assert.That(data, Is.EqualTo(weights.Data.ToArray()));
        after.Read(counter, data.AsSpan(0, 4));
        Assert.That(BitConverter.ToInt32(data), Is.EqualTo(42));
    }

    [Test]
    public void WhatIsOfAnotherNetworkIsRefusedAsAWhole()
    {
        using var device = new CpuDevice(1);
        using var store = new VariableStore(device);
        var fits = TrainingProgram.Variable("fits", 1, 2);
        var checkpoint = new Checkpoint(
            [
                SafetensorsTensor.Create("fits", [2], [5f, 6f]),
                SafetensorsTensor.Create("w", [3], [1f, 2f, 3f]),
            ],
            State(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => checkpoint.Restore(store, [fits, TrainingProgram.Variable("w", 1, 1, 3)]),
                Throws.TypeOf<InvalidDataException>().With.Message.Contains("'w'")
                    .And.Message.Contains("[3]").And.Message.Contains("[1, 3]"));
            Assert.That(
                () => checkpoint.Restore(store, [fits, TrainingProgram.Variable("v", 1, 3)]),
                Throws.TypeOf<InvalidDataException>().With.Message.Contains("'v'"));
            Assert.That(
                () => checkpoint.Restore(store, [fits]),
                Throws.TypeOf<InvalidDataException>().With.Message.Contains("'w'"),
                "a memory that nothing takes would be lost");
            var data = new byte[8];
            store.Read(fits, data);
            Assert.That(data, Is.EqualTo(fits.Data.ToArray()), "nothing was written");
            checkpoint.Restore(store, [fits], isPartial: true);
            store.Read(fits, data);
            Assert.That(BitConverter.ToSingle(data), Is.EqualTo(5));
        }
    }

    [Test]
    public void EveryDamagedByteIsFound()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        CheckpointProgram.Make(3, 50).Save(path);
        byte[] good = File.ReadAllBytes(path);

        // Spaces that fill the header hold nothing.
        int end = 8 + (int)BitConverter.ToInt64(good);
        int filled = Encoding.UTF8.GetString(good, 8, end - 8).TrimEnd().Length + 8;
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 4;
            File.WriteAllBytes(path, bad);
            if (i < filled || i >= end)
            {
                Assert.That(
                    () => Checkpoint.Load(path),
                    Throws.TypeOf<ModelFormatException>().With.Message.Contains(path), $"byte {i}");
            }
        }
    }

    [Test]
    public void ADamagedTensorIsNamed()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        CheckpointProgram.Make(3, 50).Save(path);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^6] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.That(
            () => Checkpoint.Load(path),
            Throws.TypeOf<ModelFormatException>()
                .With.Message.Contains("'weights'").And.Message.Contains("SHA-256"));
    }

    [Test]
    public void ATruncatedFileIsNamed()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        CheckpointProgram.Make(3, 50).Save(path);
        byte[] good = File.ReadAllBytes(path);
        for (int length = 0; length < good.Length; length += 13)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.That(
                () => Checkpoint.Load(path),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains(path));
        }

        File.WriteAllBytes(path, good[..^10]);
        Assert.That(
            () => Checkpoint.Load(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("truncated"));
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity)]
    public void NumbersThatAreNotFiniteAreNeverSaved(float number)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        CheckpointProgram.Make(3, 50).Save(path);
        for (int i = 0; i < 50; i++)
        {
            var values = new float[50];
            values[i] = number;
            var checkpoint = new Checkpoint(
                [SafetensorsTensor.Create<float>("dense/kernel", [50], values)], State(4));

            Assert.That(
                () => checkpoint.Save(path),
                Throws.TypeOf<NotFiniteNumberException>()
                    .With.Message.Contains("dense/kernel").And.Message.Contains($"element {i}:"));
        }

        Assert.That(Checkpoint.Load(path).State.Step, Is.EqualTo(3), "the file is as it was");
    }

    [Test]
    public void HalfAndDoubleNumbersAreLookedAtToo()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        foreach (var tensor in (SafetensorsTensor[])
            [
                SafetensorsTensor.Create("t", [1], [double.NaN]),
                SafetensorsTensor.Create("t", [1], [Half.NegativeInfinity]),
                new SafetensorsTensor("t", StorageType.BFloat16, [1], new byte[] { 0xC0, 0x7F }),
            ])
        {
            Assert.That(
                () => new Checkpoint([tensor], State(1)).Save(path),
                Throws.TypeOf<NotFiniteNumberException>());
        }
    }

    [Test]
    public void AFileWithNaNIsNotLoaded()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        var values = new float[] { 1, 2, 3 };
        var bytes = new byte[12];
        Buffer.BlockCopy(values, 0, bytes, 0, 12);

        // What is looked at when it is saved was finite: NaN is put where the hashes are made.
        var tensor = new SafetensorsTensor("w", StorageType.Float32, [3], bytes);
        new Checkpoint([tensor], State(1)).Save(path);
        using (var file = Safetensors.Open(path))
        {
            values[1] = float.NaN;
            Buffer.BlockCopy(values, 0, bytes, 0, 12);
            var metadata = file.Metadata.ToDictionary();
            string old = metadata["tensors_sha256"];
            metadata["tensors_sha256"] = $$"""{"w":"{{Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(bytes))}}"}""";
            Assert.That(metadata["tensors_sha256"], Has.Length.EqualTo(old.Length));
            Safetensors.Save(path, [tensor], metadata);
        }

        Assert.That(
            () => Checkpoint.Load(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("element 1 is not finite")
                .And.Message.Contains("'w'"));
    }

    [Test]
    public void OtherSafetensorsFilesAreRefused()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("m.safetensors");
        Safetensors.Save(path, [SafetensorsTensor.Create("w", [1], [1f])]);
        Assert.That(
            () => Checkpoint.Load(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("no state of a training"));

        Safetensors.Save(
            path, [], new Dictionary<string, string> { ["checkpoint_version"] = "99" });
        Assert.That(
            () => Checkpoint.LoadState(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("99"));
    }

    [Test]
    public void TwoTensorsOfOneNameAreRefused()
    {
        using var directory = new TemporaryDirectory();
        var tensor = SafetensorsTensor.Create("twice", [1], [1f]);

        Assert.That(
            () => new Checkpoint([tensor, tensor], State(1)).Save(directory.File("c.safetensors")),
            Throws.ArgumentException.With.Message.Contains("twice"));
        Assert.That(Directory.GetFiles(directory.Path), Is.Empty);
    }

    private static CheckpointState State(long step) =>
        new() { Progress = new TrainerProgress { Steps = step } };
}
