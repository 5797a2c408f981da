using System.IO.Compression;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class MnistTests
{
    private static readonly byte[] Pictures =
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    private static readonly byte[] Labels = [0, 0, 8, 1, 0, 0, 0, 2, 9, 0];

    [TestCase(false)]
    [TestCase(true)]
    public void FilesAreRead(bool packed)
    {
        using var directory = new TemporaryDirectory();
        Write(directory, "train-images-idx3-ubyte", Pictures, packed);
        Write(directory, "train-labels-idx1-ubyte", Labels, packed);

        MemoryDataset dataset = Mnist.LoadFolder(directory.Path, training: true);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(dataset.Count, Is.EqualTo(2));
            Assert.That(dataset.InputType.ToString(), Is.EqualTo("UInt8[2, 3, 1]"));
            Assert.That(Samples.Input(dataset, 1), Is.EqualTo((byte[])[7, 8, 9, 10, 11, 12]));
            Assert.That(Samples.Labels(dataset), Is.EqualTo([9, 0]));
            Assert.That(
                () => Mnist.LoadFolder(directory.Path, training: false),
                Throws.TypeOf<DatasetException>().With.Message.Contains("t10k-images-idx3-ubyte"));
        }
    }

    [TestCase(3, "no magic number")]
    [TestCase(14, "3 sizes end at byte 16")]
    [TestCase(27, "is truncated: 11 bytes of elements, sizes [2, 2, 3] ask for 12")]
    [TestCase(29, "is too long: 13 bytes")]
    public void AFileOfAnotherLengthIsRefused(int length, string problem)
    {
        byte[] bytes = Pictures;
        Array.Resize(ref bytes, length);
        CheckRefused(bytes, problem);
    }

    [TestCase(0, 1, "magic number starts with 0x0100")]
    [TestCase(2, 0xd, "element type is 0x0d")]
    [TestCase(3, 1, "number of dimensions is 1, 3 expected")]
    [TestCase(4, 0xff, "size 0 is 4278190082")]
    public void ABadHeaderIsRefused(int offset, int value, string problem)
    {
        byte[] bytes = [.. Pictures];
        bytes[offset] = (byte)value;
        CheckRefused(bytes, problem);
    }

    [Test]
    public void DamagedGzipIsRefused()
    {
        using var directory = new TemporaryDirectory();
        byte[] file = File.ReadAllBytes(Write(directory, "whole", Pictures, packed: true));
        using (Assert.EnterMultipleScope())
        {
            for (int length = 0; length < file.Length; length++)
            {
                string cut = directory.Write($"cut{length}.gz", file.AsSpan(0, length));
                Assert.That(
                    () => IdxArray.Load(cut),
                    Throws.TypeOf<DatasetException>().With.Message.StartsWith(cut), $"{length}");
            }

            Assert.That(
                () => IdxArray.Load(directory.Write("plain.gz", Pictures)),
                Throws.TypeOf<DatasetException>());
        }
    }

    [Test]
    public void LabelsThatDoNotFitAreRefused()
    {
        using var directory = new TemporaryDirectory();
        string pictures = directory.Write("pictures", Pictures);
        string three = directory.Write("three", [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2]);
        string ten = directory.Write("ten", [0, 0, 8, 1, 0, 0, 0, 2, 0, 10]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => Mnist.Load(pictures, three),
                Throws.TypeOf<DatasetException>().With.Message.Contains(
                    $"{three}: number of labels is 3, {pictures} has 2"));
            Assert.That(
                () => Mnist.Load(pictures, ten),
                Throws.TypeOf<DatasetException>().With.Message.EqualTo(
                    $"{ten}[1]: label is 10; classes are 0 to 9"));
        }
    }

    /// <summary>The real files, Debian's package dataset-fashion-mnist.</summary>
    [Test]
    public void FashionMnistIsRead()
    {
        string folder = FashionMnist.FolderOrIgnore();
        MemoryDataset train = Mnist.LoadFolder(folder, true, Mnist.FashionClasses);
        MemoryDataset test = Mnist.LoadFolder(folder, false, Mnist.FashionClasses);

        double sum = 0;
        byte[] picture = new byte[28 * 28];
        byte[] target = new byte[4];
        for (int i = 0; i < train.Count; i++)
        {
            train.Read(i, picture, target);
            foreach (byte pixel in picture)
            {
                sum += pixel;
            }
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That((train.Count, test.Count), Is.EqualTo((60_000, 10_000)));
            Assert.That(
                train.InputType,
                Is.EqualTo(new TensorType(ElementType.UInt8, new Shape(28, 28, 1))));
            Assert.That(train.CountClasses(), Is.All.EqualTo(6_000));
            Assert.That(test.CountClasses(), Is.All.EqualTo(1_000));
            Assert.That(train.ClassNames[train.LabelOf(0)], Is.EqualTo("Ankle boot"));

            // The mean that is published for the training part.
            Assert.That(sum / (60_000.0 * 784 * 255), Is.EqualTo(0.2860).Within(0.0001));
        }
    }

    private static void CheckRefused(byte[] bytes, string problem)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("bad", bytes);
        Assert.That(
            () => IdxArray.Load(path, 3),
            Throws.TypeOf<DatasetException>().With.Message.StartsWith($"{path}: ")
                .And.Message.Contains(problem));
    }

    private static string Write(
        TemporaryDirectory directory, string name, byte[] bytes, bool packed)
    {
        if (!packed)
        {
            return directory.Write(name, bytes);
        }

        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return directory.Write(name + ".gz", stream.ToArray());
    }
}
