using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

/// <summary>Small pictures of ten classes, from what there is.</summary>
internal static class SmallPictures
{
    private const string Fashion = "/usr/share/datasets/fashion-mnist";
    private const int Side = 32;

    /// <summary>
    /// A folder of CIFAR-10's binary files or of MNIST's, or <c>synthetic</c>; an empty string
    /// takes Fashion-MNIST where Debian has installed it (package dataset-fashion-mnist), else
    /// synthetic pictures. At most <paramref name="most"/> pictures to train with, half as many
    /// for the test.
    /// </summary>
    public static (Dataset Train, Dataset Test) Load(string folder, int most, ulong seed)
    {
        folder = folder.Length > 0 ? folder : Directory.Exists(Fashion) ? Fashion : "synthetic";
        bool isFashion = folder.Contains("fashion", StringComparison.OrdinalIgnoreCase);
        bool isCifar = File.Exists(Path.Combine(folder, "test_batch.bin"));
        Dataset Part(bool training) =>
            folder == "synthetic" ? Stripes(training ? 5000 : 1000, training)
            : isCifar ? Cifar10.LoadFolder(folder, training)
            : Mnist.LoadFolder(folder, training, isFashion ? Mnist.FashionClasses : null);

        var train = Part(true).TakePerClass(Math.Max(1, most / 10), seed);
        var test = Part(false).TakePerClass(Math.Max(1, most / 20), seed);
        Console.WriteLine(
            $"{folder}: {train.Count} pictures {train.InputType.Shape}, test {test.Count}");
        return (train, test);
    }

    // Stripes of ten directions, in colours and places that tell nothing, under noise.
    private static MemoryDataset Stripes(int count, bool training)
    {
        var random = new Random(training ? 1 : 2);
        var pictures = new byte[count * Side * Side * 3];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 10;
            var (sin, cos) = Math.SinCos(labels[i] * Math.PI / 10);
            double phase = random.NextDouble() * Math.Tau;
            int[] colour = [random.Next(30, 120), random.Next(30, 120), random.Next(30, 120)];
            for (int p = 0; p < Side * Side; p++)
            {
                double wave = Math.Sin((((p % Side) * cos) + ((p / Side) * sin) + phase) * 0.9);
                for (int c = 0; c < 3; c++)
                {
                    double value = 128 + (wave * colour[c]) + random.Next(-40, 40);
                    pictures[(((i * Side * Side) + p) * 3) + c] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }

        return new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(Side, Side, 3)), pictures,
            new TensorType(ElementType.Int32, new Shape()),
            MemoryMarshal.AsBytes<int>(labels).ToArray(),
            [.. Enumerable.Range(0, 10).Select(c => $"{c * 18} degrees")]);
    }
}
