using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests;

public sealed class FrameSourcesTests
{
    private TestFiles _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TestFiles();

    [TearDown]
    public void RemoveFolder() => _files.Dispose();

    [TestCase("camera:0", typeof(FfmpegSource), true)]
    [TestCase("camera", typeof(FfmpegSource), true)]
    [TestCase("CAMERA:/dev/video2", typeof(FfmpegSource), true)]
    [TestCase("http://host/stream", typeof(FfmpegSource), true)]
    [TestCase("https://host/clip.mp4?x=1", typeof(FfmpegSource), false)]
    [TestCase("https://host/live.m3u8", typeof(FfmpegSource), true)]
    [TestCase("rtsp://host/1", typeof(FfmpegSource), true)]
    [TestCase("clip.mp4", typeof(FfmpegSource), false)]
    [TestCase("moving.gif", typeof(FfmpegSource), false)]
    [TestCase("C:\\clips\\a.mp4", typeof(FfmpegSource), false)]
    [TestCase("photo.JPG", typeof(PictureSource), false)]
    [TestCase("file:photo.png", typeof(PictureSource), false)]
    [TestCase("file:///tmp/my%20clip.mp4", typeof(FfmpegSource), false)]
    [TestCase(".", typeof(PictureFolderSource), false)]
    public void ASpecificationNamesItsSource(string spec, Type type, bool live)
    {
        using IFrameSource source = FrameSources.Create(spec);
        Assert.That(source, Is.TypeOf(type));
        Assert.That(source.IsLive, Is.EqualTo(live));
    }

    [Test]
    public void AFileUrlIsDecoded()
    {
        using IFrameSource source = FrameSources.Create("file:///tmp/my%20clip.mp4");
        Assert.That(source.Name, Is.EqualTo("/tmp/my clip.mp4"));
    }

    [TestCase("", "source is empty")]
    [TestCase("gopher://user:pass@host/", "'gopher' is no known kind of source.*camera:0")]
    [TestCase("http://", "is not a URL")]
    public void ASpecificationThatIsNotUnderstoodSaysWhatIs(string spec, string problem) =>
        Assert.That(
            () => FrameSources.Create(spec),
            Throws.TypeOf<SourceException>()
                .With.Message.Match(problem).And.Message.Not.Contain("pass@"));

    [Test]
    public void OpenGivesAnOpenSourceOrTheReason()
    {
        using IFrameSource source = FrameSources.Open(_files.Clip("clip.mp4", 2));
        Assert.That(source.Read(new Frame(), default), Is.True);
        Assert.That(
            () => FrameSources.Open(_files["none.mp4"]),
            Throws.TypeOf<SourceException>().With.Message.Match("no such file"));
    }

    [Test]
    public void AKindCanBeAdded()
    {
        FrameSources.Register(new SourceKind(
            "still", "still:PATH", (rest, options) => new PictureSource(rest, options)));
        using IFrameSource source = FrameSources.Create("still:a.png");
        Assert.That(source.Name, Is.EqualTo("a.png"));
        Assert.That(FrameSources.Kinds.Select(kind => kind.Scheme), Does.Contain("still"));
    }

    [Test]
    public void OptionsThatMeanNothingAreRefused()
    {
        foreach (SourceOptions options in new[]
        {
            new SourceOptions { Width = 0 }, new SourceOptions { Height = -1 },
            new SourceOptions { FrameRate = double.NaN },
            new SourceOptions { StallTimeout = TimeSpan.Zero },
        })
        {
            Assert.That(
                () => FrameSources.Create("clip.mp4", options),
                Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    [NonParallelizable]
    public void WithoutTheProgramTheMessageSaysHowToGetIt()
    {
        string clip = _files.Clip("clip.mp4", 2);
        const string problem = "ffmpeg program was not found.*apt install";
        string? before = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", _files.Folder);
        try
        {
            Assert.That(
                () => FrameSources.Open(clip),
                Throws.TypeOf<SourceException>().With.Message.Match(problem));
            Assert.That(
                () => new VideoRecorder(_files["out.mp4"], 8, 8, PixelFormat.Rgb24, 25),
                Throws.TypeOf<MediaException>().With.Message.Match(problem));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }
    }

    [Test]
    public void ACameraThatIsNotThereIsNamedWithThoseThatAre()
    {
        using FfmpegSource source = FfmpegSource.FromCamera("/dev/video-none");
        Assert.That(
            () => source.Open(default),
            Throws.TypeOf<SourceException>()
                .With.Message.StartsWith("camera:/dev/video-none: there is no /dev/video-none; ")
                .And.Message.Match("(no camera was found on|the cameras of) this machine"));
    }

    [Test]
    public void ACameraIsAskedForItsSizeAndRateOnEverySystem()
    {
        var options = new SourceOptions { Width = 640, Height = 480, FrameRate = 29.97 };
        FfmpegInput linux = FfmpegInput.Camera("2", options, OSPlatform.Linux);
        FfmpegInput windows = FfmpegInput.Camera("HD Webcam", options, OSPlatform.Windows);
        FfmpegInput mac = FfmpegInput.Camera("1", new SourceOptions(), OSPlatform.OSX);
        Assert.That(linux.Address, Is.EqualTo("/dev/video2"));
        Assert.That(linux.Name, Is.EqualTo("camera:2"));
        Assert.That(string.Join(' ', linux.Options), Does.StartWith("-f v4l2")
            .And.EndWith("-video_size 640x480 -framerate 29.97"));
        Assert.That(windows.Address, Is.EqualTo("video=HD Webcam"));
        Assert.That(string.Join(' ', windows.Options), Does.StartWith("-f dshow"));
        Assert.That(mac.Address, Is.EqualTo("1:none"));
        Assert.That(
            string.Join(' ', mac.Options),
            Does.StartWith("-f avfoundation").And.EndWith("-framerate 30"));
    }

    [Test]
    public void TheKernelsListGivesCamerasWithoutTheirMetadataNodes()
    {
        foreach ((string node, string index, string name) in new[]
        {
            ("video10", "0", "Capture Card"),
            ("video2", "0", "HD Webcam"),
            ("video3", "1", "HD Webcam"),
        })
        {
            Directory.CreateDirectory(_files[node]);
            File.WriteAllText(Path.Combine(_files[node], "index"), index + "\n");
            File.WriteAllText(Path.Combine(_files[node], "name"), name + "\n");
        }

        Assert.That(Cameras.ListVideo4Linux(_files.Folder), Is.EqualTo(new[]
        {
            new CameraInfo("camera:2", "HD Webcam"), new CameraInfo("camera:10", "Capture Card"),
        }));
        Assert.That(Cameras.ListVideo4Linux(_files["none"]), Is.Empty);
        Assert.That(Cameras.List, Throws.Nothing);
    }

    [Test]
    public void DirectShowsListIsReadInItsNewAndItsOldForm()
    {
        string[] now =
        [
            "[dshow @ 00d3] \"HD Webcam\" (video)",
            "[dshow @ 00d3]   Alternative name \"@device_pnp_usb#vid\"",
            "[dshow @ 00d3] \"Microphone (HD Webcam)\" (audio)",
            "dummy: Immediate exit requested",
        ];
        string[] before =
        [
            "[dshow @ 00d3] DirectShow video devices (some may be both video and audio devices)",
            "[dshow @ 00d3]  \"HD Webcam\"",
            "[dshow @ 00d3]     Alternative name \"@device_pnp_usb#vid\"",
            "[dshow @ 00d3] DirectShow audio devices",
            "[dshow @ 00d3]  \"Microphone\"",
        ];
        foreach (string[] lines in new[] { now, before })
        {
            Assert.That(
                Cameras.ParseDirectShow(lines),
                Is.EqualTo(new[] { new CameraInfo("camera:0", "HD Webcam") }));
        }
    }

    [Test]
    public void AvFoundationsListIsRead()
    {
        string[] lines =
        [
            "[AVFoundation indev @ 0x7f] AVFoundation video devices:",
            "[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera",
            "[AVFoundation indev @ 0x7f] [1] Capture screen 0",
            "[AVFoundation indev @ 0x7f] AVFoundation audio devices:",
            "[AVFoundation indev @ 0x7f] [0] Microphone",
        ];
        Assert.That(Cameras.ParseAvFoundation(lines), Is.EqualTo(new[]
        {
            new CameraInfo("camera:0", "FaceTime HD Camera"),
            new CameraInfo("camera:1", "Capture screen 0"),
        }));
    }

    [TestCase("rtsp://u:p@ss@host/x", "rtsp://u:***@host/x")]
    [TestCase("rtsp://:pw@host/x", "rtsp://:***@host/x")]
    [TestCase("rtsp://u@host/x", "rtsp://u@host/x")]
    [TestCase("http://h/?API_Key=abc&size=3", "http://h/?API_Key=***&size=3")]
    [TestCase("http://h:80/a@b", "http://h:80/a@b")]
    [TestCase("at tcp://u:pw@h and http://a:b@c", "at tcp://u:***@h and http://a:***@c")]
    public void SecretsAreHidden(string text, string shown) =>
        Assert.That(SourceAddress.Redact(text), Is.EqualTo(shown));

    [Test]
    public void ASecretIsHiddenInAnyFormOfIt()
    {
        string[] secrets = SourceAddress.SecretsOf("http://u:pass%20word@h/");
        string shown = SourceAddress.Redact("bad login 'pass word'", secrets);
        Assert.That(shown, Is.EqualTo("bad login '***'"));
    }
}
