using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// CIFAR-10 in its binary version (https://www.cs.toronto.edu/~kriz/cifar.html): records of a label
/// and 32x32 pixels, all red, then all green, then all blue.
/// </summary>
public static class Cifar10
{
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int Picture = 3 * Plane;
    private const int Record = 1 + Picture;

    /// <summary>
    /// Reads a folder with the published file names: <c>data_batch_1.bin</c> and on, or
    /// <c>test_batch.bin</c>; class names from <c>batches.meta.txt</c>. Inputs are
    /// UInt8 [32, 32, 3], targets Int32 [].
    /// </summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="training">The training part, or else the test part.</param>
    /// <exception cref="DatasetException">
    /// A file is missing, ends within a record, or has a label that names no class.
    /// </exception>
    public static Dataset LoadFolder(string folder, bool training)
    {
        string[] classNames = LoadClassNames(Path.Combine(folder, "batches.meta.txt"));
        string[] paths =
            training ? TrainingFiles(folder) : [Path.Combine(folder, "test_batch.bin")];
        var parts = new MemoryDataset[paths.Length];
        for (int i = 0; i < paths.Length; i++)
        {
            parts[i] = Load(paths[i], classNames);
        }

        return parts.Length == 1 ? parts[0] : new ConcatDataset(parts);
    }

    /// <summary>Reads one file of records.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classNames">Names of the classes.</param>
    /// <exception cref="DatasetException">
    /// The file is missing, ends within a record, or has a label that names no class.
    /// </exception>
    public static MemoryDataset Load(string path, IReadOnlyList<string> classNames)
    {
        byte[] file = DataFile.ReadAllBytes(path);
        if (file.Length == 0 || file.Length % Record != 0)
        {
            throw new DatasetException(
                path,
                $"is truncated: {file.Length} bytes are no whole number of records of {Record}");
        }

        int count = file.Length / Record;
        var pictures = new byte[count * Picture];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> record = file.AsSpan(i * Record, Record);
            labels[i] = record[0];
            ReadOnlySpan<byte> red = record.Slice(1, Plane);
            ReadOnlySpan<byte> green = record.Slice(1 + Plane, Plane);
            ReadOnlySpan<byte> blue = record.Slice(1 + (2 * Plane), Plane);
            Span<byte> picture = pictures.AsSpan(i * Picture, Picture);
            for (int p = 0; p < Plane; p++)
            {
                picture[3 * p] = red[p];
                picture[(3 * p) + 1] = green[p];
                picture[(3 * p) + 2] = blue[p];
            }
        }

        return new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(Side, Side, 3)),
            pictures,
            new TensorType(ElementType.Int32, new Shape()),
            MemoryMarshal.AsBytes<int>(labels).ToArray(),
            classNames,
            name: path);
    }

    private static string[] TrainingFiles(string folder)
    {
        var paths = new List<string>();
        for (int i = 1; File.Exists(Path.Combine(folder, $"data_batch_{i}.bin")); i++)
        {
            paths.Add(Path.Combine(folder, $"data_batch_{i}.bin"));
        }

        return paths.Count > 0 ? [.. paths]
            : throw new DatasetException(
                Path.Combine(folder, "data_batch_1.bin"), "there is no such file");
    }

    private static string[] LoadClassNames(string path)
    {
        string text = System.Text.Encoding.UTF8.GetString(DataFile.ReadAllBytes(path));
        string[] names = text.Split(
            '\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 ? names
            : throw new DatasetException(path, "names no class");
    }
}
