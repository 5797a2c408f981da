using RealtimeVision.Runtime.Live;
using SkiaSharp;

namespace RealtimeVision.Media.Tests;

public sealed class PictureTests
{
    private static readonly (int, int, int) Red = (255, 0, 0);
    private static readonly (int, int, int) Green = (0, 255, 0);
    private static readonly (int, int, int) Blue = (0, 0, 255);
    private static readonly (int, int, int) White = (255, 255, 255);

    private TestFiles _files = null!;

    [OneTimeSetUp]
    public void MakeFolder() => _files = new TestFiles();

    [OneTimeTearDown]
    public void RemoveFolder() => _files.Dispose();

    [Test]
    public void APngSaysWhatItIs()
    {
        var frame = new Frame();
        frame.Resize(5, 4, PixelFormat.Rgb24);
        new Random(3).NextBytes(frame.Pixels);
        string path = _files["texts.png"];
        Picture.SavePng(
            frame, path,
            new Dictionary<string, string> { ["Source"] = "camera:0", ["Description"] = "Stra\u00dfe" });
        Assert.That(Picture.Load(path).Pixels.SequenceEqual(frame.Pixels), Is.True);
        string bytes = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(path));
        Assert.That(bytes, Does.Contain("tEXtSource\0camera:0"));
        Assert.That(bytes, Does.Contain("iTXtDescription\0\0\0\0\0Stra\u00dfe"));
        // ffmpeg refuses chunks whose checksum is wrong.
        TestFiles.Ffmpeg("-xerror", "-err_detect", "crccheck", "-i", path, "-f", "null", "-");
        foreach (string keyword in new[] { "", new string('k', 80), "t\u00f6n" })
        {
            Assert.That(
                () => Picture.SavePng(frame, path, new Dictionary<string, string> { [keyword] = "x" }),
                Throws.ArgumentException);
        }
    }

    [Test]
    public void APngRoundTripIsExact(
        [Values] PixelFormat format, [Values(1, 7)] int width, [Values(1, 5)] int height)
    {
        var frame = new Frame();
        frame.Resize(width, height, format);
        new Random(3).NextBytes(frame.Pixels);
        int channels = frame.Channels;
        for (int i = 3; i < frame.Pixels.Length && channels == 4; i += 4)
        {
            frame.Pixels[i] = 255;
        }

        string path = _files[$"{format}{width}x{height}.png"];
        Picture.SavePng(frame, path);
        Frame read = Picture.Load(path);
        Assert.That((read.Width, read.Height), Is.EqualTo((width, height)));
        Assert.That(read.Format, Is.EqualTo(PixelFormat.Rgb24));
        for (int i = 0; i < width * height; i++)
        {
            ReadOnlySpan<byte> p = frame.Pixels.Slice(i * channels, channels);
            (byte, byte, byte) expected = format switch
            {
                PixelFormat.Gray8 => (p[0], p[0], p[0]),
                PixelFormat.Bgr24 or PixelFormat.Bgra32 => (p[2], p[1], p[0]),
                _ => (p[0], p[1], p[2]),
            };
            Span<byte> q = read.Pixels.Slice(i * 3, 3);
            Assert.That((q[0], q[1], q[2]), Is.EqualTo(expected));
        }
    }

    [TestCase("p.png")]
    [TestCase("p.jpg")]
    [TestCase("p.webp")]
    [TestCase("p.bmp")]
    [TestCase("p.gif")]
    public void EveryFormatIsRead(string name)
    {
        TestFiles.Ffmpeg(
            "-f", "lavfi", "-i", "color=red:size=32x8", "-f", "lavfi", "-i", "color=blue:size=32x8",
            "-filter_complex", "vstack", "-frames:v", name == "p.gif" ? "3" : "1",
            _files[name]);
        byte[] bytes = File.ReadAllBytes(_files[name]);
        foreach (Frame frame in new[] { Picture.Load(_files[name]), Picture.Decode(bytes) })
        {
            Assert.That((frame.Width, frame.Height), Is.EqualTo((32, 16)));
            PixelConstraints.AssertPixel(frame, 16, 1, Red);
            PixelConstraints.AssertPixel(frame, 16, 14, Blue);
        }
    }

    [Test]
    public void TransparentPixelsAreOverWhite()
    {
        byte[] pixels = [255, 0, 0, 255, 0, 0, 0, 0];
        Picture.SavePng(pixels, 2, 1, PixelFormat.Rgba32, _files["alpha.png"]);
        Frame frame = Picture.Load(_files["alpha.png"]);
        PixelConstraints.AssertPixel(frame, 0, 0, Red, within: 0);
        PixelConstraints.AssertPixel(frame, 1, 0, White, within: 0);
    }

    /// <summary>
    /// The stored picture has red, green, blue and white corners, clockwise from the top left. EXIF
    /// says at which corner of the upright picture each of them belongs.
    /// </summary>
    [Test]
    public void ExifOrientationIsRespected([Range(1, 8)] int orientation)
    {
        Frame frame = Picture.Decode(WithOrientation(Corners(), orientation));
        (int, int, int)[] clockwise = orientation switch
        {
            1 => [Red, Green, Blue, White],
            2 => [Green, Red, White, Blue],
            3 => [Blue, White, Red, Green],
            4 => [White, Blue, Green, Red],
            5 => [Red, White, Blue, Green],
            6 => [White, Red, Green, Blue],
            7 => [Blue, Green, Red, White],
            _ => [Green, Blue, White, Red],
        };
        (int width, int height) = orientation < 5 ? (64, 32) : (32, 64);
        Assert.That((frame.Width, frame.Height), Is.EqualTo((width, height)));
        PixelConstraints.AssertPixel(frame, 4, 4, clockwise[0]);
        PixelConstraints.AssertPixel(frame, width - 4, 4, clockwise[1]);
        PixelConstraints.AssertPixel(frame, width - 4, height - 4, clockwise[2]);
        PixelConstraints.AssertPixel(frame, 4, height - 4, clockwise[3]);
    }

    [Test]
    public void ATruncatedPictureIsAnError(
        [Values("t.png", "t.jpg", "t.webp", "t.bmp", "t.gif")] string name,
        [Values(0.3, 0.6, 0.95)] double part)
    {
        TestFiles.Ffmpeg(
            "-f", "lavfi", "-i", "testsrc=size=160x120", "-vf", "noise=alls=40", "-frames:v", "1",
            _files[name]);
        string cut = _files.Cut(_files[name], "cut-" + name, part);
        Assert.That(() => Picture.Load(cut), Fails(cut, "truncated|ends within its header"));
    }

    [Test]
    public void GarbageIsNoPicture()
    {
        string path = _files.Garbage("garbage.png");
        Assert.That(() => Picture.Load(path), Fails(path, "is not a PNG, JPEG"));
        Assert.That(
            () => Picture.Decode(File.ReadAllBytes(path)),
            Throws.TypeOf<MediaException>().With.Message.Match("is not a PNG"));
    }

    [Test]
    public void AnEmptyFileIsNamed()
    {
        string path = _files["empty.png"];
        File.WriteAllBytes(path, []);
        Assert.That(() => Picture.Load(path), Fails(path, "is empty"));
        Assert.That(
            () => Picture.Decode([]),
            Throws.TypeOf<MediaException>().With.Message.Match("is empty"));
    }

    [Test]
    public void AMissingFileIsNamed() =>
        Assert.That(() => Picture.Load(_files["no.png"]), Fails(_files["no.png"], "no such file"));

    [Test]
    public void AFolderIsNoPicture() =>
        Assert.That(() => Picture.Load(_files.Folder), Fails(_files.Folder, "is a folder"));

    [TestCase("zero.png", 16)]
    [TestCase("zero.gif", 6)]
    [TestCase("zero.bmp", 18)]
    public void APictureWithoutWidthHasNoSize(string name, int widthAt)
    {
        TestFiles.Ffmpeg("-f", "lavfi", "-i", "color=red:size=8x8", "-frames:v", "1", _files[name]);
        byte[] bytes = File.ReadAllBytes(_files[name]);
        bytes.AsSpan(widthAt, name.EndsWith("gif", StringComparison.Ordinal) ? 2 : 4).Clear();
        File.WriteAllBytes(_files[name], bytes);
        Assert.That(() => Picture.Load(_files[name]), Fails(_files[name], "has no size"));
    }

    [Test]
    public void AFailedSaveLeavesNothing()
    {
        string path = _files["no-such-folder/x.png"];
        Assert.That(
            () => Picture.SavePng(new byte[3], 1, 1, PixelFormat.Rgb24, path),
            Fails(path, "cannot be written"));
        string folder = Directory.CreateDirectory(_files["folder.png"]).FullName;
        Assert.That(
            () => Picture.SavePng(new byte[3], 1, 1, PixelFormat.Rgb24, folder),
            Fails(folder, "cannot be written"));
        Assert.That(Directory.GetFiles(_files.Folder, "*.tmp"), Is.Empty);
        Assert.That(
            () => Picture.SavePng(new byte[4], 1, 1, PixelFormat.Rgb24, path),
            Throws.ArgumentException);
    }

    internal static byte[] Corners()
    {
        using var bitmap = new SKBitmap(64, 32);
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint();
        SKColor[] colors = [SKColors.Red, SKColors.Lime, SKColors.White, SKColors.Blue];
        for (int i = 0; i < 4; i++)
        {
            paint.Color = colors[i];
            canvas.DrawRect(i % 2 * 32, i / 2 * 16, 32, 16, paint);
        }

        using SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        return jpeg.ToArray();
    }

    /// <summary>
    /// Inserts an EXIF segment with nothing but an orientation after the start of a JPEG.
    /// </summary>
    internal static byte[] WithOrientation(byte[] jpeg, int orientation) =>
    [
        .. jpeg.AsSpan(0, 2),
        0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8,
        0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
        .. jpeg.AsSpan(2),
    ];

    private static NUnit.Framework.Constraints.Constraint Fails(string path, string problem) =>
        Throws.TypeOf<MediaException>()
            .With.Message.StartsWith(path + ": ").And.Message.Match(problem);
}
