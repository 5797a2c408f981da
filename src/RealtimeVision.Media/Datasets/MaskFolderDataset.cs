using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Media;

/// <summary>
/// A folder of pictures and one of masks with the same names: UInt8 [H, W, C] and Int32 [H, W].
/// Masks are PNG files with a palette or grey levels, whose stored numbers are the class indices.
/// Pictures are stretched to the size, masks by the nearest pixel.
/// </summary>
public sealed class MaskFolderDataset : Dataset
{
    private readonly (string Picture, string Mask)[] _pairs;
    private readonly Size2 _size;
    private readonly int _channels;

    private MaskFolderDataset(
        (string Picture, string Mask)[] pairs,
        IReadOnlyList<string> classNames,
        Size2 size,
        int channels,
        int? ignoreIndex,
        IReadOnlyList<string> skipped)
        : base(
            new TensorType(ElementType.UInt8, new Shape(size.Height, size.Width, channels)),
            new TensorType(ElementType.Int32, new Shape(size.Height, size.Width)),
            classNames,
            ignoreIndex)
    {
        _pairs = pairs;
        _size = size;
        _channels = channels;
        Skipped = skipped;
    }

    /// <inheritdoc/>
    public override int Count => _pairs.Length;

    /// <summary>What was left out, with the reason: one line a file.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>Pairs pictures and masks by their names without extension.</summary>
    /// <param name="pictures">Folder of the pictures.</param>
    /// <param name="masks">Folder of the masks.</param>
    /// <param name="classNames">Names of the classes, by index.</param>
    /// <param name="size">Size that both are scaled to.</param>
    /// <param name="channels">3 for red, green, blue, or 1 for grey.</param>
    /// <param name="ignoreIndex">The number of pixels of no class; null where each has one.</param>
    /// <param name="skipMismatched">Whether a picture without its mask, a mask without its picture
    /// and a pair of different sizes are left out, and listed in <see cref="Skipped"/>, instead of
    /// being errors.</param>
    /// <exception cref="DatasetException">
    /// There is no such folder, no pair, or one that does not fit.
    /// </exception>
    public static MaskFolderDataset Load(
        string pictures,
        string masks,
        IReadOnlyList<string> classNames,
        Size2 size,
        int channels = 3,
        int? ignoreIndex = 255,
        bool skipMismatched = false)
    {
        PictureFiles.Check(size, channels);
        string[] picturePaths = PictureFiles.In(pictures);
        Dictionary<string, string> maskPaths = ByName(PictureFiles.In(masks));
        var pairs = new List<(string Picture, string Mask)>();
        var skipped = new List<string>();
        foreach ((string name, string picture) in ByName(picturePaths))
        {
            if (!maskPaths.Remove(name, out string? mask))
            {
                Mismatch(picture, $"has no mask '{name}.png' in {masks}");
            }
            else if (SizeProblem(picture, mask) is { } problem)
            {
                Mismatch(mask, problem);
            }
            else
            {
                pairs.Add((picture, mask));
            }
        }

        foreach (string mask in maskPaths.Values)
        {
            Mismatch(mask, $"has no picture in {pictures}");
        }

        return pairs.Count > 0
            ? new MaskFolderDataset(
                [.. pairs], classNames, size, channels, ignoreIndex, skipped)
            : throw new DatasetException(pictures, $"has no picture with a mask in {masks}");

        void Mismatch(string path, string problem)
        {
            if (!skipMismatched)
            {
                throw new DatasetException(path, problem);
            }

            skipped.Add($"{path}: {problem}");
        }
    }

    /// <inheritdoc/>
    public override string NameOf(int index) => _pairs[index].Picture;

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        (string picture, string path) = _pairs[index];
        PictureFiles.Read(picture, _size, _channels, input);
        IndexPng mask = IndexPng.Load(path);
        Span<int> classes = MemoryMarshal.Cast<byte, int>(target);
        for (int y = 0, at = 0; y < _size.Height; y++)
        {
            int row = Nearest(y, _size.Height, mask.Height) * mask.Width;
            for (int x = 0; x < _size.Width; x++, at++)
            {
                int found = mask.Indices[row + Nearest(x, _size.Width, mask.Width)];
                if (found >= ClassNames.Count && found != IgnoreIndex)
                {
                    throw new DatasetException(
                        path, $"has class {found}; classes are 0 to {ClassNames.Count - 1}");
                }

                classes[at] = found;
            }
        }
    }

    // The stored pixel under the middle of the scaled one.
    private static int Nearest(int at, int to, int from) =>
        (int)((((2L * at) + 1) * from) / (2L * to));

    private static Dictionary<string, string> ByName(string[] paths)
    {
        var byName = new Dictionary<string, string>(paths.Length);
        foreach (string path in paths)
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (!byName.TryAdd(name, path))
            {
                throw new DatasetException(path, $"has the name of {byName[name]}");
            }
        }

        return byName;
    }

    // What cannot be read at all is an error of the sample, which a loader may pass over.
    private static string? SizeProblem(string picture, string mask)
    {
        try
        {
            (int width, int height) = Picture.ReadSize(picture);
            (int maskWidth, int maskHeight) = Picture.ReadSize(mask);
            return (width, height) == (maskWidth, maskHeight) ? null
                : $"is {maskWidth}x{maskHeight}, its picture {picture} {width}x{height}";
        }
        catch (MediaException)
        {
            return null;
        }
    }
}
