using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests;

public sealed class VideoRecorderTests
{
    private TestFiles _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TestFiles();

    [TearDown]
    public void RemoveFolder() => _files.Dispose();

    [TestCase(64, 48, "64,48")]
    [TestCase(63, 47, "64,48")]
    [TestCase(1, 1, "2,2")]
    public void WhatIsRecordedIsReadBack(int width, int height, string stored)
    {
        string path = _files["out.mp4"];
        using (var recorder = new VideoRecorder(path, width, height, PixelFormat.Rgb24, 29.97))
        {
            Frame frame = Filled(width, height, PixelFormat.Rgb24, 200, 40, 90);
            for (int i = 0; i < 33; i++)
            {
                recorder.Write(frame);
            }

            Assert.That(recorder.FrameCount, Is.EqualTo(33));
            Assert.That(File.Exists(path), Is.False, "it has no name before it is whole");
            recorder.Complete();
        }

        Assert.That(
            TestFiles.Probe(path, "codec_name,width,height,pix_fmt,r_frame_rate,nb_read_frames"),
            Is.EqualTo($"h264,{stored},yuv420p,2997/100,33"));
        Assert.That(Directory.GetFiles(_files.Folder), Is.EqualTo(new[] { path }));
        using FfmpegSource source = FfmpegSource.FromFile(path);
        source.Open(default);
        var read = new Frame();
        Assert.That(source.Read(read, default), Is.True);
        if (width > 1)
        {
            PixelConstraints.AssertPixel(read, 30, 20, (200, 40, 90));
        }
    }

    [Test]
    public void EveryFormatKeepsItsColours([Values] PixelFormat format)
    {
        string path = _files["out.mp4"];
        using (var recorder = new VideoRecorder(path, 32, 32, format, 25))
        {
            recorder.Write(Filled(32, 32, format, 200, 40, 90));
            recorder.Complete();
        }

        using FfmpegSource source = FfmpegSource.FromFile(path);
        source.Open(default);
        var read = new Frame();
        source.Read(read, default);
        (int, int, int) expected = format switch
        {
            PixelFormat.Gray8 => (200, 200, 200),
            PixelFormat.Bgr24 or PixelFormat.Bgra32 => (90, 40, 200),
            _ => (200, 40, 90),
        };
        PixelConstraints.AssertPixel(read, 16, 16, expected);
    }

    [Test]
    public void AnIndexAtTheFrontLetsAPlayerStartAtOnce()
    {
        string path = Record("out.mp4", 10);
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        Assert.That(bytes.IndexOf("moov"u8), Is.LessThan(bytes.IndexOf("mdat"u8)));
    }

    [Test]
    public void AnOlderFileIsReplacedOnlyByAWholeOne()
    {
        File.WriteAllText(_files["out.mp4"], "old");
        using (var recorder = new VideoRecorder(_files["out.mp4"], 32, 32, PixelFormat.Rgb24, 25))
        {
            recorder.Write(Filled(32, 32, PixelFormat.Rgb24, 1, 2, 3));
        }

        Assert.That(File.ReadAllText(_files["out.mp4"]), Is.EqualTo("old"));
        Record("out.mp4", 3);
        Assert.That(TestFiles.Probe(_files["out.mp4"], "nb_read_frames"), Is.EqualTo("3"));
    }

    [Test]
    public void DisposingWithoutCompletingLeavesNoFileAndNoProgram()
    {
        var recorder = new VideoRecorder(_files["out.mp4"], 32, 32, PixelFormat.Rgb24, 25);
        int program = recorder.ProcessId;
        recorder.Write(Filled(32, 32, PixelFormat.Rgb24, 1, 2, 3));
        recorder.Dispose();
        recorder.Dispose();
        Assert.That(Directory.GetFileSystemEntries(_files.Folder), Is.Empty);
        FfmpegSourceTests.AssertGone(program);
        Assert.That(
            () => recorder.Write(new byte[32 * 32 * 3]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void WritingAllocatesNothing()
    {
        using var recorder = new VideoRecorder(_files["out.mp4"], 64, 64, PixelFormat.Rgb24, 25);
        Frame frame = Filled(64, 64, PixelFormat.Rgb24, 1, 2, 3);
        for (int i = 0; i < 20; i++)
        {
            recorder.Write(frame);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            recorder.Write(frame);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void AnEncoderThatDiesIsNamed()
    {
        using var recorder = new VideoRecorder(_files["out.mp4"], 64, 64, PixelFormat.Rgb24, 25);
        Frame frame = Filled(64, 64, PixelFormat.Rgb24, 1, 2, 3);
        recorder.Write(frame);
        using (var program = Process.GetProcessById(recorder.ProcessId))
        {
            program.Kill();
        }

        Assert.That(
            () =>
            {
                while (true)
                {
                    recorder.Write(frame);
                }
            },
            Throws.TypeOf<MediaException>().With.Message.Match("out.mp4: recording failed after"));
        Assert.That(Directory.GetFileSystemEntries(_files.Folder), Is.Empty);
    }

    [Test]
    public void ARateTheEncoderRefusesIsNamedWithItsReason()
    {
        string path = _files["out.mp4"];
        using var recorder = new VideoRecorder(path, 32, 32, PixelFormat.Rgb24, 1e-300);
        Frame frame = Filled(32, 32, PixelFormat.Rgb24, 1, 2, 3);
        Assert.That(
            () =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    recorder.Write(frame);
                }

                recorder.Complete();
            },
            Throws.TypeOf<MediaException>()
                .With.Message.Match("out.mp4: recording failed .*framerate"));
    }

    [Test]
    public void ARecordingInterruptedFromTheKeyboardIsStillFinished()
    {
        using var recorder = new VideoRecorder(_files["out.mp4"], 64, 64, PixelFormat.Rgb24, 25);
        Frame frame = Filled(64, 64, PixelFormat.Rgb24, 1, 2, 3);
        for (int i = 0; i < 40; i++)
        {
            recorder.Write(frame);
        }

        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Windows has no interrupt signal for one process.");
        }

        // The shell's own kill: a small system has no program of that name.
        using (Process kill = Process.Start("sh", ["-c", $"kill -INT {recorder.ProcessId}"]))
        {
            kill.WaitForExit();
        }

        for (int i = 0; i < 200; i++)
        {
            recorder.Write(frame);
        }

        recorder.Complete();
        Assert.That(int.Parse(TestFiles.Probe(_files["out.mp4"], "nb_read_frames")), Is.Positive);
    }

    [Test]
    public void BadRequestsAreRefused()
    {
        Assert.That(
            () => new VideoRecorder(_files["none/out.mp4"], 8, 8, PixelFormat.Rgb24, 25),
            Throws.TypeOf<MediaException>().With.Message.Match("there is no folder"));
        Assert.That(
            () => new VideoRecorder(_files.Folder, 8, 8, PixelFormat.Rgb24, 25),
            Throws.TypeOf<MediaException>().With.Message.Match("it is a folder"));
        Assert.That(
            () => new VideoRecorder(_files["o.mp4"], 0, 8, PixelFormat.Rgb24, 25),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new VideoRecorder(_files["o.mp4"], 8, 8, PixelFormat.Rgb24, double.NaN),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
        using var recorder = new VideoRecorder(_files["o.mp4"], 8, 8, PixelFormat.Rgb24, 25);
        Assert.That(
            () => recorder.Write(Filled(8, 9, PixelFormat.Rgb24, 0, 0, 0)),
            Throws.ArgumentException.With.Message.Match("8x9 Rgb24 does not fit .* 8x8 Rgb24"));
        Assert.That(
            recorder.Complete,
            Throws.TypeOf<MediaException>().With.Message.Match("no frame was recorded"));
        Assert.That(Directory.GetFileSystemEntries(_files.Folder), Is.Empty);
    }

    private static Frame Filled(int width, int height, PixelFormat format, byte a, byte b, byte c)
    {
        var frame = new Frame();
        frame.Resize(width, height, format);
        byte[] pixel = [a, b, c, 255];
        for (int i = 0; i < frame.Pixels.Length; i++)
        {
            frame.Pixels[i] = pixel[i % frame.Channels];
        }

        return frame;
    }

    private string Record(string name, int frames)
    {
        using var recorder = new VideoRecorder(_files[name], 32, 32, PixelFormat.Rgb24, 25);
        Frame frame = Filled(32, 32, PixelFormat.Rgb24, 10, 20, 30);
        for (int i = 0; i < frames; i++)
        {
            recorder.Write(frame);
        }

        recorder.Complete();
        return _files[name];
    }
}
