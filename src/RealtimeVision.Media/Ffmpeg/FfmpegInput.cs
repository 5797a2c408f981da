using System.Globalization;
using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>
/// Where ffmpeg reads from, and how: the part of its command line up to <c>-i</c>.
/// </summary>
/// <param name="Name">What messages call it; without a password.</param>
/// <param name="Address">What ffmpeg is given.</param>
/// <param name="Options">Options before <c>-i</c>.</param>
/// <param name="IsLive">It goes on without being read.</param>
/// <param name="LocalPath">The file that has to exist, where it is one.</param>
internal sealed record FfmpegInput(
    string Name,
    string Address,
    IReadOnlyList<string> Options,
    bool IsLive,
    string? LocalPath = null)
{
    // Buffers and reordering are latency: a live picture is worth most at once. By default ffmpeg
    // also studies a stream for five seconds or more before the first picture; one is enough.
    private static readonly string[] LowLatency =
        ["-fflags", "nobuffer", "-flags", "low_delay", "-analyzeduration", "1000000"];

    // What a web server sends under these names is a file, with an end and a length.
    private static readonly HashSet<string> FileExtensions = new(
        [
            ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".ogv", ".wmv",
            ".gif",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// False where ffmpeg would make a frame rate up: pictures sent over the web carry no times.
    /// </summary>
    public bool StatesRate =>
        !(IsLive && Address.StartsWith("http", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A video file. The protocol is named, or a ':' in the file's name would be read as one.
    /// </summary>
    public static FfmpegInput File(string path, SourceOptions options) => new(
        path,
        "file:" + Path.GetFullPath(path),
        options.Loop ? ["-stream_loop", "-1"] : [],
        IsLive: false,
        LocalPath: path);

    /// <summary>A network address.</summary>
    /// <exception cref="ArgumentException">It is no URL.</exception>
    public static FfmpegInput Url(string url, SourceOptions options)
    {
        string name = SourceAddress.Redact(url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri))
        {
            throw new ArgumentException($"'{name}' is not a URL.", nameof(url));
        }

        bool web = uri.Scheme is "http" or "https";
        if (web && FileExtensions.Contains(Path.GetExtension(uri.AbsolutePath)))
        {
            return new(name, url, options.Loop ? ["-stream_loop", "-1"] : [], false);
        }

        string[] transport = uri.Scheme == "rtsp" ? ["-rtsp_transport", "tcp"] : [];
        return new(name, url, [.. LowLatency, .. transport], true);
    }

    /// <summary>A camera by number or by the system's name of it.</summary>
    /// <param name="id"><c>0</c>, <c>/dev/video2</c>, or a DirectShow or AVFoundation name.</param>
    /// <param name="options">The size and rate to ask the camera for.</param>
    /// <param name="system">The system whose camera interface to use.</param>
    public static FfmpegInput Camera(string id, SourceOptions options, OSPlatform system)
    {
        string name = "camera:" + id;
        bool numbered = int.TryParse(
            id, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        List<string> wishes = [.. LowLatency];
        if (options is { Width: int width, Height: int height })
        {
            wishes.AddRange(["-video_size", $"{width}x{height}"]);
        }

        // AVFoundation refuses to start at its own default of 29.97 on most cameras.
        double? rate = options.FrameRate ?? (system == OSPlatform.OSX ? 30 : null);
        if (rate is double asked)
        {
            wishes.AddRange(["-framerate", asked.ToString(CultureInfo.InvariantCulture)]);
        }

        if (system == OSPlatform.Windows)
        {
            string device = numbered ? NthName(number, name) : id;
            return new(name, "video=" + device, ["-f", "dshow", .. wishes], true);
        }

        if (system == OSPlatform.OSX)
        {
            return new(name, id + ":none", ["-f", "avfoundation", .. wishes], true);
        }

        string path = numbered ? "/dev/video" + id : id;
        return new(name, path, ["-f", "v4l2", .. wishes], true, path);
    }

    // DirectShow knows its devices by name only.
    private static string NthName(int number, string camera)
    {
        IReadOnlyList<CameraInfo> cameras = Cameras.List();
        return number < cameras.Count
            ? cameras[number].Name
            : throw new SourceException($"{camera}: {Cameras.Describe(cameras)}");
    }
}
