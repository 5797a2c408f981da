using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Media;

/// <summary>
/// Clips, each a folder of frames in natural order: UInt8 [T, H, W, C] and Int32 []. The frames are
/// taken from the middle of the clip, every so many. Labels are the names of the folders that the
/// clips' folders lie in, or stand in a CSV file.
/// </summary>
public sealed class ClipFolderDataset : Dataset
{
    private readonly (string Folder, string[] Frames, int Label)[] _clips;
    private readonly Size2 _size;
    private readonly int _channels;

    private ClipFolderDataset(
        IReadOnlyList<string> classNames,
        IReadOnlyList<(string Folder, int Label)> clips,
        int frames,
        int stride,
        Size2 size,
        int channels)
        : base(
            new TensorType(
                ElementType.UInt8, new Shape(frames, size.Height, size.Width, channels)),
            new TensorType(ElementType.Int32, new Shape()),
            classNames)
    {
        _size = size;
        _channels = channels;
        _clips = new (string, string[], int)[clips.Count];
        for (int i = 0; i < _clips.Length; i++)
        {
            (string folder, int label) = clips[i];
            _clips[i] = (folder, Middle(folder, frames, stride), label);
        }
    }

    /// <inheritdoc/>
    public override int Count => _clips.Length;

    /// <summary>Lists clips as <c>folder/class/clip/frame.png</c>.</summary>
    /// <param name="folder">Has a folder for each class.</param>
    /// <param name="frames">T: frames of a sample.</param>
    /// <param name="size">Size that frames are scaled to.</param>
    /// <param name="stride">Every how many frames one is taken.</param>
    /// <param name="channels">3 for red, green, blue, or 1 for grey.</param>
    /// <exception cref="DatasetException">
    /// There is no such folder, no class, a class without clips, or a clip with too few frames.
    /// </exception>
    public static ClipFolderDataset Load(
        string folder, int frames, Size2 size, int stride = 1, int channels = 3)
    {
        Check(frames, stride, size, channels);
        string[] folders = PictureFiles.FoldersIn(folder);
        if (folders.Length == 0)
        {
            throw new DatasetException(folder, "has no folder of a class");
        }

        var clips = new List<(string, int)>();
        for (int label = 0; label < folders.Length; label++)
        {
            string[] ofClass = PictureFiles.FoldersIn(folders[label]);
            if (ofClass.Length == 0)
            {
                throw new DatasetException(folders[label], "is a class without clips");
            }

            clips.AddRange(ofClass.Select(clip => (clip, label)));
        }

        string[] names = [.. folders.Select(f => Path.GetFileName(f))];
        return new ClipFolderDataset(names, clips, frames, stride, size, channels);
    }

    /// <summary>
    /// Lists clips as <c>folder/clip/frame.png</c> with the labels of a CSV file, which has the
    /// columns <c>clip</c> and <c>label</c>.
    /// </summary>
    /// <param name="folder">Has a folder for each clip.</param>
    /// <param name="labels">The CSV file.</param>
    /// <param name="frames">T: frames of a sample.</param>
    /// <param name="size">Size that frames are scaled to.</param>
    /// <param name="stride">Every how many frames one is taken.</param>
    /// <param name="channels">3 for red, green, blue, or 1 for grey.</param>
    /// <param name="classNames">The classes by index; null takes the labels in the order of their
    /// names.</param>
    /// <exception cref="DatasetException">
    /// A file or folder is missing or malformed, a label is no class, a class has no clips, or a
    /// clip has too few frames.
    /// </exception>
    public static ClipFolderDataset LoadCsv(
        string folder,
        string labels,
        int frames,
        Size2 size,
        int stride = 1,
        int channels = 3,
        IReadOnlyList<string>? classNames = null)
    {
        Check(frames, stride, size, channels);
        CsvTable table = CsvTable.Load(labels);
        int clip = table.IndexOf("clip"), label = table.IndexOf("label");
        string[] found =
            [.. Enumerable.Range(0, table.RowCount).Select(row => table.Text(row, label).Trim())];
        string[] names = classNames is null
            ? [.. found.Distinct().Order(NaturalOrder.Instance)]
            : [.. classNames];
        if (names.FirstOrDefault(name => !found.Contains(name)) is { } empty)
        {
            throw new DatasetException(labels, $"class '{empty}' has no clips");
        }

        var clips = new List<(string, int)>();
        for (int row = 0; row < table.RowCount; row++)
        {
            int index = Array.IndexOf(names, found[row]);
            if (index < 0)
            {
                throw new DatasetException(
                    labels,
                    $"clip '{table.Text(row, clip)}' has the label '{found[row]}'; classes are "
                    + string.Join(", ", names));
            }

            clips.Add((Path.Combine(folder, table.Text(row, clip).Trim()), index));
        }

        return clips.Count > 0
            ? new ClipFolderDataset(names, clips, frames, stride, size, channels)
            : throw new DatasetException(labels, "has no clips");
    }

    /// <inheritdoc/>
    public override string NameOf(int index) => _clips[index].Folder;

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        (_, string[] frames, int label) = _clips[index];
        int length = input.Length / frames.Length;
        for (int t = 0; t < frames.Length; t++)
        {
            PictureFiles.Read(frames[t], _size, _channels, input.Slice(t * length, length));
        }

        MemoryMarshal.Write(target, label);
    }

    /// <inheritdoc/>
    protected override int ReadLabel(int index) => _clips[index].Label;

    private static void Check(int frames, int stride, Size2 size, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        PictureFiles.Check(size, channels);
    }

    private static string[] Middle(string folder, int frames, int stride)
    {
        string[] all = PictureFiles.In(folder);
        int span = ((frames - 1) * stride) + 1;
        if (all.Length < span)
        {
            throw new DatasetException(
                folder, $"has {all.Length} frames; {frames}, every {stride}, take {span}");
        }

        int first = (all.Length - span) / 2;
        return [.. Enumerable.Range(0, frames).Select(t => all[first + (t * stride)])];
    }
}
