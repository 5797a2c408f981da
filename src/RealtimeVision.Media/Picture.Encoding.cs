using System.Buffers;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Live;
using SkiaSharp;

namespace RealtimeVision.Media;

public static partial class Picture
{
    private const int PreviewQuality = 85;

    private delegate TResult Encoder<TState, TResult>(SKPixmap pixmap, TState state);

    /// <summary>Writes a frame as PNG; the file appears whole or not at all.</summary>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    public static void SavePng(Frame frame, string path) =>
        SavePng(frame.Pixels, frame.Width, frame.Height, frame.Format, path);

    /// <summary>
    /// Writes <c>height x width x channels</c> bytes as PNG; the file appears whole or not at all.
    /// </summary>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">
    /// There are not as many bytes as the size asks for.
    /// </exception>
    public static void SavePng(
        ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format, string path)
    {
        try
        {
            Encode(pixels, width, height, format, path, static (pixmap, path) =>
            {
                AtomicFile.Write(path, pixmap, static (file, pixmap) =>
                {
                    if (!pixmap.Encode(file, SKEncodedImageFormat.Png, 100))
                    {
                        throw new IOException("the PNG encoder failed");
                    }
                });
                return true;
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Encodes <c>height x width x channels</c> bytes as PNG.</summary>
    /// <exception cref="ArgumentException">
    /// There are not as many bytes as the size asks for.
    /// </exception>
    public static byte[] EncodePng(
        ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format) =>
        Encode(pixels, width, height, format, SKEncodedImageFormat.Png, Encoded);

    /// <summary>
    /// Writes a frame as PNG with texts that say what it is; the file appears whole or not at all.
    /// </summary>
    /// <param name="frame">The picture.</param>
    /// <param name="path">The file.</param>
    /// <param name="texts">
    /// Texts by their keywords of 1 to 79 printable ASCII characters; the PNG specification names
    /// some, such as <c>Description</c>.
    /// </param>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">A keyword is none.</exception>
    public static void SavePng(
        Frame frame, string path, IReadOnlyDictionary<string, string> texts)
    {
        byte[] png = Encode(
            frame.Pixels, frame.Width, frame.Height, frame.Format, 0,
            static (pixmap, _) => Encoded(pixmap, SKEncodedImageFormat.Png));
        byte[] chunks = PngText.Chunks(texts);
        try
        {
            AtomicFile.Write(path, (png, chunks), static (file, parts) =>
            {
                // Behind the signature and the header, which are of one length in every PNG.
                file.Write(parts.png.AsSpan(0, PngText.HeaderBytes));
                file.Write(parts.chunks);
                file.Write(parts.png.AsSpan(PngText.HeaderBytes));
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>
    /// Encodes a picture for a page, reduced so that no side is longer than
    /// <paramref name="largestSide"/>.
    /// </summary>
    /// <param name="pixels">Height x width x channels bytes.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="format">What the bytes of a pixel are.</param>
    /// <param name="largestSide">The longest side of the result.</param>
    /// <param name="isExact">
    /// PNG, reduced by the nearest pixel, so that there are no colours but those of the source;
    /// else JPEG, reduced smoothly.
    /// </param>
    internal static byte[] EncodePreview(
        ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format, int largestSide,
        bool isExact) =>
        Encode(pixels, width, height, format, (largestSide, isExact), static (pixmap, how) =>
        {
            (SKEncodedImageFormat encoding, SKSamplingOptions sampling) = how.isExact
                ? (SKEncodedImageFormat.Png, new SKSamplingOptions(SKFilterMode.Nearest))
                : (SKEncodedImageFormat.Jpeg,
                    new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
            SKSizeI size = pixmap.Info.Size;
            if (Math.Max(size.Width, size.Height) <= how.largestSide)
            {
                return Encoded(pixmap, encoding);
            }

            SKSizeI target = size.Width >= size.Height
                ? Fit(size, how.largestSide, null)
                : Fit(size, null, how.largestSide);
            using var scaled = new SKBitmap(pixmap.Info.WithSize(target));
            using SKPixmap destination = scaled.PeekPixels();
            pixmap.ScalePixels(destination, sampling);
            return Encoded(destination, encoding);
        });

    private static byte[] Encoded(SKPixmap pixmap, SKEncodedImageFormat encoding)
    {
        using SKData data = pixmap.Encode(encoding, PreviewQuality)
            ?? throw new MediaException($"a picture cannot be encoded as {encoding}");
        return data.ToArray();
    }

    private static TResult Encode<TState, TResult>(
        ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format, TState state,
        Encoder<TState, TResult> encoder)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        int pixelCount = checked(width * height);
        if (pixels.Length != (long)pixelCount * Frame.ChannelsOf(format))
        {
            throw new ArgumentException(
                $"{pixels.Length} bytes given, {width}x{height} {format} has "
                + $"{(long)pixelCount * Frame.ChannelsOf(format)}.",
                nameof(pixels));
        }

        if (format is not (PixelFormat.Rgb24 or PixelFormat.Bgr24))
        {
            return EncodeWhole(pixels, width, height, format, state, encoder);
        }

        // Skia knows no three-byte pixels.
        byte[] rgba = ArrayPool<byte>.Shared.Rent(checked(pixelCount * 4));
        try
        {
            for (int i = 0; i < pixelCount; i++)
            {
                pixels.Slice(3 * i, 3).CopyTo(rgba.AsSpan(4 * i));
                rgba[(4 * i) + 3] = 255;
            }

            PixelFormat four =
                format == PixelFormat.Rgb24 ? PixelFormat.Rgba32 : PixelFormat.Bgra32;
            return EncodeWhole(
                rgba.AsSpan(0, pixelCount * 4), width, height, four, state, encoder);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    // Pixels of one or four bytes, which Skia takes as they are.
    private static unsafe TResult EncodeWhole<TState, TResult>(
        ReadOnlySpan<byte> pixels, int width, int height, PixelFormat format, TState state,
        Encoder<TState, TResult> encoder)
    {
        SKColorType color = format switch
        {
            PixelFormat.Gray8 => SKColorType.Gray8,
            PixelFormat.Bgra32 => SKColorType.Bgra8888,
            _ => SKColorType.Rgba8888,
        };
        SKAlphaType alpha = format == PixelFormat.Gray8 ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        fixed (byte* first = pixels)
        {
            using var pixmap = new SKPixmap(
                new SKImageInfo(width, height, color, alpha), (nint)first);
            return encoder(pixmap, state);
        }
    }
}
