using System.Buffers;
using RealtimeVision.Runtime.Live;
using SkiaSharp;

namespace RealtimeVision.Media;

/// <summary>
/// Reads and writes pictures. All image coding of the library is behind this class (and done by
/// Skia).
/// </summary>
/// <remarks>
/// PNG, JPEG, WebP, BMP and the first frame of a GIF become <see cref="PixelFormat.Rgb24"/>, turned
/// upright as their EXIF orientation asks, transparent pixels over white. A picture whose data ends
/// early is an error, never half a picture.
/// </remarks>
public static partial class Picture
{
    /// <summary>File name extensions of pictures, with the dot, lower case.</summary>
    public static IReadOnlySet<string> Extensions { get; } = new HashSet<string>(
        [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a picture file into a new frame.</summary>
    /// <exception cref="MediaException">
    /// The file is missing, empty, no picture, or ends early.
    /// </exception>
    public static Frame Load(string path)
    {
        var frame = new Frame();
        Load(path, frame);
        return frame;
    }

    /// <summary>
    /// Reads a picture file into <paramref name="frame"/>, whose buffer is reused.
    /// </summary>
    /// <exception cref="MediaException">
    /// The file is missing, empty, no picture, or ends early.
    /// </exception>
    public static void Load(string path, Frame frame) => Load(path, frame, null, null);

    /// <summary>Decodes a picture held in memory into a new frame.</summary>
    /// <exception cref="MediaException">The bytes are no picture, or end early.</exception>
    public static Frame Decode(ReadOnlySpan<byte> encoded)
    {
        var frame = new Frame();
        Decode(encoded, frame);
        return frame;
    }

    /// <summary>Decodes a picture held in memory into <paramref name="frame"/>.</summary>
    /// <exception cref="MediaException">The bytes are no picture, or end early.</exception>
    public static void Decode(ReadOnlySpan<byte> encoded, Frame frame)
    {
        using SKData data = SKData.CreateCopy(encoded);
        Decode(data, "picture", frame, null, null);
    }

    /// <summary>
    /// Reads a file, scaled to the sides that are given (one alone keeps the aspect).
    /// </summary>
    internal static void Load(string path, Frame frame, int? width, int? height)
    {
        using SKData data = ReadFile(path);
        Decode(data, path, frame, width, height);
    }

    /// <summary>
    /// Size of a picture, turned upright, from the header of its file; pixels are not decoded.
    /// </summary>
    /// <exception cref="MediaException">The file is missing, empty or no picture.</exception>
    public static (int Width, int Height) ReadSize(string path)
    {
        using SKData data = ReadFile(path);
        return ReadSize(data, path);
    }

    /// <summary>
    /// Size of a picture held in memory, turned upright, from its header; pixels are not decoded. So
    /// a program that takes pictures of others can refuse those that would need too much memory.
    /// </summary>
    /// <exception cref="MediaException">The bytes are no picture.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> encoded)
    {
        using SKData data = SKData.CreateCopy(encoded);
        return ReadSize(data, "picture");
    }

    private static (int Width, int Height) ReadSize(SKData data, string name)
    {
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null)
        {
            throw new MediaException($"{name}: is not a picture, or ends within its header.");
        }

        SKSizeI size = new Orientation(codec.EncodedOrigin).Turn(codec.Info.Size);
        return (size.Width, size.Height);
    }

    private static SKData ReadFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new MediaException($"{path}: is a folder, not a picture.");
        }

        if (!File.Exists(path))
        {
            throw new MediaException($"{path}: there is no such file.");
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            return SKData.Create(file, file.Length)
                ?? throw new IOException("the file cannot be read");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{path}: {e.Message}", e);
        }
    }

    private static unsafe void Decode(
        SKData data, string name, Frame frame, int? width, int? height)
    {
        if (data.Size == 0)
        {
            throw new MediaException($"{name}: is empty (0 bytes).");
        }

        if (StatesNoSize(data.AsSpan()))
        {
            throw new MediaException(
                $"{name}: has no size (its header says 0 pixels wide or high).");
        }

        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null)
        {
            throw new MediaException(
                $"{name}: is not a PNG, JPEG, WebP, BMP or GIF picture, "
                + "or ends within its header.");
        }

        SKSizeI size = codec.Info.Size;
        if ((long)size.Width * size.Height > int.MaxValue / 4)
        {
            throw new MediaException(
                $"{name}: {size.Width}x{size.Height} pixels are too many to hold.");
        }

        bool opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        var info = new SKImageInfo(
            size.Width,
            size.Height,
            SKColorType.Rgba8888,
            opaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        byte[] rgba = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        try
        {
            fixed (byte* pixels = rgba)
            {
                SKCodecResult result = codec.GetPixels(info, (nint)pixels);
                if (result != SKCodecResult.Success)
                {
                    throw new MediaException($"{name}: {Explain(result)}.");
                }

                var orientation = new Orientation(codec.EncodedOrigin);
                SKSizeI target = orientation.Turn(Fit(orientation.Turn(size), width, height));
                if (target == size)
                {
                    orientation.Pack(new ReadOnlySpan<byte>(pixels, info.BytesSize), size, frame);
                    return;
                }

                using var source = new SKPixmap(info, (nint)pixels);
                using var scaled = new SKBitmap(info.WithSize(target));
                using SKPixmap destination = scaled.PeekPixels();
                source.ScalePixels(
                    destination, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
                orientation.Pack(destination.GetPixelSpan(), target, frame);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    private static SKSizeI Fit(SKSizeI size, int? width, int? height) => (width, height) switch
    {
        (null, null) => size,
        (int w, null) => new(w, Math.Max(1, (int)Math.Round((double)size.Height * w / size.Width))),
        (null, int h) => new(Math.Max(1, (int)Math.Round((double)size.Width * h / size.Height)), h),
        (int w, int h) => new(w, h),
    };

    // Skia says only "invalid" of a picture without pixels; these three state their size at a fixed
    // place.
    private static bool StatesNoSize(ReadOnlySpan<byte> file) => file switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when file.Length >= 24 =>
            IsZero(file[16..20]) || IsZero(file[20..24]),
        [(byte)'G', (byte)'I', (byte)'F', ..] when file.Length >= 10 =>
            IsZero(file[6..8]) || IsZero(file[8..10]),
        [(byte)'B', (byte)'M', ..] when file.Length >= 26 =>
            IsZero(file[18..22]) || IsZero(file[22..26]),
        _ => false,
    };

    private static bool IsZero(ReadOnlySpan<byte> number) => !number.ContainsAnyExcept((byte)0);

    private static string Explain(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "is truncated: its data ends before the picture does",
        SKCodecResult.ErrorInInput => "is truncated or its data is damaged",
        _ => $"cannot be decoded ({result})",
    };

    /// <summary>
    /// How stored pixels become an upright picture: a start and two steps, counted in pixels.
    /// </summary>
    private readonly struct Orientation(SKEncodedOrigin origin)
    {
        private bool Swaps => origin >= SKEncodedOrigin.LeftTop;

        public SKSizeI Turn(SKSizeI size) => Swaps ? new(size.Height, size.Width) : size;

        /// <summary>Writes RGBA (premultiplied) as upright RGB over white.</summary>
        public void Pack(ReadOnlySpan<byte> rgba, SKSizeI stored, Frame frame)
        {
            int w = stored.Width, h = stored.Height;
            (int start, int stepX, int stepY) = origin switch
            {
                SKEncodedOrigin.TopRight => (w - 1, -1, w),
                SKEncodedOrigin.BottomRight => ((h * w) - 1, -1, -w),
                SKEncodedOrigin.BottomLeft => ((h - 1) * w, 1, -w),
                SKEncodedOrigin.LeftTop => (0, w, 1),
                SKEncodedOrigin.RightTop => ((h - 1) * w, -w, 1),
                SKEncodedOrigin.RightBottom => ((h * w) - 1, -w, -1),
                SKEncodedOrigin.LeftBottom => (w - 1, w, -1),
                _ => (0, 1, w),
            };
            SKSizeI upright = Turn(stored);
            frame.Resize(upright.Width, upright.Height, PixelFormat.Rgb24);
            Span<byte> rgb = frame.Pixels;
            int to = 0;
            for (int y = 0; y < upright.Height; y++)
            {
                int from = 4 * (start + (y * stepY));
                for (int x = 0; x < upright.Width; x++, from += 4 * stepX, to += 3)
                {
                    int white = 255 - rgba[from + 3];
                    rgb[to] = (byte)(rgba[from] + white);
                    rgb[to + 1] = (byte)(rgba[from + 1] + white);
                    rgb[to + 2] = (byte)(rgba[from + 2] + white);
                }
            }
        }
    }
}
