using System.Globalization;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Street;

/// <summary>What a street camera shows; everything has a default.</summary>
public sealed record StreetSourceOptions
{
    /// <summary>Decides the city, the way and the traffic.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The weather; null for one that changes every 30 seconds.</summary>
    public StreetWeather? Weather { get; init; }

    /// <summary>Width of the frames in pixels.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Height of the frames in pixels.</summary>
    public int Height { get; init; } = 360;

    /// <summary>Frames a second.</summary>
    public double FrameRate { get; init; } = 30;

    /// <summary>Seconds of the scene at the first frame.</summary>
    public double Start { get; init; }

    /// <summary>Number of frames; null for a stream without an end.</summary>
    public long? Frames { get; init; }
}

/// <summary>
/// A synthetic street camera: frames without an end, with the truth of each. The reader sets the
/// pace. The same options give the same frames, bit for bit.
/// </summary>
public sealed class StreetSource : ISeekableSource
{
    private readonly StreetSourceOptions _options;
    private readonly StreetRenderer _renderer;
    private readonly Lock _truthGate = new();
    private StreetRenderer? _truthRenderer;
    private bool _open;
    private long _next;

    /// <summary>Makes the source.</summary>
    /// <exception cref="SourceException">An option is out of its range.</exception>
    public StreetSource(StreetSourceOptions? options = null)
    {
        _options = options ?? new StreetSourceOptions();
        Require(
            double.IsFinite(_options.FrameRate) && _options.FrameRate > 0,
            $"fps is {_options.FrameRate}, and has to be above 0");
        Require(
            double.IsFinite(_options.Start) && _options.Start >= 0,
            $"start is {_options.Start} s, and has to be 0 or more");
        Require(
            _options.Frames is null or > 0, $"frames is {_options.Frames}, and has to be above 0");
        Require(
            _options.Width is >= StreetRenderer.LeastSide and <= StreetRenderer.MostSide
            && _options.Height is >= StreetRenderer.LeastSide and <= StreetRenderer.MostSide,
            $"size is {_options.Width}x{_options.Height}, and sides have to be "
            + $"{StreetRenderer.LeastSide} to {StreetRenderer.MostSide}");
        Scene = new StreetScene(_options.Seed, _options.Weather);
        _renderer = new StreetRenderer(_options.Width, _options.Height);
    }

    /// <summary>The city that is shown.</summary>
    public StreetScene Scene { get; }

    /// <inheritdoc/>
    public string Name => "street";

    /// <summary>Width of the frames in pixels.</summary>
    public int Width => _options.Width;

    /// <summary>Height of the frames in pixels.</summary>
    public int Height => _options.Height;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public double? FrameRate => _options.FrameRate;

    /// <inheritdoc/>
    public long? FrameCount => _options.Frames;

    /// <inheritdoc/>
    /// <remarks>Null for a stream without an end.</remarks>
    public TimeSpan? Duration =>
        _options.Frames is { } frames ? TimeSpan.FromSeconds(frames / _options.FrameRate) : null;

    /// <summary>
    /// Makes the source that a text names: <c>seed=3,weather=night,size=640x360,fps=30,start=12,
    /// frames=600</c>, each part where it is wanted; an empty text is the default.
    /// </summary>
    /// <param name="text">Options, comma-separated.</param>
    /// <param name="options">What holds where the text says nothing.</param>
    /// <exception cref="SourceException">
    /// An option is unknown or its value not understood.
    /// </exception>
    public static StreetSource Parse(string text, StreetSourceOptions? options = null)
    {
        options ??= new StreetSourceOptions();
        foreach (string part in text.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=');
            Require(equals > 0, $"'{part}' is no option of the form name=value");
            options = With(options, part[..equals].Trim(), part[(equals + 1)..].Trim());
        }

        return new StreetSource(options);
    }

    /// <inheritdoc/>
    public void Open(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _next = 0;
        _open = true;
    }

    /// <inheritdoc/>
    public bool Read(Frame frame, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!_open)
        {
            throw new InvalidOperationException($"{Name}: the source is not open.");
        }

        if (_next >= (_options.Frames ?? long.MaxValue))
        {
            return false;
        }

        _renderer.Render(Scene, TimeOf(_next), frame);
        frame.Index = _next;
        frame.Timestamp = TimeSpan.FromSeconds(_next / _options.FrameRate);
        _next++;
        return true;
    }

    /// <inheritdoc/>
    public void Seek(TimeSpan position, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        double frame = Math.Ceiling((position.TotalSeconds * _options.FrameRate) - 1e-6);
        _next = (long)Math.Clamp(frame, 0, (_options.Frames ?? long.MaxValue) - 1);
    }

    /// <summary>Seconds of the scene that a frame shows, by <see cref="Frame.Index"/>.</summary>
    public double TimeOf(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return _options.Start + (index / _options.FrameRate);
    }

    /// <summary>
    /// Finds the class of every pixel of a frame, which need not have been read. Any thread may
    /// ask, also while another one reads frames.
    /// </summary>
    /// <param name="index"><see cref="Frame.Index"/>.</param>
    /// <param name="classes">Where the class indices go (<see cref="StreetClasses"/>), <see
    /// cref="Height"/> x <see cref="Width"/> bytes.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void ReadTruth(long index, Span<byte> classes)
    {
        double time = TimeOf(index);
        lock (_truthGate)
        {
            _truthRenderer ??= new StreetRenderer(Width, Height);
            _truthRenderer.RenderTruth(Scene, time, classes);
        }
    }

    /// <summary>The weather of a frame; any thread may ask.</summary>
    public StreetWeather WeatherOf(long index) => Scene.WeatherAt(TimeOf(index));

    /// <summary>What the car does in a frame; any thread may ask.</summary>
    public StreetMotion MotionOf(long index) => Scene.MotionAt(TimeOf(index));

    /// <inheritdoc/>
    public void Close() => _open = false;

    /// <inheritdoc/>
    public void Dispose() => Close();

    private static StreetSourceOptions With(
        StreetSourceOptions options, string name, string value) => name.ToLowerInvariant() switch
        {
            "seed" => options with { Seed = Number<ulong>(name, value) },
            "weather" => options with { Weather = WeatherNamed(value) },
            "size" => WithSize(options, value),
            "fps" => options with { FrameRate = Number<double>(name, value) },
            "start" => options with { Start = Number<double>(name, value) },
            "frames" => options with { Frames = Number<long>(name, value) },
            _ => throw new SourceException(
                $"street: there is no option '{name}'; known are seed, weather, size, fps, start "
                + "and frames"),
        };

    private static StreetSourceOptions WithSize(StreetSourceOptions options, string value)
    {
        string[] sides = value.Split('x');
        Require(sides.Length == 2, $"size is '{value}', and has to be of the form 640x360");
        return options with
        {
            Width = Number<int>("size", sides[0]),
            Height = Number<int>("size", sides[1]),
        };
    }

    private static StreetWeather? WeatherNamed(string value)
    {
        for (int i = 0; i < StreetClasses.WeatherNames.Count; i++)
        {
            if (StreetClasses.WeatherNames[i].Equals(value, StringComparison.OrdinalIgnoreCase))
            {
                return (StreetWeather)i;
            }
        }

        Require(
            value.Equals("changing", StringComparison.OrdinalIgnoreCase),
            $"there is no weather '{value}'; known are "
            + string.Join(", ", StreetClasses.WeatherNames) + " and changing");
        return null;
    }

    private static T Number<T>(string name, string value)
        where T : IParsable<T> =>
        T.TryParse(value, CultureInfo.InvariantCulture, out T? number)
            ? number
            : throw new SourceException($"street: {name} is '{value}', which is no number for it");

    private static void Require(bool isSo, string problem)
    {
        if (!isSo)
        {
            throw new SourceException($"street: {problem}");
        }
    }
}
