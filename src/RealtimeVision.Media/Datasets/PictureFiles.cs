using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>What the datasets of picture files share: lists of files, and their pixels.</summary>
internal static class PictureFiles
{
    // Datasets are read from several threads; each decodes into a frame of its own.
    [ThreadStatic]
    private static Frame? t_frame;

    /// <summary>Pictures of a folder, in natural order.</summary>
    public static string[] In(string folder) => Listed(
        folder,
        static f => Directory.EnumerateFiles(f)
            .Where(path => Picture.Extensions.Contains(Path.GetExtension(path))));

    /// <summary>
    /// Folders of a folder, in natural order; those whose names start with a point are hidden.
    /// </summary>
    public static string[] FoldersIn(string folder) => Listed(
        folder,
        static f => Directory.EnumerateDirectories(f)
            .Where(path => !Path.GetFileName(path).StartsWith('.')));

    /// <summary>Decodes a picture, scaled to a size, as RGB or grey bytes.</summary>
    /// <exception cref="DatasetException">The picture cannot be read.</exception>
    public static void Read(string path, Size2 size, int channels, Span<byte> pixels)
    {
        Frame frame = t_frame ??= new Frame();
        try
        {
            Picture.Load(path, frame, size.Width, size.Height);
        }
        catch (MediaException e)
        {
            throw Unreadable(path, e);
        }

        ReadOnlySpan<byte> rgb = frame.Pixels;
        if (channels == 3)
        {
            rgb.CopyTo(pixels);
            return;
        }

        // Luma of BT.601, in 256ths.
        for (int i = 0; i < pixels.Length; i++)
        {
            int at = 3 * i;
            pixels[i] = (byte)(
                ((77 * rgb[at]) + (150 * rgb[at + 1]) + (29 * rgb[at + 2]) + 128) >> 8);
        }
    }

    public static DatasetException Unreadable(string path, MediaException e)
    {
        string prefix = path + ": ";
        string problem = e.Message.StartsWith(prefix, StringComparison.Ordinal)
            ? e.Message[prefix.Length..]
            : e.Message;
        return new DatasetException(path, problem.TrimEnd('.'), e);
    }

    public static void Check(Size2 size, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size.Height, nameof(size));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size.Width, nameof(size));
        if (channels is not (1 or 3))
        {
            throw new ArgumentOutOfRangeException(
                nameof(channels), channels, "Pictures are read as 1 or 3 channels.");
        }
    }

    private static string[] Listed(string folder, Func<string, IEnumerable<string>> list)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException(folder, "there is no such folder");
        }

        try
        {
            return [.. list(folder).Order(NaturalOrder.Instance)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(folder, e.Message, e);
        }
    }
}
