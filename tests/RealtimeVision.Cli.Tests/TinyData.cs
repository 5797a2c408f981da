using System.Buffers.Binary;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// Data and recipes that a test makes for itself: two classes that the brightness of two halves
/// tells apart, few samples, trained in a second.
/// </summary>
public sealed class TinyData : IDisposable
{
    public const int Side = 8;

    private const string Convnet =
        """
        name: tiny
        data: { type: mnist, folder: digits, class_names: [left, right], validation: 0.25 }
        model:
          layers:
            - { layer: conv2d, filters: 4, kernel: 3, activation: relu }
            - { layer: max_pooling2d, size: 4 }
            - { layer: flatten }
            - { layer: dense, units: 2 }
        task: { type: classification }
        training:
          epochs: 2
          batch_size: 8
          optimiser: { type: adam, learning_rate: 0.02 }
        """;

    public TinyData()
    {
        Folder = Directory.CreateTempSubdirectory("rtv-recipes-").FullName;
    }

    public string Folder { get; }

    public string Out => Path("out");

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>A recipe on IDX files, which are made; its text may be changed first.</summary>
    public string Recipe(Func<string, string>? change = null)
    {
        WriteIdx("train", 64);
        WriteIdx("t10k", 20);
        return Write("tiny.yaml", (change ?? (text => text))(Convnet));
    }

    public string Write(string name, string text)
    {
        string path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A grey picture, bright in the left half for class 0, in the right for 1.</summary>
    public static byte[] Picture(int label, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[Side * Side];
        for (int i = 0; i < pixels.Length; i++)
        {
            bool isBright = (i % Side < Side / 2) == (label == 0);
            pixels[i] = (byte)((isBright ? 150 : 30) + random.Next(60));
        }

        return pixels;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void WriteIdx(string part, int count)
    {
        var pictures = new byte[16 + (count * Side * Side)];
        var labels = new byte[8 + count];
        Header(pictures, 3, count, Side, Side);
        Header(labels, 1, count);
        for (int i = 0; i < count; i++)
        {
            labels[8 + i] = (byte)(i % 2);
            Picture(i % 2, i).CopyTo(pictures, 16 + (i * Side * Side));
        }

        Directory.CreateDirectory(Path("digits"));
        File.WriteAllBytes(Path($"digits/{part}-images-idx3-ubyte"), pictures);
        File.WriteAllBytes(Path($"digits/{part}-labels-idx1-ubyte"), labels);
    }

    private static void Header(byte[] file, byte rank, params int[] sizes)
    {
        (file[2], file[3]) = (8, rank);
        for (int d = 0; d < sizes.Length; d++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * d)), sizes[d]);
        }
    }
}
