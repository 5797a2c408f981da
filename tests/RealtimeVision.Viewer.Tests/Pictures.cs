using RealtimeVision.Runtime.Live;
using SkiaSharp;

namespace RealtimeVision.Viewer.Tests;

/// <summary>Makes frames and looks at rendered ones.</summary>
internal static class Pictures
{
    /// <summary>Red, green, blue and white quarters: every turn or flip shows.</summary>
    public static readonly (byte R, byte G, byte B)[] Quarters =
        [(220, 30, 40), (30, 200, 60), (40, 60, 210), (240, 240, 240)];

    public static Frame QuarterFrame(
        int width, int height, PixelFormat format = PixelFormat.Rgb24) =>
        Make(width, height, format, (x, y) => Quarters[(y * 2 / height * 2) + (x * 2 / width)]);

    public static Frame Make(
        int width, int height, PixelFormat format, Func<int, int, (byte R, byte G, byte B)> color)
    {
        var frame = new Frame();
        frame.Resize(width, height, format);
        Span<byte> p = frame.Pixels;
        int channels = frame.Channels;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (byte r, byte g, byte b) = color(x, y);
                Span<byte> pixel = p.Slice((y * width + x) * channels, channels);
                switch (format)
                {
                    case PixelFormat.Gray8:
                        pixel[0] = r;
                        break;
                    case PixelFormat.Bgr24 or PixelFormat.Bgra32:
                        (pixel[0], pixel[1], pixel[2]) = (b, g, r);
                        break;
                    default:
                        (pixel[0], pixel[1], pixel[2]) = (r, g, b);
                        break;
                }

                if (channels == 4)
                {
                    pixel[3] = 17;
                }
            }
        }

        return frame;
    }

    public static (int R, int G, int B) At(this Frame frame, int x, int y)
    {
        ReadOnlySpan<byte> p = frame.Pixels[((y * frame.Width + x) * frame.Channels)..];
        return (p[0], p[1], p[2]);
    }

    /// <summary>Largest difference of a channel.</summary>
    public static int Distance((int R, int G, int B) a, (int R, int G, int B) b) =>
        Math.Max(Math.Abs(a.R - b.R), Math.Max(Math.Abs(a.G - b.G), Math.Abs(a.B - b.B)));

    public static void Save(Frame frame, string path)
    {
        using var bitmap = new SKBitmap(
            frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (int y = 0; y < frame.Height; y++)
        {
            for (int x = 0; x < frame.Width; x++)
            {
                (int r, int g, int b) = frame.At(x, y);
                bitmap.SetPixel(x, y, new SKColor((byte)r, (byte)g, (byte)b));
            }
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using FileStream file = File.Create(path);
        data.SaveTo(file);
    }
}
