using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Media;

/// <summary>
/// Pictures in one folder a class, whose name is the folder's: UInt8 [H, W, C] and Int32 [].
/// Classes and pictures are in natural order; pictures are decoded, and stretched to the size, as
/// they are read.
/// </summary>
public sealed class ClassFolderDataset : Dataset
{
    private readonly string[] _paths;
    private readonly int[] _labels;
    private readonly Size2 _size;
    private readonly int _channels;

    private ClassFolderDataset(
        string[] classNames, string[] paths, int[] labels, Size2 size, int channels)
        : base(
            new TensorType(ElementType.UInt8, new Shape(size.Height, size.Width, channels)),
            new TensorType(ElementType.Int32, new Shape()),
            classNames)
    {
        _paths = paths;
        _labels = labels;
        _size = size;
        _channels = channels;
    }

    /// <inheritdoc/>
    public override int Count => _paths.Length;

    /// <summary>Lists the pictures of the folders in <paramref name="folder"/>.</summary>
    /// <param name="folder">Has a folder for each class.</param>
    /// <param name="size">Size that pictures are scaled to.</param>
    /// <param name="channels">3 for red, green, blue, or 1 for grey.</param>
    /// <param name="classNames">The classes, which have to be the folders' names, in the order of
    /// their indices; null takes the folders in natural order. A test part that names the classes
    /// of its training part has the same indices.</param>
    /// <exception cref="DatasetException">
    /// There is no such folder, no class, a class without pictures, or a folder that is no class.
    /// </exception>
    public static ClassFolderDataset Load(
        string folder, Size2 size, int channels = 3, IReadOnlyList<string>? classNames = null)
    {
        PictureFiles.Check(size, channels);
        string[] folders = PictureFiles.FoldersIn(folder);
        string[] names = classNames is null
            ? [.. folders.Select(f => Path.GetFileName(f))]
            : [.. classNames];
        if (names.Length == 0)
        {
            throw new DatasetException(folder, "has no folder of a class");
        }

        foreach (string found in folders.Select(f => Path.GetFileName(f)))
        {
            if (!names.Contains(found))
            {
                throw new DatasetException(
                    Path.Combine(folder, found),
                    $"is no class; classes are {string.Join(", ", names)}");
            }
        }

        var paths = new List<string>();
        var labels = new List<int>();
        for (int label = 0; label < names.Length; label++)
        {
            string path = Path.Combine(folder, names[label]);
            string[] pictures = PictureFiles.In(path);
            if (pictures.Length == 0)
            {
                throw new DatasetException(path, $"class '{names[label]}' has no picture");
            }

            paths.AddRange(pictures);
            labels.AddRange(Enumerable.Repeat(label, pictures.Length));
        }

        return new ClassFolderDataset(names, [.. paths], [.. labels], size, channels);
    }

    /// <inheritdoc/>
    public override string NameOf(int index) => _paths[index];

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        PictureFiles.Read(_paths[index], _size, _channels, input);
        MemoryMarshal.Write(target, _labels[index]);
    }

    /// <inheritdoc/>
    protected override int ReadLabel(int index) => _labels[index];
}
