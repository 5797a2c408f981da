using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Testing;

namespace RealtimeVision.Cli.Tests;

/// <summary>The verb <c>explain</c>, on networks and on files of others.</summary>
public class ExplainTests
{
    private string _folder = "";

    [OneTimeSetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-explain-").FullName;
        Directory.CreateDirectory(File("pictures"));
        for (int i = 0; i < 2; i++)
        {
            var random = new Random(i);
            var pixels = new byte[40 * 30 * 3];
            random.NextBytes(pixels);
            Media.Picture.SavePng(
                pixels, 40, 30, PixelFormat.Rgb24, File($"pictures/p{i}.png"));
        }

        using var network = new Sequential(
            "weather", new Kernels.Graph.Shape(16, 16, 3),
            new Conv2D(6, 3) { Activation = Activation.Relu }, new GlobalAveragePooling2D(),
            new Dense(3));
        network.Initialise(3);
        network.Manifest = new ModelManifest
        {
            Name = "weather", Task = ModelTask.Classification, Labels = ["clear", "rain", "fog"],
        };
        NetworkFile.Save(network, File("weather.safetensors"));
        using var motion = new Sequential(
            "motion", new Kernels.Graph.Shape(3, 8, 10, 3),
            new TimeDistributed(
                new Conv2D(4, 3) { Activation = Activation.Relu }, new GlobalAveragePooling2D()),
            new Lstm(4) { ReturnSequences = true }, new TimeDistributed(new Dense(2)));
        motion.Initialise(4);
        motion.Manifest = new ModelManifest
        {
            Name = "motion", Task = ModelTask.Classification, Labels = ["standing", "moving"],
        };
        NetworkFile.Save(motion, File("motion.safetensors"));
        Directory.CreateDirectory(File("frames"));
        for (int i = 0; i < 5; i++)
        {
            System.IO.File.Copy(File($"pictures/p{i % 2}.png"), File($"frames/{i}.png"));
        }

        OnnxModelFile.Save(ReferenceModels.UNet(size: 16), File("unet.onnx"));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void AllMethodsOfAFolderMakePicturesAndAReport()
    {
        string output = File("all");
        var json = Rtv.Run(
            "explain", File("weather.safetensors"), "--input", File("pictures"), "--class", "rain",
            "--method", "all", "--layer", "conv2d", "--curves", "--out", output, "--json")
            .Exits(0).Json;

        Assert.That(json["pictures"]!.AsArray(), Has.Count.EqualTo(2));
        var first = json["pictures"]![0]!;
        Assert.That((string?)first["class"], Is.EqualTo("rain"));
        Assert.That((string?)json["layer"], Is.EqualTo("conv2d"));
        foreach (string method in (string[])[
            "saliency", "integrated-gradients", "smoothgrad", "grad-cam", "grad-cam++", "occlusion",
            "activations"])
        {
            string file = (string)first["files"]![method]!;
            var picture = Media.Picture.Load(file);
            Assert.That(picture.Width, method == "activations" ? Is.Positive : Is.EqualTo(40), file);
        }

        Assert.That((double)first["grad-cam_deletion"]!, Is.InRange(0, 1));
        Assert.That(System.IO.File.Exists(Path.Combine(output, "filters.png")), Is.True);
        Assert.That(System.IO.File.Exists(Path.Combine(output, "filters.conv2d.png")), Is.True);
        string report = System.IO.File.ReadAllText((string)json["report"]!);
        Assert.That(report, Does.Contain("grad-cam++").And.Contain("insertion"));
        Assert.That(report, Does.Not.Contain("<script").And.Not.Contain("http"));
    }

    [Test]
    public void FilesOfOthersAreExplained()
    {
        string output = File("onnx");
        var json = Rtv.Run(
            "explain", File("unet.onnx"), "--input", File("pictures/p0.png"), "--out", output,
            "--json").Exits(0).Json;
        Assert.That((int)json["pictures"]![0]!["index"]!, Is.Zero);
        Assert.That(
            System.IO.File.Exists(Path.Combine(output, "p0.grad-cam.png")), Is.True);
        var layers = Rtv.Run("explain", File("unet.onnx"), "--layers", "--json").Exits(0).Json;
        Assert.That(
            layers["layers"]!.AsArray().Select(l => (string?)l!["name"]),
            Does.Contain((string?)layers["default"]));
        Assert.That((string?)layers["default"], Is.EqualTo((string?)json["layer"]));
    }

    [Test]
    public void ClipsAreExplainedFrameByFrame()
    {
        string model = File("motion.safetensors"), output = File("clip");
        var json = Rtv.Run(
            "explain", model, "--input", File("frames"), "--frame", "3", "--method", "all", "--layer",
            "time_distributed/conv2d", "--channels", "0,2", "--out", output, "--json").Exits(0).Json;
        var clip = json["pictures"]!.AsArray().Single()!;
        Assert.That((int)clip["first_frame"]!, Is.EqualTo(1));
        Assert.That(clip["over_time"]!.AsArray(), Has.Count.EqualTo(4));
        var strip = Media.Picture.Load((string)clip["files"]!["grad-cam"]!);
        Assert.That((strip.Width, strip.Height), Is.EqualTo((6 * 12 - 2, 8)), "six columns");
        string report = System.IO.File.ReadAllText((string)json["report"]!);
        Assert.That(report, Does.Contain("frame by frame").And.Contain("of the map"));

        Rtv.Run("explain", model, "--input", File("frames"), "--frame", "1")
            .FailsSaying(1, "clips of 3 frames", "has 2 up to frame 1");
        Rtv.Run("explain", model, "--input", File("frames"), "--frame", "7")
            .FailsSaying(1, "5 frames, 0 to 4", "no 7");
        Rtv.Run(
            "explain", File("weather.safetensors"), "--input", File("pictures/p0.png"), "--frame", "1")
            .FailsSaying(2, "single pictures");
    }

    [Test]
    public void ChannelsAndLayersAreChosen()
    {
        string model = File("weather.safetensors"), picture = File("pictures/p0.png");
        string output = File("channels");
        var json = Rtv.Run(
            "explain", model, "--input", picture, "--method", "activations", "filters", "--layer",
            "conv2d,dense", "--channels", "1-2", "--out", output, "--json").Exits(0).Json;
        var files = json["pictures"]![0]!["files"]!.AsObject();
        Assert.That(
            files.Select(f => f.Key), Is.EqualTo(new[] { "activations.conv2d", "activations.dense" }));
        Assert.That(
            json["filters"]!.AsArray().Select(f => (string?)f),
            Is.EqualTo(new[] { "first layer", "conv2d", "dense" }));
        Assert.That(
            System.IO.File.ReadAllText((string)json["report"]!),
            Does.Contain("channels 1 to 2 of 6").And.Contain("channels 1 to 2 of 3"));
        Rtv.Run(
            "explain", model, "--input", picture, "--layer", "conv2d", "dense", "--channels", "0-3",
            "--method", "filters")
            .FailsSaying(1, "'dense'", "3 channels, 0 to 2", "no 3");
        Rtv.Run("explain", model, "--input", picture, "--channels", "3-1")
            .FailsSaying(2, "--channels", "0-63");
    }

    [Test]
    public void WhatIsWrongIsNamed()
    {
        string model = File("weather.safetensors"), picture = File("pictures/p0.png");
        Rtv.Run("explain", model, "--input", picture, "--layer", "conv2")
            .FailsSaying(1, "no layer 'conv2'", "'conv2d'");
        Rtv.Run("explain", model, "--input", picture, "--class", "snow")
            .FailsSaying(1, "no class 'snow'", "clear, rain, fog");
        Rtv.Run("explain", model, "--input", picture, "--method", "magic")
            .FailsSaying(2, "--method", "grad-cam", "occlusion");
        Rtv.Run("explain", model).FailsSaying(2, "--input");
        Rtv.Run("explain", model, "--input", File("none.png")).FailsSaying(1, "none.png");
        Rtv.Run("explain", model, "--input", picture, "--layer", "dense")
            .FailsSaying(1, "maps", "'dense'");
    }

    private string File(string name) => Path.Combine(_folder, name);
}
