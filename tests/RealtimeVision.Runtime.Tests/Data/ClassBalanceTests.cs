using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class ClassBalanceTests
{
    [Test]
    public void WeightsAreThoseOfScikitLearn()
    {
        // compute_class_weight("balanced", classes=[0, 1, 2], y=[0] * 6 + [1] * 3 + [2])
        Assert.That(
            ClassBalance.Weights([6, 3, 1]),
            Is.EqualTo(new[] { 10 / 18f, 10 / 9f, 10 / 3f }).Within(1e-6f));
    }

    [Test]
    public void AClassWithoutTargetsGetsTheWeightOfTheRarest() =>
        Assert.That(ClassBalance.Weights([4, 0, 2]), Is.EqualTo(new[] { 0.5f, 1f, 1f }));

    [Test]
    public void NoTargetsAreRefused() =>
        Assert.That(() => ClassBalance.Weights([0, 0]), Throws.ArgumentException);

    [Test]
    public void PixelsOfMasksAreCountedButThoseOfNoClass()
    {
        int[] masks = [0, 1, 1, 255, 1, 0, 0, 0];
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(2, 2, 1)), new byte[8],
            new TensorType(ElementType.Int32, new Shape(2, 2)),
            MemoryMarshal.AsBytes<int>(masks).ToArray(), ["a", "b"], ignoreIndex: 255);

        Assert.That(ClassBalance.Count(dataset), Is.EqualTo(new long[] { 4, 3 }));
    }

    [Test]
    public void LabelsAreCounted()
    {
        int[] labels = [2, 0, 2, 2];
        var dataset = new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(1)), new byte[4],
            new TensorType(ElementType.Int32, new Shape()),
            MemoryMarshal.AsBytes<int>(labels).ToArray(), ["a", "b", "c"]);

        Assert.That(ClassBalance.Count(dataset), Is.EqualTo(new long[] { 1, 0, 3 }));
    }
}
