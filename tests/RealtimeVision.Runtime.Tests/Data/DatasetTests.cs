using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class DatasetTests
{
    [Test]
    public void ASplitIsStratifiedDisjointAndCompleteAndDependsOnTheSeedAlone()
    {
        // Classes of 100, 50 and 7 samples.
        int[] labels = [.. Enumerable.Range(0, 157).Select(i => i < 100 ? 0 : i < 150 ? 1 : 2)];
        MemoryDataset dataset = Samples.Labelled(labels, 3);

        DatasetSplit split = dataset.Split(0.1, 0.2, seed: 5);
        DatasetSplit again = dataset.Split(0.1, 0.2, seed: 5);
        DatasetSplit other = dataset.Split(0.1, 0.2, seed: 6);

        int[] train = Samples.Values(split.Train);
        int[] validation = Samples.Values(split.Validation);
        int[] test = Samples.Values(split.Test);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                train.Concat(validation).Concat(test), Is.EquivalentTo(Samples.Values(dataset)));
            Assert.That(validation, Has.Length.EqualTo(16));
            Assert.That(test, Has.Length.EqualTo(31));
            Assert.That(split.Test.CountClasses(), Is.EqualTo([20, 10, 1]));
            Assert.That(split.Validation.CountClasses(), Is.EqualTo([10, 5, 1]));
            Assert.That(train, Is.EqualTo(Samples.Values(again.Train)));
            Assert.That(test, Is.Not.EqualTo(Samples.Values(other.Test)));
        }
    }

    [Test]
    public void SamplesWithoutLabelsAreSplitByCount()
    {
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(1)), new byte[40],
            TensorType.Float(1), new byte[160]);
        DatasetSplit split = dataset.Split(0.25, 0.25, 1);
        Assert.That(
            (split.Train.Count, split.Validation.Count, split.Test.Count),
            Is.EqualTo((20, 10, 10)));
    }

    [TestCase(0.5, 0.5)]
    [TestCase(-0.1, 0.1)]
    [TestCase(double.NaN, 0)]
    public void FractionsThatLeaveNothingAreRefused(double validation, double test) =>
        Assert.That(
            () => Samples.Labelled([0, 1], 2).Split(validation, test, 1),
            Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void AClassWithoutTrainingSamplesIsNamed()
    {
        MemoryDataset dataset = Samples.Labelled([0, 0, 0, 2], 3);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                dataset.RequireEveryClass,
                Throws.TypeOf<DatasetException>().With.Message.Contains("no sample of 'class1'"));
            Assert.That(
                () => dataset.Split(0.1, 0, 1),
                Throws.TypeOf<DatasetException>().With.Message.Contains("'class1'"));
        }
    }

    [Test]
    public void ALabelOutsideTheClassesIsAnErrorWithItsPlace()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => Samples.Labelled([0, 1, 7], 3),
                Throws.TypeOf<DatasetException>().With.Message.EqualTo(
                    "sample[2]: label is 7; classes are 0 to 2"));
            Assert.That(
                () => Samples.Labelled([0, -1], 3), Throws.TypeOf<DatasetException>());
            Assert.That(
                Samples.Labelled([0, -1, 2], 3, ignoreIndex: -1).CountClasses(),
                Is.EqualTo([1, 0, 1]));
        }
    }

    [Test]
    public void AClassOutsideTheClassesInAMaskIsAnErrorWithItsPixel()
    {
        int[] mask = [0, 1, 255, 0, 0, 9];
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(2, 3, 3)), new byte[18],
            new TensorType(ElementType.Int32, new Shape(2, 3)),
            MemoryMarshal.AsBytes<int>(mask).ToArray(), ["road", "car"], ignoreIndex: 255);
        Assert.That(
            () => dataset.Read(0, new byte[18], new byte[24]),
            Throws.TypeOf<DatasetException>().With.Message.EqualTo(
                "sample[0]: mask has class 9 at column 2, row 1; classes are 0 to 1, and 255 is "
                + "ignored"));
    }

    [Test]
    public void ClassesAreChosenAndNumberedAnew()
    {
        MemoryDataset dataset = Samples.Labelled([0, 1, 2, 3, 2, 0], 4);
        Dataset chosen = dataset.WithClasses(2, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(chosen.ClassNames, Is.EqualTo(["class2", "class0"]));
            Assert.That(Samples.Values(chosen), Is.EqualTo([0, 2, 4, 5]));
            Assert.That(Samples.Labels(chosen), Is.EqualTo([1, 0, 0, 1]));
            Assert.That(chosen.NameOf(1), Is.EqualTo("sample[2]"));
            Assert.That(chosen.TakePerClass(1, 1).CountClasses(), Is.EqualTo([1, 1]));
        }
    }

    [Test]
    public void DatasetsAreJoined()
    {
        MemoryDataset a = Samples.Labelled([0, 1], 2), none = Samples.Labelled([], 2);
        var joined = new ConcatDataset(none, a, none, Samples.Labelled([1, 1, 0], 2), none);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Samples.Labels(joined), Is.EqualTo([0, 1, 1, 1, 0]));
            Assert.That(Samples.Values(joined), Is.EqualTo([0, 1, 0, 1, 2]));
            Assert.That(
                () => new ConcatDataset(a, Samples.Labelled([0], 3)), Throws.ArgumentException);
            Assert.That(
                () => joined.LabelOf(5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void ADatasetIsReadIntoMemory()
    {
        MemoryDataset source = Samples.Labelled([0, 1, 1, 0], 2);
        MemoryDataset held = MemoryDataset.Of(source.Subset([3, 1]));
        Assert.That(Samples.Values(held), Is.EqualTo([3, 1]));
        Assert.That(Samples.Labels(held), Is.EqualTo([0, 1]));
    }

    [Test]
    public void ACachedSampleIsReadOnce()
    {
        var source = new CountingDataset();
        var cached = new CachedDataset(source);
        var (input, target) = (new byte[2], new byte[sizeof(int)]);
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < cached.Count; i++)
            {
                cached.Read(i, input, target);
                Assert.That(input, Is.EqualTo((byte[])[(byte)i, 7]));
                Assert.That(BitConverter.ToInt32(target), Is.EqualTo(i % 2));
                Assert.That(cached.LabelOf(i), Is.EqualTo(i % 2));
            }
        }

        Assert.That(source.Reads, Is.EqualTo(cached.Count));
        Assert.That(cached.NameOf(2), Is.EqualTo("counted 2"));
    }

    private sealed class CountingDataset() : Dataset(
        new TensorType(ElementType.UInt8, new Shape(2)),
        new TensorType(ElementType.Int32, default), ["even", "odd"])
    {
        public int Reads { get; private set; }

        public override int Count => 4;

        public override string NameOf(int index) => $"counted {index}";

        protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
        {
            Reads++;
            (input[0], input[1]) = ((byte)index, 7);
            MemoryMarshal.Write(target, index % 2);
        }
    }
}
