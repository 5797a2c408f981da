using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Testing;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// <c>rtv live --headless</c>: what it writes and tells, and what it says to bad input.
/// </summary>
public class LiveTests
{
    private string _folder = "";
    private string _model = "";
    private string _clip = "";

    [OneTimeSetUp]
    public void MakeModelAndClip()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-live-").FullName;
        _model = File("unet.onnx");
        OnnxModelFile.Save(ReferenceModels.UNet(size: 32), _model);
        _clip = File("clip.mp4");
        var ffmpeg = Process.Start(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=322x182:rate=30:duration=2", "-pix_fmt", "yuv420p", _clip]);
        ffmpeg.WaitForExit();
        Assert.That(ffmpeg.ExitCode, Is.Zero, "ffmpeg makes the clip");
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void HeadlessRunWritesPictureAndVideoAndTellsWhatHappened()
    {
        var run = Live("--source", _clip, "--model", _model, "--snapshot", File("a.png"), "--record", File("a.mp4"));
        var json = run.Exits(0).Json;
        Assert.That(json.Select(p => p.Key), Is.EqualTo((string[])[
            "source", "model", "device", "frames", "processed", "dropped", "fps", "latency_p50_ms", "latency_p95_ms",
            "latency_p99_ms", "allocated_bytes_per_frame", "snapshot", "record"]));
        Assert.That(json["frames"]!.GetValue<long>(), Is.EqualTo(60));
        Assert.That(json["processed"]!.GetValue<long>(), Is.EqualTo(60));
        Assert.That(json["dropped"]!.GetValue<long>(), Is.Zero);
        Assert.That(json["fps"]!.GetValue<double>(), Is.GreaterThan(0));
        Assert.That(json["device"]!.GetValue<string>(), Is.EqualTo("cpu"));
        var picture = Picture.Load(json["snapshot"]!.GetValue<string>());
        Assert.That((picture.Width, picture.Height), Is.EqualTo((322, 182)));
        Assert.That(FramesOf(json["record"]!.GetValue<string>()), Is.EqualTo(60));
    }

    [Test]
    public void StreetIsShownWithoutAModel()
    {
        var json = Live("--source", "street:seed=3,size=160x90", "--frames", "5", "--snapshot", File("street.png"))
            .Exits(0).Json;
        Assert.That(json["source"]!.GetValue<string>(), Is.EqualTo("street"));
        Assert.That(json["frames"]!.GetValue<long>(), Is.EqualTo(5));
        var picture = Picture.Load(json["snapshot"]!.GetValue<string>());
        Assert.That((picture.Width, picture.Height), Is.EqualTo((160, 90)));
    }

    [Test]
    public void EveryViewIsDrawnAndTheSnapshotSaysWhatItIs([Values("confidence", "difference", "truth")] string view)
    {
        var json = Live(
            "--source", "street:size=160x90,seed=3", "--model", _model, "--frames", "3", "--view", view, "--show", "split",
            "--show", "objects", "--show", "graphs", "--show", "legend", "--show", "devices",
            "--snapshot", File($"{view}.png")).Exits(0).Json;
        Assert.That(json["processed"]!.GetValue<long>(), Is.EqualTo(3));
        string text = System.Text.Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(File($"{view}.png")));
        Assert.That(text, Does.Contain("tEXtSource\0street").And.Contain($"\"view\":\"{view}\"").And.Contain("Creation Time"));
        Assert.That(Picture.Load(File($"{view}.png")).Width, Is.EqualTo(160));
    }

    [Test]
    public void SeveralSourcesAreShownSideBySide()
    {
        var json = Live(
            "--source", "street:size=160x90,seed=3", "--source", _clip, "--model", _model, "--frames", "5",
            "--snapshot", File("both.png"), "--record", File("both.mp4")).Exits(0).Json;
        Assert.That(json["streams"]!.AsArray().Select(s => s!["source"]!.GetValue<string>()), Is.EqualTo(["street", _clip]));
        Assert.That(json["streams"]!.AsArray().Select(s => s!["processed"]!.GetValue<long>()), Is.All.EqualTo(5));
        Assert.That(Picture.Load(File("both.png")).Width, Is.EqualTo(1280));
        Assert.That(FramesOf(File("both.mp4")), Is.GreaterThan(4));
    }

    [TestCase("--view", "none")]
    [TestCase("--show", "none")]
    public void ViewThatIsNoneIsWrongUsage(string option, string value) =>
        Live("--source", "street", "--model", _model, option, value).FailsSaying(2, "none");

    [Test]
    public void FrameLimitEndsTheRun() =>
        Assert.That(Live("--source", _clip, "--model", _model, "--frames", "7").Exits(0).Json["processed"]!.GetValue<long>(), Is.EqualTo(7));

    [Test]
    public void AFrameOfAnEndlessRunLeavesNoGarbage()
    {
        string model = LiveRuns.Classifier(_folder, "endless");
        var json = Live("--source", _clip, "--model", model, "--loop", "--frames", "330").Exits(0).Json;
        Assert.That(json["processed"]!.GetValue<long>(), Is.EqualTo(330));

        // An object has 24 bytes at least; a little is what the runtime does on the side.
        Assert.That(json["allocated_bytes_per_frame"]!.GetValue<double>(), Is.LessThan(20));
    }

    [TestCase("blur", "on")]
    [TestCase("blur:7.5", "off")]
    [TestCase("#00ff10", "on")]
    [TestCase("none", "on")]
    public void BackgroundIsReplacedInPictureAndVideo(string background, string refine)
    {
        var json = Live(
            "--source", _clip, "--model", _model, "--background", background, "--refine", refine, "--smoothing", "0.6",
            "--frames", "5", "--snapshot", File("back.png"), "--record", File("back.mp4")).Exits(0).Json;
        Assert.That(json["processed"]!.GetValue<long>(), Is.EqualTo(5));
        Assert.That(Picture.Load(File("back.png")).Width, Is.EqualTo(322));
        Assert.That(FramesOf(File("back.mp4")), Is.EqualTo(5));
    }

    [Test]
    public void APictureIsABackgroundToo()
    {
        var sky = new Frame();
        sky.Resize(20, 10, PixelFormat.Rgb24);
        sky.Pixels.Fill(200);
        Picture.SavePng(sky, File("sky.png"));
        Live("--source", _clip, "--model", _model, "--background", File("sky.png"), "--frames", "2").Exits(0);
    }

    [TestCase("blur:0", "--background blur:0")]
    [TestCase("blur:much", "percent of the frame's height")]
    [TestCase("#12345", "#rrggbb")]
    [TestCase("#gggggg", "#rrggbb")]
    public void BackgroundThatMeansNothingIsWrongUsage(string background, string message) =>
        Live("--source", _clip, "--model", _model, "--background", background).FailsSaying(2, message);

    [Test]
    public void StreamsHavePrioritiesAndALimit()
    {
        var json = Live(
            "--source", _clip, "--source", _clip, "--model", _model, "--frames", "3",
            "--priority", "high", "--priority", "low", "--memory-limit", "1.5G").Exits(0).Json;
        Assert.That(
            json["streams"]!.AsArray().Select(stream => stream!["processed"]!.GetValue<long>()),
            Is.All.EqualTo(3));
        Live("--source", _clip, "--model", _model, "--priority", "low", "--frames", "1").Exits(0);
    }

    [TestCase("512")]
    [TestCase("0.5KiB")]
    public void ModelsThatNeedMoreThanTheLimitAreRefused(string limit) =>
        Live("--source", _clip, "--model", _model, "--memory-limit", limit)
            .FailsSaying(1, "MB on device 'cpu'");

    [TestCase("--memory-limit", "lots", "--memory-limit has to be an amount of memory, as 512M")]
    [TestCase("--memory-limit", "0", "--memory-limit has to be an amount of memory, as 512M")]
    [TestCase("--memory-limit", "-1G", "--memory-limit")]
    [TestCase("--priority", "urgent", "'urgent'")]
    [TestCase("--priority", "7", "'7'")]
    public void LimitsAndPrioritiesThatMeanNothingAreWrongUsage(string option, string value, string message) =>
        Live("--source", _clip, "--model", _model, option, value).FailsSaying(2, message);

    [Test]
    public void PrioritiesAreOneOrOneForEachSource() =>
        Live(
            "--source", _clip, "--source", _clip, "--source", _clip, "--model", _model,
            "--priority", "low", "--priority", "high").FailsSaying(2, "--priority is given 2 times for 3 sources");

    [Test]
    public void BackgroundPictureThatIsMissingIsNamed() =>
        Live("--source", _clip, "--model", _model, "--background", File("none.png")).FailsSaying(1, "none.png");

    [Test]
    public void PictureIsASourceToo()
    {
        var frame = new Frame();
        frame.Resize(40, 30, PixelFormat.Rgb24);
        Picture.SavePng(frame, File("black.png"));
        Assert.That(Live("--source", File("black.png"), "--model", _model).Exits(0).Json["frames"]!.GetValue<long>(), Is.EqualTo(1));
    }

    [Test]
    public void EndingTheProgramCompletesTheRecording()
    {
        string[] arguments = ["live", "--headless", "--device", "cpu", "--json", "--loop",
            "--source", _clip, "--model", _model, "--record", File("ended.mp4")];
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "rtv.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var whateverHappens = new Cleanup(() => process.Kill(entireProcessTree: true));
        var error = process.StandardError.ReadToEndAsync();
        Assert.That(
            () => Directory.GetFiles(_folder, "ended.mp4*"), Is.Not.Empty.After(30_000, 50), "the recording begins");
        // The shell's own kill: a small system has no program of that name.
        Process.Start("sh", ["-c", $"kill -TERM {process.Id}"]).WaitForExit();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var run = new Rtv(process.ExitCode, output, error.Result).Exits(0);
        Assert.That(Directory.GetFiles(_folder, "ended.mp4*"), Is.EqualTo([File("ended.mp4")]), "no half-written file is left");
        Assert.That(FramesOf(File("ended.mp4")), Is.GreaterThan(0));
        Assert.That(run.Json["frames"]!.GetValue<long>(), Is.GreaterThan(0));
    }

    [Test]
    public void SourceThatIsUnpluggedIsSaidAndEndsTheRun()
    {
        // What ffmpeg serves ends after two seconds and does not come back: the stream is lost.
        int port = FreePort();
        string url = $"http://127.0.0.1:{port}/stream";
        using var server = Process.Start("ffmpeg", [
            "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=15:duration=2",
            "-f", "mpjpeg", "-listen", "1", url]);
        using var whateverHappens = new Cleanup(() => server.Kill());
        Assert.That(() => IsListening(port), Is.True.After(10_000, 50), "ffmpeg serves");
        var run = Live("--source", url, "--model", _model, "--record", File("lost.mp4"));
        run.FailsSaying(1, url, "lost", "did not come back");
        Assert.That(Directory.GetFiles(_folder, "lost.mp4*"), Is.EqualTo([File("lost.mp4")]));
        Assert.That(FramesOf(File("lost.mp4")), Is.GreaterThan(0));
    }

    [Test]
    public void SourceThatIsMissingIsNamed() =>
        Live("--source", File("none.mp4"), "--model", _model).FailsSaying(1, "none.mp4");

    [Test]
    public void SourceThatIsGarbageIsNamedAndNothingIsWritten()
    {
        System.IO.File.WriteAllText(File("garbage.mp4"), string.Join('\n', Enumerable.Repeat("no video", 500)));
        Live("--source", File("garbage.mp4"), "--model", _model, "--snapshot", File("g.png"), "--record", File("g.mp4"))
            .FailsSaying(1, "garbage.mp4");
        Assert.That(Directory.GetFiles(_folder, "g.*"), Is.Empty);
    }

    [Test]
    public void PictureThatIsTruncatedIsNamed()
    {
        var frame = new Frame();
        frame.Resize(200, 100, PixelFormat.Rgb24);
        new Random(1).NextBytes(frame.Pixels);
        Picture.SavePng(frame, File("noise.png"));
        byte[] whole = System.IO.File.ReadAllBytes(File("noise.png"));
        System.IO.File.WriteAllBytes(File("half.png"), whole[..(whole.Length / 2)]);
        Live("--source", File("half.png"), "--model", _model).FailsSaying(1, "half.png");
    }

    [Test]
    public void CameraThatIsNotThereIsNamed() =>
        Live("--source", "camera:77", "--model", _model).FailsSaying(1, "camera:77");

    [Test]
    public void ModelThatIsMissingIsNamed() =>
        Live("--source", _clip, "--model", File("none.onnx")).FailsSaying(1, "none.onnx");

    [Test]
    public void ManifestThatIsWrongIsNamed()
    {
        System.IO.File.Copy(_model, File("odd.onnx"));
        System.IO.File.WriteAllText(File("odd.manifest.json"), """{ "name": "odd", "task": "dance" }""");
        Live("--source", _clip, "--model", File("odd.onnx")).FailsSaying(1, "odd.manifest.json", "task");
    }

    [Test]
    public void SecondSegmenterIsWrongUsage() =>
        Live("--source", _clip, "--model", _model, "--model", _model).FailsSaying(2, "segmenter");

    [Test]
    public void RecordingThatCannotBeWrittenIsNamed() =>
        Live("--source", _clip, "--model", _model, "--record", File("no/such/folder/a.mp4")).FailsSaying(1, "a.mp4");

    private static Rtv Live(params string[] arguments) =>
        Rtv.Run(["live", "--headless", "--device", "cpu", "--json", .. arguments]);

    private static int FramesOf(string video)
    {
        using var source = FrameSources.Open(video);
        var frame = new Frame();
        int frames = 0;
        while (source.Read(frame, CancellationToken.None))
        {
            frames++;
        }

        return frames;
    }

    // Without connecting: the server takes one client only.
    private static bool IsListening(int port) => IPGlobalProperties.GetIPGlobalProperties()
        .GetActiveTcpListeners().Any(l => l.Port == port);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string File(string name) => Path.Combine(_folder, name);

    private sealed class Cleanup(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
