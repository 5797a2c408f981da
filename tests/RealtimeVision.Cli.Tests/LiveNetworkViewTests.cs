using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary><c>rtv live</c> shows the inside of the networks that it runs.</summary>
public class LiveNetworkViewTests
{
    private string _folder = "";

    [OneTimeSetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-inside-").FullName;
        using var network = new Sequential(
            "weather", new Shape(32, 32, 3), new Conv2D(6, 3) { Activation = Activation.Relu },
            new GlobalAveragePooling2D(), new Dense(3));
        network.Initialise(3);
        network.Manifest = new ModelManifest
        {
            Name = "weather", Task = ModelTask.Classification, Labels = ["clear", "rain", "fog"],
        };
        NetworkFile.Save(network, File("weather.safetensors"));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void EachViewOfTheInsideIsAnotherPicture()
    {
        byte[][] pictures =
        [
            Shot("video"), Shot("grad-cam"), Shot("feature-maps"), Shot("video", "inside"),
        ];
        for (int i = 0; i < pictures.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.That(pictures[i].SequenceEqual(pictures[j]), Is.False, $"{i} and {j}");
            }
        }
    }

    [Test]
    public async Task AStreamThatStandsStillShowsTheInsideOfItsFrame()
    {
        using var run = await LiveRuns.CreateAsync(
            ["street:size=320x180,weather=clear"], [File("weather.safetensors")]);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index >= 2, "frames");
        run.State.Paused = true;
        run.Obey();
        LiveRuns.Until(run, () => run.Stream.Engine.IsDrained && !run.Update(), "stand");
        var view = run.Stream.View;
        Assert.That(view[ViewPlane.ClassMap], Is.Null);
        run.State.View = Views.All.Single(v => v.Id == "grad-cam");
        LiveRuns.Until(run, () => view[ViewPlane.ClassMap] is not null, "map of the class");

        // One that was being read when it was paused may have come before.
        long frame = run.State.Frame!.Index;
        run.State.View = Views.All.Single(v => v.Id == "feature-maps");
        run.State.ShowInside = true;
        LiveRuns.Until(
            run, () => view[ViewPlane.FeatureMaps] is not null && view.Inside?.Histogram.Count > 0,
            "maps of the layer");
        Assert.That(run.State.Frame!.Index, Is.EqualTo(frame), "it stood still");
    }

    private byte[] Shot(string view, string? shown = null)
    {
        string path = File($"{view}{shown}.png");
        Rtv.Run([
            "live", "--headless", "--device", "cpu", "--pace", "every-frame", "--frames", "4",
            "--source", "street:size=320x180,weather=clear", "--model",
            File("weather.safetensors"), "--view", view, "--snapshot", path,
            .. shown is null ? Array.Empty<string>() : ["--show", shown],
        ]).Exits(0);
        return Media.Picture.Load(path).Pixels.ToArray();
    }

    private string File(string name) => Path.Combine(_folder, name);
}
