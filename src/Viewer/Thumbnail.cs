using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>
/// A small picture of a frame for panels, of one size. Written and drawn by one thread.
/// </summary>
public sealed class Thumbnail
{
    /// <summary>Columns.</summary>
    public const int Width = 64;

    /// <summary>Rows.</summary>
    public const int Height = 48;

    private const int SamplesASide = 4;

    private readonly byte[] _pixels = new byte[Width * Height * 4];

    /// <summary>Height x width x 4 bytes: red, green, blue, 255.</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;

    /// <summary>Counts changes, so that what is drawn is uploaded once.</summary>
    internal int Version { get; private set; }

    /// <summary>
    /// Shows a frame: its middle, cut to the thumbnail's shape. Each pixel is the mean of some of
    /// those that it stands for, so that a large frame takes no longer. Allocates nothing.
    /// </summary>
    public void Show(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        int width = Math.Max(1, Math.Min(frame.Width, frame.Height * Width / Height));
        int height = Math.Max(1, Math.Min(frame.Height, frame.Width * Height / Width));
        int left = (frame.Width - width) / 2, top = (frame.Height - height) / 2;
        var (red, green, blue) = frame.Format switch
        {
            PixelFormat.Gray8 => (0, 0, 0),
            PixelFormat.Rgb24 or PixelFormat.Rgba32 => (0, 1, 2),
            _ => (2, 1, 0),
        };
        ReadOnlySpan<byte> pixels = frame.Pixels;
        for (int y = 0; y < Height; y++)
        {
            (int from, int to) = Part(y, height, Height);
            for (int x = 0; x < Width; x++)
            {
                (int begin, int end) = Part(x, width, Width);
                int r = 0, g = 0, b = 0, count = 0;
                int down = Stride(from, to), right = Stride(begin, end);
                for (int row = top + from; row < top + to; row += down)
                {
                    for (int column = left + begin; column < left + end; column += right)
                    {
                        int at = ((row * frame.Width) + column) * frame.Channels;
                        r += pixels[at + red];
                        g += pixels[at + green];
                        b += pixels[at + blue];
                        count++;
                    }
                }

                Span<byte> pixel = _pixels.AsSpan(((y * Width) + x) * 4, 4);
                pixel[0] = (byte)(r / count);
                pixel[1] = (byte)(g / count);
                pixel[2] = (byte)(b / count);
                pixel[3] = byte.MaxValue;
            }
        }

        Version++;
    }


    private static int Stride(int from, int to) => (to - from + SamplesASide - 1) / SamplesASide;

    // The pixels that one of the thumbnail's stands for, at least one.
    private static (int From, int To) Part(int index, int length, int parts)
    {
        int from = Math.Min(index * length / parts, length - 1);
        return (from, Math.Max(from + 1, (index + 1) * length / parts));
    }
}
