using System.Diagnostics;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Cli.Tests;

/// <summary>Every verb on networks that this library has stored.</summary>
public class OwnNetworkTests
{
    private string _folder = "";

    [OneTimeSetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("rtv-own-").FullName;

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void RunAndInspectReadIt()
    {
        using var network = new Sequential(
            "digits", new Shape(6, 6, 3), new Conv2D(4, 3) { Activation = Activation.Relu },
            new Flatten(), new Dense(5));
        string path = Save(network, ModelTask.Classification);
        float[] picture = [.. Enumerable.Range(0, 108).Select(i => MathF.Cos(i))];
        Npy.Save<float>(File("picture.npy"), [1, 6, 6, 3], picture);

        Rtv.Run("run", path, "--input", $"input={File("picture.npy")}", "--output-dir", _folder)
            .Exits(0);
        var inspected = Rtv.Run("inspect", path, "--json").Exits(0).Json;

        using var device = new CpuDevice(1);
        using var session = new Session(network, device);
        var expected = session.Run(new Dictionary<string, Tensor>
        {
            ["input"] = Tensor.Of(new Shape(1, 6, 6, 3), picture),
        })["dense"];
        Assert.That(
            Npy.Load(File("dense.npy")).ToSingles(),
            Is.EqualTo(expected.As<float>().ToArray()).Within(1e-6f));
        Assert.That(
            inspected["parameters"]!.GetValue<long>(), Is.EqualTo(network.ParameterCount));
        Assert.That(inspected["model"]!.GetValue<string>(), Is.EqualTo("digits"));
    }

    [Test]
    public void NetworksOfTheZooAreShownAndRun()
    {
        var inspected = Rtv.Run("inspect", "zoo:mobilenetv2", "--json").Exits(0).Json;
        Assert.That(inspected["parameters"]!.GetValue<long>(), Is.EqualTo(3_504_872));
        var run = Rtv.Run("run", "zoo:resnet20", "--repeat", "1", "--json").Exits(0).Json;
        Assert.That(
            run["outputs"]!["classifier"]!["shape"]!.ToJsonString(), Is.EqualTo("[1,10]"));
        Rtv.Run("inspect", "zoo:resnet17").FailsSaying(1, "no network 'resnet17'", "resnet18");
        Assert.That(
            Rtv.Run("models", "list", "--json").Exits(0).Json["zoo"]!.AsArray()
                .Select(n => (string?)n),
            Does.Contain("unet"));
    }

    [Test]
    public void ThreeOfThemRunLiveTogether()
    {
        string clip = File("clip.mp4");
        var ffmpeg = Process.Start(
            "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=30:duration=1", clip]);
        ffmpeg.WaitForExit();
        Assert.That(ffmpeg.ExitCode, Is.Zero, "ffmpeg makes the clip");
        using var segmenter = new Sequential("areas", new Shape(16, 16, 3), new Conv2D(4, 3));
        using var weather = new Sequential(
            "weather", new Shape(16, 16, 3), new GlobalAveragePooling2D(), new Dense(3));
        using var motion = new Sequential(
            "motion", new Shape(5, 16, 16, 3),
            new TimeDistributed(new GlobalAveragePooling2D()), new Lstm(4), new Dense(2));

        var json = Rtv.Run(
            "live", "--headless", "--json", "--device", "cpu", "--source", clip,
            "--model", Save(segmenter, ModelTask.Segmentation),
            "--model", Save(weather, ModelTask.Classification),
            "--model", Save(motion, ModelTask.Classification),
            "--snapshot", File("last.png")).Exits(0).Json;

        Assert.That(json["model"]!.GetValue<string>(), Is.EqualTo("areas + weather + motion"));
        Assert.That(json["processed"]!.GetValue<long>(), Is.EqualTo(30));
        Assert.That(System.IO.File.Exists(File("last.png")), Is.True);
    }

    private string File(string name) => Path.Combine(_folder, name);

    private string Save(Network network, ModelTask task)
    {
        network.Initialise(2);
        network.Manifest = new ModelManifest { Name = network.Name, Task = task };
        string path = File(network.Name + ".safetensors");
        NetworkFile.Save(network, path);
        return path;
    }
}
