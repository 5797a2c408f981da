using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class DataLoaderTests
{
    private static readonly DataLoaderOptions Training = new()
    {
        BatchSize = 8,
        Seed = 11,
        Shuffle = true,
        Epochs = 3,
        Augmentations = [new Flip(), new PadAndCrop(2), new GaussianNoise(0.1f)],
        Mixing = [new Mixup(), new CutMix()],
    };

    [Test]
    public void BatchesAreTheSameWhateverTheNumberOfThreads()
    {
        MemoryDataset dataset = Samples.Pictures(53, 12, 10, 3);
        List<Snapshot> one = ReadAll(dataset, Training with { Threads = 1 });
        Assert.That(one, Has.Count.EqualTo(21));
        foreach (int threads in (int[])[2, 7])
        {
            List<Snapshot> many =
                ReadAll(dataset, Training with { Threads = threads, Prefetch = 2 });
            Assert.That(many.Select(b => b.Position), Is.EqualTo(one.Select(b => b.Position)));
            for (int i = 0; i < one.Count; i++)
            {
                Assert.That(many[i].Inputs, Is.EqualTo(one[i].Inputs));
                Assert.That(many[i].Targets, Is.EqualTo(one[i].Targets));
            }
        }
    }

    [Test]
    public void ALoaderGoesOnWhereAnotherStopped()
    {
        MemoryDataset dataset = Samples.Pictures(53, 12, 10, 3);
        List<Snapshot> whole = ReadAll(dataset, Training);
        for (int start = 0; start <= whole.Count; start += 5)
        {
            LoaderPosition next = start == 0 ? default : whole[start - 1].Next;
            List<Snapshot> rest = ReadAll(dataset, Training with { Start = next });
            Assert.That(
                rest.Select(b => b.Inputs), Is.EqualTo(whole.Skip(start).Select(b => b.Inputs)));
        }
    }

    [Test]
    public void EachEpochHasEverySampleOnceInAnOrderOfItsOwn()
    {
        MemoryDataset dataset = Samples.Pictures(20, 1, 1, 1);
        var options = new DataLoaderOptions
        {
            BatchSize = 6, Shuffle = true, Seed = 3, Epochs = 3,
        };
        List<Snapshot> batches = ReadAll(dataset, options);
        int[][] epochs = [.. batches.GroupBy(b => b.Position.Epoch)
            .Select(g => g.SelectMany(b => b.Indices).ToArray())];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(batches.Take(4).Select(b => b.Indices.Length), Is.EqualTo([6, 6, 6, 2]));
            Assert.That(batches[3].InputType, Is.EqualTo(TensorType.Float(2, 1, 1, 1)));
            Assert.That(epochs, Has.All.EquivalentTo(Enumerable.Range(0, 20)));
            Assert.That(epochs[0], Is.Not.EqualTo(epochs[1]));
            Assert.That(epochs[1], Is.Not.EqualTo(epochs[2]));
        }
    }

    [Test]
    public void WithoutShufflingSamplesComeInOrderAndTheRestIsDropped()
    {
        MemoryDataset dataset = Samples.Labelled([0, 1, 2, 0, 1, 2, 0], 3);
        var options = new DataLoaderOptions { BatchSize = 3, DropLast = true, Epochs = 2 };
        List<Snapshot> batches = ReadAll(dataset, options);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(batches, Has.Count.EqualTo(4));
            Assert.That(batches[3].Indices, Is.EqualTo([3, 4, 5]));
            Assert.That(batches[1].Next, Is.EqualTo(new LoaderPosition(1, 0)));
            Assert.That(
                batches[3].Targets, Is.EqualTo((byte[])[0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]));
        }
    }

    [Test]
    public void AnErrorComesInItsPlaceWithTheSampleAndTheLoaderGoesOn()
    {
        var dataset = new BrokenDataset(12, 5);
        using var loader = new DataLoader(
            dataset, new DataLoaderOptions { BatchSize = 4, Epochs = 1, Threads = 2 });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loader.TryNext(out _), Is.True);
            Assert.That(
                () => loader.TryNext(out _),
                Throws.TypeOf<DatasetException>().With.Message.EqualTo("picture5: is damaged"));
            Assert.That(loader.TryNext(out Batch? batch), Is.True);
            Assert.That(batch!.Indices.ToArray(), Is.EqualTo([8, 9, 10, 11]));
            Assert.That(loader.TryNext(out _), Is.False);
            Assert.That(loader.SkippedCount, Is.Zero);
        }
    }

    [TestCase(1)]
    [TestCase(3)]
    public void UnreadableSamplesAreLeftOutOrReplacedAndCounted(int threads)
    {
        var dataset = new BrokenDataset(12, 5, 6);
        var options = new DataLoaderOptions { BatchSize = 4, Epochs = 2, Threads = threads };
        int skipped = 0;
        List<Snapshot> left = ReadAll(
            dataset, options with { Unreadable = UnreadableSamples.LeaveOut },
            loader => skipped = loader.SkippedCount);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(skipped, Is.EqualTo(2));
            Assert.That(left[1].Indices, Is.EqualTo([4, 7]));
            Assert.That(left[1].InputType.Shape.N, Is.EqualTo(2));
            Assert.That(left[2].Indices, Is.EqualTo([8, 9, 10, 11]));
        }

        string[] names = [];
        List<Snapshot> replaced = ReadAll(
            dataset, options with { Unreadable = UnreadableSamples.Replace },
            loader => names = [.. loader.SkippedNames]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(names, Is.EqualTo(["picture5", "picture6"]));
            Assert.That(replaced[1].Indices, Has.Length.EqualTo(4));
            Assert.That(replaced[1].Indices, Has.None.EqualTo(5).And.None.EqualTo(6));
        }
    }

    [Test]
    public void ABatchWithoutAReadableSampleIsAnError()
    {
        var dataset = new BrokenDataset(4, 2, 3);
        using var loader = new DataLoader(dataset, new DataLoaderOptions
        {
            BatchSize = 2, Unreadable = UnreadableSamples.LeaveOut, Epochs = 1,
        });
        loader.TryNext(out _);
        Assert.That(
            () => loader.TryNext(out _),
            Throws.TypeOf<DatasetException>().With.Message.Contains("picture2"));
    }

    [Test]
    public void ABadLabelIsAnErrorAtTheConsumer()
    {
        using var loader = new DataLoader(
            new BrokenDataset(4) { Label = 9 }, new DataLoaderOptions { BatchSize = 2 });
        Assert.That(
            () => loader.TryNext(out _),
            Throws.TypeOf<DatasetException>().With.Message.Contains("picture0: label is 9"));
    }

    [Test]
    public void WaitingIsCancelledAndTheBatchIsNotLost()
    {
        var dataset = new BrokenDataset(4) { Gate = new ManualResetEventSlim() };
        using var loader = new DataLoader(
            dataset, new DataLoaderOptions { BatchSize = 2, Epochs = 1 });
        using var cancellation = new CancellationTokenSource(50);
        Assert.That(
            () => loader.TryNext(out _, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        dataset.Gate.Set();
        Assert.That(loader.TryNext(out Batch? batch), Is.True);
        Assert.That(batch!.Position, Is.EqualTo(new LoaderPosition(0, 0)));
    }

    [Test]
    public void DisposingEndsTheThreadsAndAWaitingConsumer()
    {
        var dataset = new BrokenDataset(4) { Gate = new ManualResetEventSlim() };
        var loader = new DataLoader(dataset, new DataLoaderOptions { BatchSize = 2 });
        Task consumer = Task.Run(() => loader.TryNext(out _));
        dataset.Entered.Wait();
        Task disposal = Task.Run(loader.Dispose);
        Assert.That(async () => await consumer, Throws.TypeOf<ObjectDisposedException>());
        dataset.Gate.Set();
        Assert.That(disposal.Wait(TimeSpan.FromSeconds(30)), Is.True);
        Assert.That(() => loader.TryNext(out _), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void NoMoreBatchesAreMadeThanTheQueueHolds()
    {
        var dataset = new BrokenDataset(1000);
        using (var loader = new DataLoader(
            dataset, new DataLoaderOptions { BatchSize = 10, Threads = 2, Prefetch = 3 }))
        {
            for (int i = 0; i < 5; i++)
            {
                loader.TryNext(out _);
            }
        }

        // Five batches were taken, one of which is still lent, and three lie ready at most.
        Assert.That(dataset.ReadCount, Is.LessThanOrEqualTo(80));
    }

    [Test]
    public void MixedLabelsAreWeightsThatSumToOne()
    {
        MemoryDataset dataset = Samples.Pictures(64, 8, 8, 1, classes: 4);
        List<Snapshot> plain = ReadAll(dataset, Training with { Mixing = [] });
        foreach (BatchMixing mixing in (BatchMixing[])[new Mixup(1), new CutMix()])
        {
            List<Snapshot> mixed = ReadAll(dataset, Training with { Mixing = [mixing] });
            bool soft = false;
            for (int i = 0; i < mixed.Count; i++)
            {
                float[] weights = MemoryMarshal
                    .Cast<byte, float>(mixed[i].Targets.AsSpan()).ToArray();
                foreach (float[] row in weights.Chunk(4))
                {
                    Assert.That(row.Sum(), Is.EqualTo(1).Within(1e-5));
                    soft |= row.Max() is > 0.01f and < 0.99f;
                }

                // What is in a batch stays in it.
                Assert.That(
                    mixed[i].Inputs.Sum(), Is.EqualTo(plain[i].Inputs.Sum()).Within(0.05));
            }

            Assert.That(soft, Is.True);
        }
    }

    [Test]
    public void NothingIsAllocatedForABatchOnceTheLoaderRuns()
    {
        MemoryDataset dataset = Samples.Pictures(64, 8, 8, 1, classes: 4);
        using var loader = new DataLoader(dataset, Training with { Epochs = null, Threads = 2 });
        for (int i = 0; i < 200; i++)
        {
            loader.TryNext(out _);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < 400; i++)
        {
            loader.TryNext(out _);
        }

        // 3200 samples; what remains is the runtime's own.
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(16_000));
    }

    [Test]
    public void OptionsThatMakeNoBatchAreRefused()
    {
        MemoryDataset dataset = Samples.Labelled([0, 1], 2);
        using (Assert.EnterMultipleScope())
        {
            Refused(new DataLoaderOptions { BatchSize = 3, DropLast = true }, "make no batch of 3");
            Refused(new DataLoaderOptions { BatchSize = 0 }, "BatchSize");
            Refused(new DataLoaderOptions { Threads = 0 }, "Threads");
            Refused(new DataLoaderOptions { Start = new(0, 5) }, "is no start");
            Refused(new DataLoaderOptions { Mixing = [new Mixup(0)] }, "alpha is positive");
        }

        void Refused(DataLoaderOptions options, string problem) => Assert.That(
            () => new DataLoader(dataset, options).Dispose(),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains(problem));
    }

    /// <summary>One epoch of the real files, on two threads, each sample once.</summary>
    [Test]
    public void FashionMnistIsLoaded()
    {
        MemoryDataset dataset =
            Mnist.LoadFolder(FashionMnist.FolderOrIgnore(), true, Mnist.FashionClasses);
        var labels = new int[10];
        var seen = new bool[dataset.Count];
        using var loader = new DataLoader(dataset, new DataLoaderOptions
        {
            BatchSize = 128,
            Shuffle = true,
            Epochs = 1,
            Threads = 2,
            Augmentations = [new Flip(), new PadAndCrop(2)],
            Normalization = new Normalization([0.286f], [0.353f]),
        });
        while (loader.TryNext(out Batch? batch))
        {
            foreach (int label in batch.Targets<int>())
            {
                labels[label]++;
            }

            foreach (int index in batch.Indices)
            {
                seen[index] = true;
            }
        }

        Assert.That(labels, Is.All.EqualTo(6_000));
        Assert.That(seen, Is.All.True);
    }

    private static List<Snapshot> ReadAll(
        Dataset dataset, DataLoaderOptions options, Action<DataLoader>? atEnd = null)
    {
        using var loader = new DataLoader(dataset, options);
        var batches = new List<Snapshot>();
        while (loader.TryNext(out Batch? batch))
        {
            batches.Add(new Snapshot(
                batch.Position, batch.Next, batch.InputType, batch.Indices.ToArray(),
                batch.Inputs.ToArray(), batch.TargetBytes.ToArray()));
        }

        atEnd?.Invoke(loader);
        return batches;
    }

    private sealed record Snapshot(
        LoaderPosition Position, LoaderPosition Next, TensorType InputType, int[] Indices,
        float[] Inputs, byte[] Targets);

    /// <summary>Pictures of one byte, some of which cannot be read.</summary>
    private sealed class BrokenDataset(int count, params int[] broken) : Dataset(
        new TensorType(ElementType.UInt8, new Shape(1, 1, 1)), Samples.Label, ["a", "b"])
    {
        private int _readCount;

        public int Label { get; init; }

        public ManualResetEventSlim? Gate { get; init; }

        public ManualResetEventSlim Entered { get; } = new();

        public int ReadCount => _readCount;

        public override int Count => count;

        public override string NameOf(int index) => $"picture{index}";

        protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
        {
            Interlocked.Increment(ref _readCount);
            Entered.Set();
            Gate?.Wait();
            if (broken.Contains(index))
            {
                throw new DatasetException(NameOf(index), "is damaged");
            }

            BitConverter.TryWriteBytes(target, Label);
        }
    }
}
