using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Explain;

/// <summary>The folder that pictures are written to.</summary>
/// <param name="path">The folder, which is there.</param>
internal sealed class ViewFolder(string path)
{
    /// <summary>A layer's name as a part of a file's.</summary>
    public static string FileNameOf(string layer) =>
        string.Concat(layer.Select(c => Path.GetInvalidFileNameChars().Contains(c) || c is ':' ? '.' : c))
            .Trim('.');

    /// <summary>Writes a picture.</summary>
    /// <returns>Its path.</returns>
    public string Save(string name, ReportPicture picture) =>
        Save(name, picture.Pixels, picture.Width, picture.Height);

    /// <summary>Writes height x width x 3 bytes: red, green, blue.</summary>
    /// <returns>Its path.</returns>
    public string Save(string name, ReadOnlySpan<byte> rgb, int width, int height)
    {
        string file = Path.Combine(path, $"{name}.png");
        Picture.SavePng(rgb, width, height, PixelFormat.Rgb24, file);
        return file;
    }
}
