using System.Collections.Concurrent;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Street;

/// <summary>Which cities a dataset shows: no city is in two parts.</summary>
public enum StreetPart
{
    /// <summary>What weights are fitted to.</summary>
    Training,

    /// <summary>What choices are made by.</summary>
    Validation,

    /// <summary>What is looked at once, at the end.</summary>
    Test,
}

/// <summary>How the samples of a street dataset are made.</summary>
public sealed record StreetDatasetOptions
{
    /// <summary>Width of the pictures in pixels.</summary>
    public int Width { get; init; } = 320;

    /// <summary>Height of the pictures in pixels.</summary>
    public int Height { get; init; } = 180;

    /// <summary>Number of samples.</summary>
    public int Count { get; init; } = 2000;

    /// <summary>Which cities are shown.</summary>
    public StreetPart Part { get; init; }

    /// <summary>Decides which samples of the part there are.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// A picture is drawn larger by this whole number and averaged, as a live frame is when it is
    /// brought to the size of a model's input. Null for what a camera 640 pixels wide would give: 2
    /// for pictures 320 wide. 1 is faster, and has harder edges than a live frame.
    /// </summary>
    public int? Detail { get; init; }
}

/// <summary>
/// Pictures of streets, drawn when they are read: a sample costs no memory, and there are as many
/// as wanted. A sample is a pure function of the options and its index, on any thread.
/// </summary>
public abstract class StreetDataset : Dataset
{
    /// <summary>Width of a live frame, which samples are to look like.</summary>
    private const int LiveWidth = 640;

    // Samples show the first ten minutes of a city.
    private protected const float LatestTime = 600;

    private readonly ConcurrentBag<Scratch> _free = [];
    private readonly int _detail;

    private protected StreetDataset(
        StreetDatasetOptions options, Shape input, Shape target, IReadOnlyList<string> classNames,
        int? ignoreIndex = null)
        : base(
            new TensorType(ElementType.UInt8, input), new TensorType(ElementType.Int32, target),
            classNames, ignoreIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Count, nameof(options.Count));
        if (!Enum.IsDefined(options.Part))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Part, "There is no such part.");
        }

        Options = options;
        _detail = options.Detail ?? Math.Max(1, LiveWidth / options.Width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_detail, nameof(options.Detail));

        // Made now, so that a size that cannot be drawn is said now.
        _free.Add(new Scratch(options.Width * _detail, options.Height * _detail));
    }

    /// <summary>How the samples are made.</summary>
    public StreetDatasetOptions Options { get; }

    /// <inheritdoc/>
    public override int Count => Options.Count;

    /// <inheritdoc/>
    public override string NameOf(int index)
    {
        Moment moment = MomentOf(index);
        return $"street:seed={moment.Seed},weather="
            + StreetClasses.WeatherNames[(int)moment.Weather]
            + FormattableString.Invariant($",start={moment.Time:R}");
    }

    /// <summary>City, weather and time of a sample: of a clip, of its last frame.</summary>
    internal abstract Moment MomentOf(int index);

    /// <summary>Which moment of which city a sample shows.</summary>
    internal readonly record struct Moment(ulong Seed, StreetWeather Weather, double Time)
    {
        public StreetScene Scene => new(Seed, Weather);
    }

    /// <summary>Draws a moment; all weathers are equally frequent.</summary>
    private protected static Moment Draw(
        StreetDatasetOptions options, ref Philox random, StreetWeather weather, float earliest)
    {
        // Parts are apart in the highest bits; small seeds, which people choose, are in none.
        ulong seed = ((ulong)(options.Part + 1) << 40) | random.NextUInt32();
        return new(seed, weather, random.NextSingle(earliest, LatestTime));
    }

    private protected Philox RandomOf(int index, int purpose) =>
        new(Options.Seed, purpose, index, (int)Options.Part);

    /// <summary>Draws frames of a scene, one after another, and the classes of the last.</summary>
    private protected void Render(
        StreetScene scene, double first, double step, int frames, Span<byte> pictures,
        Span<int> classes)
    {
        if (!_free.TryTake(out Scratch? scratch))
        {
            scratch = new Scratch(Options.Width * _detail, Options.Height * _detail);
        }

        try
        {
            int bytes = Options.Width * Options.Height * 3;
            for (int i = 0; i < frames; i++)
            {
                bool wantsClasses = i == frames - 1 && !classes.IsEmpty;
                scratch.Renderer.Render(
                    scene, first + (i * step), scratch.Picture.AsSpan(),
                    wantsClasses ? scratch.Classes.AsSpan() : []);
                Average(scratch.Picture, pictures.Slice(i * bytes, bytes));
                if (wantsClasses)
                {
                    TakeCentres(scratch.Classes, classes);
                }
            }
        }
        finally
        {
            _free.Add(scratch);
        }
    }

    private void Average(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (_detail == 1)
        {
            source.CopyTo(target);
            return;
        }

        int area = _detail * _detail, pitch = Options.Width * _detail * 3;
        for (int y = 0; y < Options.Height; y++)
        {
            for (int x = 0; x < Options.Width; x++)
            {
                int red = area / 2, green = red, blue = red;
                for (int row = 0; row < _detail; row++)
                {
                    ReadOnlySpan<byte> pixels = source.Slice(
                        (((y * _detail) + row) * pitch) + (x * _detail * 3), _detail * 3);
                    for (int i = 0; i < pixels.Length; i += 3)
                    {
                        red += pixels[i];
                        green += pixels[i + 1];
                        blue += pixels[i + 2];
                    }
                }

                int at = ((y * Options.Width) + x) * 3;
                target[at] = (byte)(red / area);
                target[at + 1] = (byte)(green / area);
                target[at + 2] = (byte)(blue / area);
            }
        }
    }

    private void TakeCentres(ReadOnlySpan<byte> source, Span<int> target)
    {
        for (int y = 0; y < Options.Height; y++)
        {
            int row = ((y * _detail) + (_detail / 2)) * Options.Width * _detail;
            for (int x = 0; x < Options.Width; x++)
            {
                target[(y * Options.Width) + x] = source[row + (x * _detail) + (_detail / 2)];
            }
        }
    }

    private sealed class Scratch(int width, int height)
    {
        public StreetRenderer Renderer { get; } = new(width, height);

        public byte[] Picture { get; } = new byte[width * height * 3];

        public byte[] Classes { get; } = new byte[width * height];
    }
}
