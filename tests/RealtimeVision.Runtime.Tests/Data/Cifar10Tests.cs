using System.Text;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class Cifar10Tests
{
    private const int Record = 3073;

    [Test]
    public void FilesAreReadAndPlanesBecomePixels()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("batches.meta.txt", Encoding.UTF8.GetBytes("airplane\ncar\nbird\n\n"));
        directory.Write("data_batch_1.bin", Records(1, 2));
        directory.Write("data_batch_2.bin", Records(0));
        directory.Write("test_batch.bin", Records(2));

        Dataset train = Cifar10.LoadFolder(directory.Path, training: true);
        Dataset test = Cifar10.LoadFolder(directory.Path, training: false);

        byte[] picture = Samples.Input(train, 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(train.InputType.ToString(), Is.EqualTo("UInt8[32, 32, 3]"));
            Assert.That(train.ClassNames, Is.EqualTo(["airplane", "car", "bird"]));
            Assert.That(Samples.Labels(train), Is.EqualTo([1, 2, 0]));
            Assert.That(Samples.Labels(test), Is.EqualTo([2]));

            // Pixel 5 is byte 5 of each plane.
            Assert.That(picture[15..18], Is.EqualTo((byte[])[5, 105, 205]));
        }
    }

    [Test]
    public void BadFilesAreRefused()
    {
        using var directory = new TemporaryDirectory();
        string[] names = ["a", "b"];
        string cut = directory.Write("cut.bin", Records(0, 1).AsSpan(0, (2 * Record) - 1));
        string label = directory.Write("label.bin", Records(0, 2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => Cifar10.Load(cut, names),
                Throws.TypeOf<DatasetException>().With.Message.StartsWith(
                    $"{cut}: is truncated: 6145 bytes"));
            Assert.That(
                () => Cifar10.Load(label, names),
                Throws.TypeOf<DatasetException>().With.Message.EqualTo(
                    $"{label}[1]: label is 2; classes are 0 to 1"));
            Assert.That(
                () => Cifar10.LoadFolder(directory.Path, true),
                Throws.TypeOf<DatasetException>().With.Message.Contains("batches.meta.txt"));
        }
    }

    private static byte[] Records(params byte[] labels)
    {
        byte[] bytes = new byte[labels.Length * Record];
        for (int i = 0; i < labels.Length; i++)
        {
            bytes[i * Record] = labels[i];
            for (int p = 0; p < 1024; p++)
            {
                bytes[(i * Record) + 1 + p] = (byte)(p % 50);
                bytes[(i * Record) + 1025 + p] = (byte)(100 + (p % 50));
                bytes[(i * Record) + 2049 + p] = (byte)(200 + (p % 50));
            }
        }

        return bytes;
    }
}
