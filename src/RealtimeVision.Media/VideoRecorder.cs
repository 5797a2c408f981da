using System.Globalization;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>Writes frames of one size to an MP4 file: H.264, at a constant frame rate.</summary>
/// <remarks>
/// The file appears under its name with <see cref="Complete"/>, whole; disposing without it leaves
/// nothing behind. Sides that are odd are padded by one pixel, as 4:2:0 colour asks. Writing
/// allocates nothing per frame; it waits where the encoder is slower than the caller.
/// </remarks>
public sealed class VideoRecorder : IDisposable
{
    // What ffmpeg exits with after Ctrl+C, which the terminal sends to it too; the file is then
    // finished.
    private const int Interrupted = 255;

    private readonly string _path;
    private readonly TemporaryFile _temporary;
    private readonly FfmpegProcess _program;
    private readonly Stream _pipe;
    private bool _interrupted;
    private bool _closed;

    /// <summary>Starts a recording.</summary>
    /// <param name="path">The MP4 file to make; an older one is replaced at the end.</param>
    /// <param name="width">Width of every frame in pixels.</param>
    /// <param name="height">Height of every frame in pixels.</param>
    /// <param name="format">Byte order of every frame.</param>
    /// <param name="frameRate">Frames a second.</param>
    /// <exception cref="MediaException">The folder is missing, or there is no ffmpeg.</exception>
    public VideoRecorder(string path, int width, int height, PixelFormat format, double frameRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (!(frameRate > 0 && double.IsFinite(frameRate)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(frameRate), frameRate, "A frame rate is positive.");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        if (Directory.Exists(path) || !Directory.Exists(folder))
        {
            string why = Directory.Exists(path) ? "it is a folder" : $"there is no folder {folder}";
            throw new MediaException($"{path}: cannot be written: {why}.");
        }

        _path = path;
        (Width, Height, Format) = (width, height, format);
        _temporary = new TemporaryFile(path);
        _program = FfmpegProcess.TryStart(Arguments(frameRate))
            ?? throw new MediaException($"{path}: {FfmpegProcess.HowToInstall}");
        _pipe = _program.Input;
    }

    /// <summary>Width of every frame in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of every frame in pixels.</summary>
    public int Height { get; }

    /// <summary>Byte order of every frame.</summary>
    public PixelFormat Format { get; }

    /// <summary>Number of frames written.</summary>
    public long FrameCount { get; private set; }

    /// <summary>The number of the ffmpeg process; for tests of its end.</summary>
    internal int ProcessId => _program.Id;

    /// <summary>Appends a frame.</summary>
    /// <exception cref="ArgumentException">Its size or format is not the recording's.</exception>
    /// <exception cref="MediaException">The encoder failed.</exception>
    public void Write(Frame frame)
    {
        if (frame.Width != Width || frame.Height != Height || frame.Format != Format)
        {
            throw new ArgumentException(
                $"A frame of {frame.Width}x{frame.Height} {frame.Format} does not fit a recording "
                + $"of {Width}x{Height} {Format}.",
                nameof(frame));
        }

        Write(frame.Pixels);
    }

    /// <summary>Appends a frame of <c>Height x Width x channels</c> bytes.</summary>
    /// <exception cref="ArgumentException">There are not as many bytes as a frame has.</exception>
    /// <exception cref="MediaException">The encoder failed.</exception>
    public void Write(ReadOnlySpan<byte> pixels)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        long expected = (long)Width * Height * Frame.ChannelsOf(Format);
        if (pixels.Length != expected)
        {
            throw new ArgumentException(
                $"A frame of {pixels.Length} bytes does not fit a recording of {Width}x{Height} "
                + $"{Format}, which has {expected}.",
                nameof(pixels));
        }

        if (_interrupted)
        {
            return;
        }

        try
        {
            _pipe.Write(pixels);
            FrameCount++;
        }
        catch (IOException e)
        {
            if (_program.WaitForExit() != Interrupted)
            {
                throw Failed(e);
            }

            _interrupted = true;
        }
    }

    /// <summary>
    /// Finishes the file and gives it its name. After Ctrl+C, which ends ffmpeg too, the file has
    /// the frames up to then.
    /// </summary>
    /// <exception cref="MediaException">
    /// No frame was written, or the encoder or the disk failed.
    /// </exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (FrameCount == 0)
        {
            Dispose();
            throw new MediaException($"{_path}: no frame was recorded.");
        }

        try
        {
            _pipe.Dispose();
        }
        catch (IOException)
        {
            // ffmpeg has gone; its exit code says why.
        }

        int code = _program.WaitForExit(Timeout.InfiniteTimeSpan);
        if (code is not (0 or Interrupted))
        {
            throw Failed(null);
        }

        try
        {
            _temporary.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw new MediaException($"{_path}: cannot be written: {e.Message}", e);
        }

        Dispose();
    }

    /// <summary>Ends ffmpeg; what <see cref="Complete"/> has not finished is deleted.</summary>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _program.Dispose();
        _temporary.Discard();
    }

    // Matrix and tags of BT.709, or players would guess the matrix from the picture's size.
    private List<string> Arguments(double frameRate) =>
    [
        "-f", "rawvideo",
        "-pixel_format", Name(Format),
        "-video_size", $"{Width}x{Height}",
        "-framerate", frameRate.ToString(CultureInfo.InvariantCulture),
        "-i", "pipe:0",
        "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,"
            + "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "20",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-movflags", "+faststart", "-f", "mp4", "-y", "file:" + _temporary.Path,
    ];

    private static string Name(PixelFormat format) => format switch
    {
        PixelFormat.Rgb24 => "rgb24",
        PixelFormat.Bgr24 => "bgr24",
        PixelFormat.Rgba32 => "rgba",
        PixelFormat.Bgra32 => "bgra",
        PixelFormat.Gray8 => "gray",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown pixel format."),
    };

    private MediaException Failed(IOException? cause)
    {
        _program.WaitForExit();
        string errors = _program.Errors is { Length: > 0 } lines
            ? lines
            : "ffmpeg ended without a reason";
        Dispose();
        return new MediaException(
            $"{_path}: recording failed after {FrameCount} frames: {errors}", cause);
    }
}
