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
