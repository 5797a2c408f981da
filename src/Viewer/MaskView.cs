using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>
/// A mask to draw over a frame: one byte a pixel, row-major, in its own resolution, which covers
/// exactly the frame (letterboxing undone). It is a view: the bytes are not copied.
/// </summary>
public readonly record struct MaskView
{
    private MaskView(
        ReadOnlyMemory<byte> values, int width, int height, MaskKind kind, float threshold)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (values.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"A mask of {width}x{height} has {(long)width * height} bytes, not {values.Length}",
                nameof(values));
        }

        Values = values;
        Width = width;
        Height = height;
        Kind = kind;
        Threshold = threshold;
    }

    /// <summary>The bytes: <c>Height * Width</c>, row-major.</summary>
    public ReadOnlyMemory<byte> Values { get; }

    /// <summary>Width in mask pixels.</summary>
    public int Width { get; }

    /// <summary>Height in mask pixels.</summary>
    public int Height { get; }

    /// <summary>What a byte means.</summary>
    public MaskKind Kind { get; }

    /// <summary>Probability from which a pixel belongs to the class, 0 to 1.</summary>
    public float Threshold { get; }

    /// <summary>
    /// The same bytes on the GPU where they were computed; null where they are not, or are not known
    /// to be. Drawn from there where OpenGL can.
    /// </summary>
    public DeviceImage? OnDevice { get; init; }

    /// <summary>A mask of class indices.</summary>
    /// <exception cref="ArgumentException">The number of bytes is not width x height.</exception>
    public static MaskView OfClasses(ReadOnlyMemory<byte> values, int width, int height) =>
        new(values, width, height, MaskKind.Classes, 0.5f);

    /// <summary>A mask of one class's probability; it takes the colour of class 1.</summary>
    /// <exception cref="ArgumentException">The number of bytes is not width x height.</exception>
    public static MaskView OfProbability(
        ReadOnlyMemory<byte> values, int width, int height, float threshold = 0.5f) =>
        new(values, width, height, MaskKind.Probability, threshold);
}
