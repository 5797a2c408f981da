using RealtimeVision.Cli.Live;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary><c>rtv live --teach</c>: classes taught by frames of a stream.</summary>
public class TeachingTests
{
    private const int Frames = 24;
    private string _folder = "";
    private string _backbone = "";

    [OneTimeSetUp]
    public void MakeBackboneAndPictures()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-teach-").FullName;
        _backbone = File("backbone.safetensors");
        using var network = new Sequential(
            "backbone", new Shape(16, 16, 3), new Conv2D(8, 3) { Activation = Activation.Relu },
            new GlobalAveragePooling2D(), new Dense(4));
        network.Initialise(3);
        network.Manifest = new ModelManifest
        {
            Name = "backbone", Task = ModelTask.Classification,
            Input = new ManifestInput { Mean = [0.5f, 0.5f, 0.5f], Std = [0.2f, 0.2f, 0.2f] },
        };
        NetworkFile.Save(network, _backbone);

        // Red, blue, red, blue: the second half is not taught.
        Directory.CreateDirectory(File("stream"));
        for (int i = 0; i < 4 * Frames; i++)
        {
            bool isRed = i / Frames % 2 == 0;
            string name = $"{i:d3}.png";
            SavePicture(isRed, i, File($"stream/{name}"));
            if (i >= 2 * Frames)
            {
                Directory.CreateDirectory(File(isRed ? "kinds/red" : "kinds/blue"));
                SavePicture(isRed, i, File(isRed ? $"kinds/red/{name}" : $"kinds/blue/{name}"));
            }
        }
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void WhatFramesTaughtIsToldSavedAndUsed()
    {
        string taught = File("taught.safetensors");
        var json = Live(
            "--source", File("stream"), "--teach", _backbone, "--teach-hidden", "4",
            "--teach-script", $"{Frames}-{(2 * Frames) - 1}:blue, 0-{Frames - 1}:red", "--teach-save", taught,
            "--snapshot", File("taught.png")).Exits(0).Json;
        Assert.That(json["model"]!.GetValue<string>(), Is.EqualTo("taught on backbone"));
        Assert.That(
            json["taught"]!.ToJsonString(), Is.EqualTo($$"""{"red":{{Frames}},"blue":{{Frames}}}"""));
        Assert.That(json["taught_accuracy"]!.GetValue<double>(), Is.EqualTo(1));
        Assert.That(json["classifier"]!.GetValue<string>(), Is.EqualTo(taught));
        Assert.That(System.IO.File.Exists(File("taught.png")), Is.True);

        Assert.That(
            Live("--source", File("stream"), "--model", taught).Exits(0).Json["model"]!.GetValue<string>(),
            Is.EqualTo("taught"));
        string recipe = File("kinds.yaml");
        System.IO.File.WriteAllText(recipe,
            """
            name: kinds
            data: { type: class_folder, folder: kinds, size: [16, 16], classes: [red, blue], test: 0.5 }
            model: { zoo: convnet }
            task: { type: classification }
            training: { epochs: 1, batch_size: 4, optimiser: { type: adam, learning_rate: 0.01 } }
            """);
        var scores = Rtv.Run("eval", taught, "--recipe", recipe, "--json").Exits(0).Json;
        Assert.That(scores["accuracy"]!.GetValue<double>(), Is.EqualTo(1));
        string prediction = Rtv.Run("predict", taught, File($"stream/{4 * Frames - 1:d3}.png")).Exits(0).Output;
        Assert.That(prediction, Does.StartWith("blue"));
    }

    [Test]
    public async Task HeldKeysTeachAndOthersUndoAndSave()
    {
        string path = File("keys.safetensors");
        using var run = await LiveRuns.CreateAsync(
            [File("stream")], [],
            plan: new TeachingPlan(_backbone, new TeacherOptions(), null, ["red"], path));
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame?.Index >= 2, "frames");
        Assert.That(run.State.Teaching!.Lines[^1], Is.EqualTo("T, then hold 1 to 9 to show a class"));
        run.Controller.Press(ViewerKey.T);
        Hold(ViewerKey.D1, 16);
        Until(Frames + 2);
        Hold(ViewerKey.D2, Frames + 16);

        // The key goes up while no frame comes.
        run.State.Paused = true;
        LiveRuns.Until(run, () => Lines().Contains("live, accuracy 100 %"), "classifier");
        Assert.That(
            run.State.Teaching.Classes.Select(c => (c.Key, c.Name, c.Frames > 8, c.IsLive, c.IsHeld)),
            Is.EqualTo([(1, "red", true, true, false), (2, "class 2", true, true, false)]));
        ReadOnlySpan<byte> red = run.State.Teaching.Classes[0].Thumbnail!.Pixels;
        ReadOnlySpan<byte> blue = run.State.Teaching.Classes[1].Thumbnail!.Pixels;
        Assert.That((red[0] > red[2], blue[0] < blue[2]), Is.EqualTo((true, true)), "the newest frames");
        run.State.Paused = false;
        Until((2 * Frames) + 2);
        Assert.That(run.State.Labels[0].Text, Is.EqualTo("red"));
        Until((3 * Frames) + 2);
        Assert.That(run.State.Labels[0].Text, Is.EqualTo("class 2"));

        run.State.Paused = true;
        run.Controller.Press(ViewerKey.A);
        LiveRuns.Until(run, () => run.State.Message == $"saved {path}", "file");
        run.Controller.Press(ViewerKey.X);
        LiveRuns.Until(run, () => Lines().Contains("two classes are needed, only 'red' is taught"), "undo");
        run.Controller.Press(ViewerKey.A);
        LiveRuns.Until(run, () => run.State.Message?.StartsWith("there is no classifier") == true, "message");
        run.Controller.Press(ViewerKey.X);
        run.Controller.Press(ViewerKey.X);
        LiveRuns.Until(run, () => run.State.Teaching.Classes.All(c => c.Frames == 0), "undo");
        Assert.That(run.State.Teaching.Classes.Select(c => c.Name), Is.EqualTo(["red"]), "it has a name");
        using var saved = NetworkFile.Load(path);
        Assert.That(saved.Manifest!.Labels, Is.EqualTo(["red", "class 2"]));

        void Until(long frame) => LiveRuns.Until(run, () => run.State.Frame!.Index >= frame, $"frame {frame}");

        void Hold(ViewerKey key, long until)
        {
            run.Controller.Press(key);
            Until(until);
            run.Controller.Release(key);
        }

        string Lines() => string.Join("; ", run.State.Teaching!.Lines);
    }

    [Test]
    public void WhatCannotBeTaughtIsSaid()
    {
        string stream = File("stream");
        Live("--source", stream, "--teach-script", "0-5:red").FailsSaying(2, "--teach is missing");
        foreach (string script in new[] { "0:red", "5-2:red", "0-5", "0-5:", "a-b:red", "0-5:a,5-6:b" })
        {
            Live("--source", stream, "--teach", _backbone, "--teach-script", script)
                .FailsSaying(2, "--teach-script");
        }

        string many = string.Join(',', Enumerable.Range(0, 17).Select(i => $"{i}-{i}:class {i}"));
        Live("--source", stream, "--teach", _backbone, "--teach-script", many)
            .FailsSaying(2, "--teach-script", "17 classes", "16 at most");
        Live("--source", stream, "--teach", _backbone, "--teach-names", "a,a").FailsSaying(2, "--teach-names");
        Live("--source", stream, "--teach", "zoo:clip").FailsSaying(2, "zoo:clip", "takes clips");
        Live("--source", stream, "--teach", _backbone, "--teach-features", "nothing")
            .FailsSaying(2, "no layer 'nothing'");
        string path = File("nothing.safetensors");
        Live("--source", stream, "--teach", _backbone, "--teach-script", "0-20:red", "--teach-save", path)
            .FailsSaying(1, "nothing.safetensors is not written", "only 'red' is taught");
        Assert.That(System.IO.File.Exists(path), Is.False);
    }

    private static Rtv Live(params string[] arguments) =>
        Rtv.Run(["live", "--headless", "--device", "cpu", "--json", .. arguments]);

    private static void SavePicture(bool isRed, int number, string path)
    {
        var frame = new Frame();
        frame.Resize(16, 16, PixelFormat.Rgb24);
        var random = new Random(number);
        for (int i = 0; i < frame.Pixels.Length; i++)
        {
            bool isOwn = i % 3 == (isRed ? 0 : 2);
            frame.Pixels[i] = (byte)((isOwn ? 160 : 70) + random.Next(60));
        }

        Picture.SavePng(frame, path);
    }

    private string File(string name) => Path.Combine(_folder, name);
}
