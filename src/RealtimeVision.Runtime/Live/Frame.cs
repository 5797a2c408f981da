namespace RealtimeVision.Runtime.Live;

/// <summary>Order of the bytes of one pixel, row by row, no padding between rows.</summary>
public enum PixelFormat
{
    /// <summary>Three bytes: red, green, blue.</summary>
    Rgb24,

    /// <summary>Three bytes: blue, green, red.</summary>
    Bgr24,

    /// <summary>Four bytes: red, green, blue, alpha.</summary>
    Rgba32,

    /// <summary>Four bytes: blue, green, red, alpha.</summary>
    Bgra32,

    /// <summary>One byte: luminance.</summary>
    Gray8,
}

/// <summary>
/// One picture of a stream: height x width x channels bytes and the moment it belongs to. A frame
/// is a reusable buffer: a source fills it again and again, so that a stream allocates nothing per
/// frame.
/// </summary>
public sealed class Frame
{
    private byte[] _pixels = [];

    /// <summary>Width in pixels; 0 before the first <see cref="Resize"/>.</summary>
    public int Width { get; private set; }

    /// <summary>Height in pixels; 0 before the first <see cref="Resize"/>.</summary>
    public int Height { get; private set; }

    /// <summary>Byte order of a pixel.</summary>
    public PixelFormat Format { get; private set; }

    /// <summary>Bytes a pixel: 1, 3 or 4.</summary>
    public int Channels => ChannelsOf(Format);

    /// <summary>When the picture was taken, from the start of its stream.</summary>
    public TimeSpan Timestamp { get; set; }

    /// <summary>Number of the frame in its stream, from 0.</summary>
    public long Index { get; set; }

    /// <summary>The pixels: <c>Height * Width * Channels</c> bytes, row-major.</summary>
    public Span<byte> Pixels => _pixels.AsSpan(0, Width * Height * Channels);

    /// <summary>The pixels as memory, for reads from streams.</summary>
    public Memory<byte> PixelMemory => _pixels.AsMemory(0, Width * Height * Channels);

    /// <summary>The buffer, which is pinned.</summary>
    internal byte[] Buffer => _pixels;

    /// <summary>Bytes that the buffer has room for.</summary>
    internal int Capacity => _pixels.Length;

    /// <summary>Bytes a pixel of <paramref name="format"/> takes.</summary>
    public static int ChannelsOf(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => 1,
        PixelFormat.Rgb24 or PixelFormat.Bgr24 => 3,
        _ => 4,
    };

    /// <summary>Which byte of a pixel is red, green and blue.</summary>
    internal static (int Red, int Green, int Blue) OffsetsOf(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => (0, 0, 0),
        PixelFormat.Rgb24 or PixelFormat.Rgba32 => (0, 1, 2),
        _ => (2, 1, 0),
    };

    /// <summary>
    /// Sets size and format. The buffer is pinned, never shrinks, and is kept where it is large
    /// enough, so that a stream of one size allocates once.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public void Resize(int width, int height, PixelFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Reserve(checked(width * height * ChannelsOf(format)));
        Width = width;
        Height = height;
        Format = format;
    }

    /// <summary>
    /// Copies size, format, pixels, timestamp and index of <paramref name="source"/>.
    /// </summary>
    public void CopyFrom(Frame source)
    {
        Resize(source.Width, source.Height, source.Format);
        source.Pixels.CopyTo(Pixels);
        Timestamp = source.Timestamp;
        Index = source.Index;
    }

    /// <summary>
    /// Makes room for that many bytes ahead; pixels are lost where it has to grow.
    /// </summary>
    internal void Reserve(int bytes)
    {
        if (_pixels.Length < bytes)
        {
            _pixels = GC.AllocateUninitializedArray<byte>(bytes, pinned: true);
            (Width, Height) = (0, 0);
        }
    }
}
