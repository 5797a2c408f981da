using System.Buffers.Binary;
using System.Globalization;
using RealtimeVision.Runtime.Live;

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

    /// <summary>A recipe on pictures and masks, which are made: bright pixels are class 1.</summary>
    public string MaskRecipe()
    {
        for (int i = 0; i < 24; i++)
        {
            byte[] pixels = Picture(i % 2, i);
            SaveGrey($"pictures/{i}.png", pixels, Side);
            SaveGrey($"masks/{i}.png", [.. pixels.Select(p => (byte)(p >= 150 ? 1 : 0))], Side);
        }

        return Write(
            "masks.yaml",
            """
            name: masks
            data:
              type: mask_folder
              folder: .
              class_names: [dark, bright]
              size: 8
              channels: 1
              test: 0.25
            model:
              layers:
                - { layer: conv2d, filters: 4, kernel: 1, activation: relu }
                - { layer: conv2d, filters: 2, kernel: 1 }
            task: { type: segmentation, loss: cross_entropy_and_dice }
            training:
              epochs: 8
              batch_size: 4
              optimiser: { type: adam, learning_rate: 0.05 }
            """);
    }

    /// <summary>A recipe on a wave with a season of 8 rows, which is made.</summary>
    public string SeriesRecipe()
    {
        Write("wave.csv", "height\n" + string.Join('\n', Enumerable.Range(0, 120).Select(
            i => Math.Sin(i * Math.Tau / 8).ToString("0.000", CultureInfo.InvariantCulture))));
        return Write(
            "wave.yaml",
            """
            name: wave
            data: { type: series, file: wave.csv, window: 8, season: 8, validation: 0.1, test: 0.2 }
            model:
              layers:
                - { layer: lstm, units: 4 }
                - { layer: dense, units: 1 }
            task: { type: regression }
            training:
              epochs: 2
              batch_size: 8
              optimiser: { type: adam, learning_rate: 0.02 }
            """);
    }

    /// <summary>A picture of a class as a file.</summary>
    public string Picture(string name, int label)
    {
        SaveGrey(name, Picture(label, 1000 + label), Side);
        return Path(name);
    }

    public void SaveGrey(string name, byte[] pixels, int side)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        Media.Picture.SavePng(pixels, side, side, PixelFormat.Gray8, Path(name));
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
