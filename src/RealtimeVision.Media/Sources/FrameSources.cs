using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>Makes a source of one kind.</summary>
/// <param name="rest">
/// The specification after its scheme and colon; empty where it is the scheme alone.
/// </param>
/// <param name="options">What the caller asks for.</param>
public delegate IFrameSource SourceFactory(string rest, SourceOptions options);

/// <summary>One kind of source that <see cref="FrameSources"/> knows.</summary>
/// <param name="Scheme">The word before the colon, such as <c>camera</c>.</param>
/// <param name="Description">How it is written and what it is, for a help text.</param>
/// <param name="Create">Makes the source.</param>
public sealed record SourceKind(string Scheme, string Description, SourceFactory Create);

/// <summary>
/// Turns what a person writes, such as <c>camera:0</c>, <c>clip.mp4</c> or <c>rtsp://...</c>, into
/// a source.
/// </summary>
public static class FrameSources
{
    private static readonly Lock Gate = new();

    // Add a kind here, or from outside with Register.
    private static readonly List<SourceKind> Known =
    [
        new("camera", "camera:0, camera:/dev/video2 or camera:NAME",
            (rest, options) => FfmpegSource.FromCamera(rest.Length > 0 ? rest : "0", options)),
        new("file", "file:PATH of a video, a picture or a folder of pictures", FromFileUrl),
        Network("http", "a video file or a live stream on a web server"),
        Network("https", "a video file or a live stream on a web server"),
        Network("rtsp", "a network camera"),
        Network("rtmp", "a live stream"),
        Network("srt", "a live stream"),
        Network("udp", "a live stream"),
    ];

    /// <summary>The kinds there are, besides plain paths.</summary>
    public static IReadOnlyList<SourceKind> Kinds
    {
        get
        {
            lock (Gate)
            {
                return [.. Known];
            }
        }
    }

    /// <summary>Adds a kind of source, in place of one of the same scheme.</summary>
    public static void Register(SourceKind kind)
    {
        lock (Gate)
        {
            Known.RemoveAll(known => Matches(known, kind.Scheme));
            Known.Add(kind);
        }
    }

    /// <summary>
    /// Makes the source that <paramref name="spec"/> names; nothing is opened. A specification
    /// without a known scheme is a path: a folder, a picture by its extension (but a GIF moves),
    /// else a video.
    /// </summary>
    /// <exception cref="SourceException">
    /// The specification is empty or its scheme unknown.
    /// </exception>
    public static IFrameSource Create(string spec, SourceOptions? options = null)
    {
        options = (options ?? SourceOptions.Default).Checked();
        spec = spec.Trim();
        if (spec.Length == 0)
        {
            throw new SourceException($"The source is empty. {KnownForms()}");
        }

        int colon = spec.IndexOf(':');
        string scheme = colon < 0 ? spec : spec[..colon];
        SourceKind? kind = Kinds.FirstOrDefault(known => Matches(known, scheme));
        try
        {
            if (kind is not null)
            {
                return kind.Create(colon < 0 ? "" : spec[(colon + 1)..], options);
            }
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new SourceException($"{SourceAddress.Redact(spec)}: {e.Message}", e);
        }

        if (spec.Contains("://", StringComparison.Ordinal))
        {
            throw new SourceException(
                $"{SourceAddress.Redact(spec)}: '{scheme}' is no known kind of source. "
                + KnownForms());
        }

        return FromPath(spec, options);
    }

    /// <summary>Makes and opens the source that <paramref name="spec"/> names.</summary>
    /// <exception cref="SourceException">
    /// The specification is not understood, or the source cannot be opened.
    /// </exception>
    public static IFrameSource Open(
        string spec, SourceOptions? options = null, CancellationToken cancellation = default) =>
        Open(Create(spec, options), cancellation);

    /// <summary>Opens a source; releases it where that fails.</summary>
    /// <exception cref="SourceException">The source cannot be opened.</exception>
    public static IFrameSource Open(IFrameSource source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            source.Open(cancellation);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static bool Matches(SourceKind kind, string scheme) =>
        kind.Scheme.Equals(scheme, StringComparison.OrdinalIgnoreCase);

    private static SourceKind Network(string scheme, string what) => new(
        scheme,
        $"{scheme}://... {what}",
        (rest, options) => FfmpegSource.FromUrl($"{scheme}:{rest}", options));

    private static IFrameSource FromFileUrl(string rest, SourceOptions options) => FromPath(
        rest.StartsWith("//", StringComparison.Ordinal) ? new Uri("file:" + rest).LocalPath : rest,
        options);

    private static IFrameSource FromPath(string path, SourceOptions options)
    {
        if (Directory.Exists(path))
        {
            return new PictureFolderSource(path, options);
        }

        string extension = Path.GetExtension(path);
        bool picture = Picture.Extensions.Contains(extension)
            && !extension.Equals(".gif", StringComparison.OrdinalIgnoreCase);
        return picture ? new PictureSource(path, options) : FfmpegSource.FromFile(path, options);
    }

    private static string KnownForms() =>
        "A source is a path or one of: "
        + string.Join("; ", Kinds.Select(kind => kind.Description)) + ".";
}
