using System.Diagnostics;
using System.Globalization;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>
/// Frames decoded by the ffmpeg program: a video file, a network stream or a camera. The program
/// runs out of process, so that a broken decoder cannot take its host down.
/// </summary>
/// <remarks>
/// Frames are <see cref="PixelFormat.Rgb24"/>, turned upright as the video's rotation asks, all of
/// one size. Every frame of a file comes once, stamped with its own time; a live frame is stamped
/// when it arrives. Reading allocates nothing per frame. A source that was lost, has stalled, or
/// whose read was cancelled is closed, and may be opened again. A live stream never ends: its end
/// is a loss.
/// </remarks>
public sealed class FfmpegSource : ISeekableSource
{
    // A multiple of the usual frame rates and container clocks, so that times survive the way
    // exactly.
    private const string OutputClock = "1/90000";

    private static readonly Action<object?> KillProgram =
        static program => ((FfmpegProcess)program!).Kill();

    private readonly FfmpegInput _input;
    private readonly SourceOptions _options;
    private VideoFacts? _facts;
    private FfmpegProcess? _program;
    private StallTimer? _stall;
    private NutReader? _reader;
    private Stopwatch _clock = new();
    private TimeSpan _firstTime;
    private TimeSpan _lastStamp;
    private bool _isFirst;
    private long _next;
    private bool _ended;

    private FfmpegSource(FfmpegInput input, SourceOptions options)
    {
        _input = input;
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => _input.Name;

    /// <inheritdoc/>
    public bool IsLive => _input.IsLive;

    /// <inheritdoc/>
    /// <remarks>Known once the source is open.</remarks>
    public double? FrameRate =>
        _options.FrameRate ?? _facts?.FrameRate ?? (_input.StatesRate ? _reader?.FrameRate : null);

    /// <inheritdoc/>
    /// <remarks>Known once the source is open, where the file states it.</remarks>
    public long? FrameCount =>
        _options.Loop || _options.FrameRate is not null ? null : _facts?.FrameCount;

    /// <inheritdoc/>
    /// <remarks>Known once the source is open, where the file states it.</remarks>
    public TimeSpan? Duration => IsLive ? null : _facts?.Duration;

    /// <summary>Width of the frames in pixels; 0 while the source is closed.</summary>
    public int Width => _reader?.Width ?? 0;

    /// <summary>Height of the frames in pixels; 0 while the source is closed.</summary>
    public int Height => _reader?.Height ?? 0;

    /// <summary>The number of the running ffmpeg process; for tests of its end.</summary>
    internal int? ProcessId => _program?.Id;

    /// <summary>A video file, in any format that ffmpeg reads.</summary>
    public static FfmpegSource FromFile(string path, SourceOptions? options = null)
    {
        options = (options ?? SourceOptions.Default).Checked();
        return new(FfmpegInput.File(path, options), options);
    }

    /// <summary>
    /// A network address (http, https, rtsp, ...). It is live, unless it is on a web server and
    /// named like a video file.
    /// </summary>
    /// <exception cref="ArgumentException">It is no URL.</exception>
    public static FfmpegSource FromUrl(string url, SourceOptions? options = null)
    {
        options = (options ?? SourceOptions.Default).Checked();
        return new(FfmpegInput.Url(url, options), options);
    }

    /// <summary>
    /// A camera, by its number or the system's name of it (<c>/dev/video2</c>, or a DirectShow or
    /// AVFoundation name).
    /// </summary>
    /// <exception cref="SourceException">Windows has no camera of that number.</exception>
    public static FfmpegSource FromCamera(string id = "0", SourceOptions? options = null)
    {
        options = (options ?? SourceOptions.Default).Checked();
        return new(FfmpegInput.Camera(id, options, Cameras.System), options);
    }

    /// <inheritdoc/>
    public void Open(CancellationToken cancellation) => OpenAt(TimeSpan.Zero, cancellation);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The source is not open, or of no known length.
    /// </exception>
    public void Seek(TimeSpan position, CancellationToken cancellation)
    {
        if (_program is null || Duration is not { } duration)
        {
            throw new InvalidOperationException($"{Name} cannot be sought in.");
        }

        // Behind the last frame there is none to give.
        double last = duration.TotalSeconds - (1 / (FrameRate ?? PictureSource.DefaultRate));
        double at = Math.Clamp(position.TotalSeconds, 0, Math.Max(last, 0));
        OpenAt(TimeSpan.FromSeconds(at), cancellation);
    }

    /// <inheritdoc/>
    public bool Read(Frame frame, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_program is null || _reader is null || _stall is null)
        {
            throw new InvalidOperationException($"{Name}: the source is not open.");
        }

        if (_ended)
        {
            return false;
        }

        bool found = false;
        TimeSpan time = default;
        Exception? broken = null;
        using (cancellation.UnsafeRegister(KillProgram, _program))
        {
            _stall.Begin(_options.StallTimeout);
            try
            {
                found = _reader.ReadFrame(out time, out int bytes);
                if (found)
                {
                    frame.Resize(_reader.Width, _reader.Height, PixelFormat.Rgb24);
                    RequireSize(bytes, frame);
                    _reader.ReadData(frame.Pixels);
                }
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                (broken, found) = (e, false);
            }

            _stall.End();
        }

        if (!found)
        {
            return End(broken, cancellation);
        }

        Stamp(frame, time);
        return true;
    }

    /// <inheritdoc/>
    public void Close()
    {
        _stall?.Dispose();
        _program?.Dispose();
        (_stall, _program, _reader) = (null, null, null);
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private static void RequireSize(int bytes, Frame frame)
    {
        if (bytes != frame.Pixels.Length)
        {
            throw new InvalidDataException(
                $"a frame of {bytes} bytes came where {frame.Pixels.Length} were announced");
        }
    }

    private void OpenAt(TimeSpan position, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Close();
        RequireFile();
        string[] secrets = SourceAddress.SecretsOf(_input.Address);
        _program = FfmpegProcess.TryStart(Arguments(position), secrets)
            ?? throw new SourceException($"{Name}: {FfmpegProcess.HowToInstall}");
        _stall = new StallTimer(_program, _options.StallTimeout, _options.OpenTimeout);
        _reader = new NutReader(_program.Output);
        bool found = false;
        Exception? broken = null;
        using (cancellation.UnsafeRegister(KillProgram, _program))
        {
            _stall.Begin(_options.OpenTimeout);
            try
            {
                found = _reader.ReadHeaders();
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                broken = e;
            }

            _stall.End();
        }

        if (!found)
        {
            throw Failed(OpenProblem, broken, cancellation);
        }

        if (!IsLive)
        {
            _facts ??= ProbeFile(cancellation);
        }

        _clock = Stopwatch.StartNew();
        _next = 0;
        _isFirst = true;
        _firstTime = -position;
        _lastStamp = position;
        _ended = false;
    }

    private void RequireFile()
    {
        if (_input.LocalPath is not string path)
        {
            return;
        }

        if (IsLive)
        {
            if (!File.Exists(path))
            {
                throw new SourceException(
                    $"{Name}: there is no {path}; {Cameras.Describe(Cameras.List())}");
            }
        }
        else if (Directory.Exists(path))
        {
            throw new SourceException($"{Name}: is a folder, not a video.");
        }
        else if (!File.Exists(path))
        {
            throw new SourceException($"{Name}: there is no such file.");
        }
        else if (new FileInfo(path) is { Length: 0, Attributes: var kind }
            && (kind & FileAttributes.Device) == 0)
        {
            throw new SourceException($"{Name}: is empty (0 bytes).");
        }
    }

    // V leaves out the cover pictures of music files, which are video streams to ffmpeg.
    private List<string> Arguments(TimeSpan position)
    {
        string[] seek = position > TimeSpan.Zero
            ? ["-ss", position.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture)]
            : [];
        List<string> arguments =
            [.. _input.Options, .. seek, "-i", _input.Address, "-map", "0:V:0"];
        List<string> filters = [];
        if (!IsLive && _options.FrameRate is double rate)
        {
            filters.Add("fps=" + rate.ToString(CultureInfo.InvariantCulture));
        }

        if (_options.Width is not null || _options.Height is not null)
        {
            filters.Add($"scale={_options.Width ?? -1}:{_options.Height ?? -1}");
        }

        if (filters.Count > 0)
        {
            arguments.AddRange(["-vf", string.Join(',', filters)]);
        }

        arguments.AddRange(
        [
            "-c:v", "rawvideo", "-pix_fmt", "rgb24", "-enc_time_base", OutputClock,
            "-write_index", "0", "-flush_packets", "1", "-f", "nut", "pipe:1",
        ]);
        return arguments;
    }

    private VideoFacts ProbeFile(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_options.OpenTimeout);
        try
        {
            return VideoFacts.Probe(_input, patience.Token);
        }
        catch (OperationCanceledException)
        {
            if (cancellation.IsCancellationRequested)
            {
                Close();
                throw;
            }

            return VideoFacts.None;
        }
    }

    private void Stamp(Frame frame, TimeSpan time)
    {
        if (_isFirst && _firstTime == TimeSpan.Zero)
        {
            _firstTime = time;
        }

        TimeSpan stamp = IsLive ? _clock.Elapsed : time - _firstTime;
        if (_isFirst && stamp > TimeSpan.Zero && !IsLive)
        {
            _next = (long)Math.Round(
                stamp.TotalSeconds * (FrameRate ?? PictureSource.DefaultRate));
        }
        else if (!_isFirst && stamp <= _lastStamp)
        {
            stamp = _lastStamp + TimeSpan.FromTicks(1);
        }

        _isFirst = false;
        _lastStamp = stamp;
        frame.Timestamp = stamp;
        frame.Index = _next++;
    }

    private bool End(Exception? broken, CancellationToken cancellation)
    {
        if (IsLive || broken is not null || cancellation.IsCancellationRequested || _stall!.Expired)
        {
            throw Failed(LossProblem, broken, cancellation);
        }

        if (_program!.WaitForExit() != 0 || EndsEarly())
        {
            throw Failed(DamageProblem, broken, cancellation);
        }

        _ended = true;
        return false;
    }

    // ffmpeg ends a truncated file without an error code, but complains, and frames are missing.
    private bool EndsEarly()
    {
        double frame = 1 / (FrameRate ?? PictureSource.DefaultRate);
        return _program!.Errors.Length > 0 && _facts?.Duration is TimeSpan duration
            && (_lastStamp + TimeSpan.FromSeconds(2 * frame)) < duration;
    }

    /// <summary>Closes the source and makes the error that says why.</summary>
    private Exception Failed(
        Func<FfmpegSource, string> problem, Exception? broken, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            Close();
            return new OperationCanceledException(cancellation);
        }

        _program!.WaitForExit();
        string message = $"{Name}: {problem(this)}";
        string detail = _program.Errors is { Length: > 0 } errors ? errors
            : broken is InvalidDataException ? broken.Message : "";
        Close();
        return new SourceException(message + (detail.Length > 0 ? ": " + detail : "."), broken);
    }

    private static string OpenProblem(FfmpegSource source) => source._stall!.Expired
        ? $"no picture within {Seconds(source._options.OpenTimeout)}; the source does not answer"
        : "cannot be opened";

    private static string LossProblem(FfmpegSource source) => source._stall!.Expired
        ? $"no data for {Seconds(source._options.StallTimeout)}; the source has stalled after "
          + $"{source._next} frames"
        : $"the stream was lost after {source._next} frames";

    private static string DamageProblem(FfmpegSource source) =>
        $"the video is truncated or damaged, it ends after {source._next} frames "
        + $"({Seconds(source._lastStamp)}"
        + (source._facts?.Duration is TimeSpan whole ? $" of {Seconds(whole)})" : ")");

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture) + " s";
}
