using System.Buffers.Binary;
using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests;

public sealed class FfmpegSourceTests
{
    private static readonly (int, int, int) Red = (255, 0, 0);
    private static readonly (int, int, int) Blue = (0, 0, 255);

    private TestFiles _files = null!;

    [OneTimeSetUp]
    public void MakeFolder() => _files = new TestFiles();

    [OneTimeTearDown]
    public void RemoveFolder() => _files.Dispose();

    [Test]
    public void EveryFrameOfAFileComesOnceWithItsSizeColoursAndTime()
    {
        using FfmpegSource source = FfmpegSource.FromFile(_files.Clip("plain.mp4", 50));
        source.Open(default);
        Assert.That(source.FrameCount, Is.EqualTo(50));
        Assert.That(source.FrameRate, Is.EqualTo(25));
        Assert.That(source.IsLive, Is.False);

        var frame = new Frame();
        for (int i = 0; i < 50; i++)
        {
            Assert.That(source.Read(frame, default), Is.True, $"frame {i}");
            Assert.That((frame.Width, frame.Height), Is.EqualTo((64, 48)));
            Assert.That(frame.Format, Is.EqualTo(PixelFormat.Rgb24));
            Assert.That(frame.Index, Is.EqualTo(i));
            Assert.That(frame.Timestamp.TotalSeconds, Is.EqualTo(i / 25.0).Within(1e-4));
            PixelConstraints.AssertPixel(frame, 32, 4, Red);
            PixelConstraints.AssertPixel(frame, 32, 44, Blue);
        }

        Assert.That(source.Read(frame, default), Is.False);
        Assert.That(source.Read(frame, default), Is.False, "the end stays the end");
        source.Open(default);
        Assert.That(source.Read(frame, default), Is.True, "opening again starts again");
        Assert.That(frame.Index, Is.Zero);
    }

    [Test]
    public void AFileIsReadFromWhereItIsSought()
    {
        using FfmpegSource source = FfmpegSource.FromFile(_files.Clip("sought.mp4", 50));
        Assert.That(() => source.Seek(default, default), Throws.InvalidOperationException);
        source.Open(default);
        Assert.That(source.Duration, Is.EqualTo(TimeSpan.FromSeconds(2)));
        var frame = new Frame();
        foreach ((double second, int index) in new[] { (1.0, 25), (0.36, 9), (0, 0), (99, 49), (-1, 0) })
        {
            source.Seek(TimeSpan.FromSeconds(second), default);
            Assert.That(source.Read(frame, default), Is.True, $"at {second} s");
            Assert.That(frame.Index, Is.EqualTo(index), $"at {second} s");
            Assert.That(frame.Timestamp.TotalSeconds, Is.EqualTo(index / 25.0).Within(1e-3));
        }

        source.Seek(TimeSpan.FromSeconds(1.8), default);
        int left = 0;
        while (source.Read(frame, default))
        {
            left++;
        }

        Assert.That(left, Is.EqualTo(5), "to the end");
        Assert.That(frame.Index, Is.EqualTo(49));
    }

    [TestCase("clip.mkv")]
    [TestCase("clip.avi")]
    [TestCase("clip.mov")]
    public void OtherContainersGiveTheSameFrames(string name)
    {
        using FfmpegSource source = FfmpegSource.FromFile(_files.Clip(name, 12));
        Assert.That(ReadAll(source), Has.Count.EqualTo(12));
        Assert.That(source.FrameRate, Is.EqualTo(25));
    }

    [Test]
    public void FramesAtUnevenTimesKeepThem()
    {
        // Only frames 0, 1, 4 and 9 of 25 a second; Matroska drops none to make the rate constant.
        TestFiles.Ffmpeg(
            "-i", _files.Clip("even.mkv", 10), "-vf", "select='eq(n,0)+eq(n,1)+eq(n,4)+eq(n,9)'",
            _files["uneven.mkv"]);
        using FfmpegSource source = FfmpegSource.FromFile(_files["uneven.mkv"]);
        Assert.That(
            ReadAll(source).Select(time => Math.Round(time.TotalMilliseconds)),
            Is.EqualTo(new[] { 0.0, 40, 160, 360 }));
    }

    [TestCase(90)]
    [TestCase(180)]
    [TestCase(270)]
    public void RotatedVideoArrivesUpright(int degrees)
    {
        string rotated = _files[$"rotated{degrees}.mp4"];
        byte[] bytes = File.ReadAllBytes(_files.Clip($"plain{degrees}.mp4", 5));
        RotateTrack(bytes, degrees);
        File.WriteAllBytes(rotated, bytes);
        using FfmpegSource source = FfmpegSource.FromFile(rotated);
        source.Open(default);
        var frame = new Frame();
        Assert.That(source.Read(frame, default), Is.True);

        bool turned = degrees != 180;
        Assert.That((frame.Width, frame.Height), Is.EqualTo(turned ? (48, 64) : (64, 48)));
        Assert.That((source.Width, source.Height), Is.EqualTo((frame.Width, frame.Height)));
        (int x, int y) = degrees switch { 90 => (44, 32), 180 => (32, 44), _ => (4, 32) };
        PixelConstraints.AssertPixel(frame, x, y, Red);
        PixelConstraints.AssertPixel(frame, frame.Width - 1 - x, frame.Height - 1 - y, Blue);
    }

    [Test]
    public void ALoopGoesOnWithGrowingTimes()
    {
        using FfmpegSource source = FfmpegSource.FromFile(
            _files.Clip("loop.mp4", 10), new SourceOptions { Loop = true });
        source.Open(default);
        Assert.That(source.FrameCount, Is.Null);
        var frame = new Frame();
        TimeSpan last = TimeSpan.FromSeconds(-1);
        for (int i = 0; i < 35; i++)
        {
            Assert.That(source.Read(frame, default), Is.True);
            Assert.That(frame.Index, Is.EqualTo(i));
            Assert.That(frame.Timestamp, Is.GreaterThan(last));
            last = frame.Timestamp;
        }

        Assert.That(last.TotalSeconds, Is.EqualTo(34 / 25.0).Within(0.05));
    }

    [Test]
    public void SizeAndRateAreAsAskedFor()
    {
        string path = _files.Clip("asked.mp4", 50);
        using FfmpegSource source = FfmpegSource.FromFile(
            path, new SourceOptions { Width = 32, FrameRate = 5 });
        Assert.That(ReadAll(source), Has.Count.EqualTo(10));
        source.Open(default);
        Assert.That((source.Width, source.Height), Is.EqualTo((32, 24)));
        Assert.That(source.FrameRate, Is.EqualTo(5));
    }

    [Test]
    public void ReadingAllocatesNothing()
    {
        // Large enough that ffmpeg repeats the headers of its output on the way (at 8 and 64 MiB).
        using FfmpegSource source = FfmpegSource.FromFile(
            _files.Clip("lean.mp4", 200), new SourceOptions { Width = 640, Height = 480 });
        source.Open(default);
        using var cancellation = new CancellationTokenSource();
        var frame = new Frame();
        for (int i = 0; i < 50; i++)
        {
            source.Read(frame, cancellation.Token);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 140; i++)
        {
            source.Read(frame, cancellation.Token);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(frame.Index, Is.EqualTo(189));
        Assert.That(allocated, Is.Zero);
    }

    [Test]
    public void ACancelledReadEndsTheProgramAndTheSourceOpensAgain()
    {
        using FfmpegSource source = FfmpegSource.FromFile(
            _files.Clip("cancel.mp4", 10), new SourceOptions { Loop = true });
        source.Open(default);
        int program = source.ProcessId!.Value;
        using var cancellation = new CancellationTokenSource();
        var frame = new Frame();
        Assert.That(source.Read(frame, cancellation.Token), Is.True);
        using var timer = new Timer(_ => cancellation.Cancel(), null, 50, Timeout.Infinite);
        Assert.That(
            () =>
            {
                while (true)
                {
                    source.Read(frame, cancellation.Token);
                }
            },
            Throws.InstanceOf<OperationCanceledException>());
        source.Close();
        AssertGone(program);
        source.Open(default);
        Assert.That(source.Read(frame, default), Is.True);
    }

    [Test]
    public void DisposingEndsTheProgram()
    {
        FfmpegSource source = FfmpegSource.FromFile(
            _files.Clip("dispose.mp4", 10), new SourceOptions { Loop = true });
        source.Open(default);
        int program = source.ProcessId!.Value;
        source.Dispose();
        source.Dispose();
        AssertGone(program);
    }

    [Test]
    public void AMissingFileIsNamed() => AssertOpenFails(_files["none.mp4"], "no such file");

    [Test]
    public void AFolderIsNoVideo() => AssertOpenFails(_files.Folder, "is a folder");

    [Test]
    public void AnEmptyFileIsNamed()
    {
        File.WriteAllBytes(_files["empty.mp4"], []);
        AssertOpenFails(_files["empty.mp4"], "empty");
    }

    [Test]
    public void GarbageIsNoVideo() =>
        AssertOpenFails(_files.Garbage("garbage.mp4"), "cannot be opened: .*(moov|Invalid data)");

    [Test]
    public void SoundIsNoVideo()
    {
        TestFiles.Ffmpeg("-f", "lavfi", "-i", "sine", "-t", "1", _files["sound.wav"]);
        AssertOpenFails(_files["sound.wav"], "cannot be opened: .*matches no streams");
    }

    [Test]
    public void AFileCutBeforeItsIndexCannotBeOpened()
    {
        string whole = _files.Noise("whole.mp4", 50);
        AssertOpenFails(_files.Cut(whole, "headless.mp4", 0.5), "moov atom not found");
    }

    [TestCase("mp4", "-movflags", "+faststart")]
    [TestCase("mkv")]
    public void AFileCutWithinItsFramesIsAnErrorAfterTheFramesThatAreWhole(
        string extension, params string[] options)
    {
        string whole = _files.Noise($"long.{extension}", 50, options);
        string cut = _files.Cut(whole, $"cut.{extension}", 0.5);
        using FfmpegSource source = FfmpegSource.FromFile(cut);
        source.Open(default);
        var frame = new Frame();
        int frames = 0;
        Assert.That(
            () =>
            {
                while (source.Read(frame, default))
                {
                    frames++;
                }
            },
            Throws.TypeOf<SourceException>()
                .With.Message.Match($"cut.{extension}: .*truncated.* of 2 s"));
        Assert.That(frames, Is.InRange(5, 45));
        Assert.That(() => source.Read(frame, default), Throws.InvalidOperationException);
    }

    [Test]
    public void ANameWithOddCharactersIsOnlyAName()
    {
        string path = _files.Clip("-i \"odd\" 50%: ü.mp4", 3);
        using FfmpegSource source = FfmpegSource.FromFile(path);
        Assert.That(ReadAll(source), Has.Count.EqualTo(3));
    }

    internal static void AssertGone(int program) => Assert.That(
        () => Process.GetProcessById(program), Throws.ArgumentException, "ffmpeg is still there");

    /// <summary>
    /// Writes a clockwise turn into the matrix of the track header (ISO/IEC 14496-12, 8.3.2).
    /// </summary>
    private static void RotateTrack(byte[] mp4, int degrees)
    {
        Span<byte> matrix = mp4.AsSpan(mp4.AsSpan().IndexOf("tkhd"u8) + 44);
        (int cosine, int sine) = degrees switch { 90 => (0, 1), 180 => (-1, 0), _ => (0, -1) };
        BinaryPrimitives.WriteInt32BigEndian(matrix, cosine << 16);
        BinaryPrimitives.WriteInt32BigEndian(matrix[4..], sine << 16);
        BinaryPrimitives.WriteInt32BigEndian(matrix[12..], -sine << 16);
        BinaryPrimitives.WriteInt32BigEndian(matrix[16..], cosine << 16);
    }

    private static void AssertOpenFails(string path, string problem)
    {
        using FfmpegSource source = FfmpegSource.FromFile(path);
        Assert.That(
            () => source.Open(default),
            Throws.TypeOf<SourceException>()
                .With.Message.StartsWith(path + ": ").And.Message.Match(problem));
        Assert.That(source.ProcessId, Is.Null);
    }

    private static List<TimeSpan> ReadAll(FfmpegSource source)
    {
        source.Open(default);
        var frame = new Frame();
        List<TimeSpan> times = [];
        while (source.Read(frame, default))
        {
            times.Add(frame.Timestamp);
        }

        return times;
    }
}
