using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// The recipes of samples/recipes whose data nobody ships, on small data in the formats of the real
/// ones.
/// </summary>
[TestFixture]
public sealed class SampleRecipeTests
{
    private static readonly string[] Colours =
    [
        "red", "green", "blue", "yellow", "cyan", "magenta", "white", "black", "orange", "violet",
    ];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("rtv-recipe-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void CifarConvnetLearnsTheBinaryFiles()
    {
        File.WriteAllLines(At("batches.meta.txt"), Colours);
        WriteCifar("data_batch_1.bin", 150);
        WriteCifar("data_batch_2.bin", 150);
        WriteCifar("test_batch.bin", 50);

        var json = Rtv.Run(
            "train", Recipe("cifar-convnet"), "--data", _folder, "--epochs", "3", "--out", At("out"),
            "--json").Exits(0).Json;

        Assert.That(json["accuracy"]!.GetValue<double>(), Is.GreaterThan(0.4));
        Assert.That(json["skipped"]!.GetValue<int>(), Is.Zero);
    }

    [Test]
    public void UNetFolderLearnsPicturesAndMasksAndCountsWhatItLeavesOut()
    {
        const int Count = 30, Side = 64;
        var street = new StreetSegmentationDataset(new StreetDatasetOptions
        {
            Width = Side, Height = Side, Count = Count, Seed = 3, Detail = 1,
        });
        Directory.CreateDirectory(At("pictures"));
        Directory.CreateDirectory(At("masks"));
        var (picture, classes) = (new byte[Side * Side * 3], new int[Side * Side]);
        for (int i = 0; i < Count; i++)
        {
            street.Read(i, picture, MemoryMarshal.AsBytes(classes.AsSpan()));
            Picture.SavePng(picture, Side, Side, PixelFormat.Rgb24, At($"pictures/{i}.png"));

            // The sky is the background.
            byte[] mask = [.. classes.Select(c => (byte)(c == 0 ? 0 : 1))];
            Picture.SavePng(mask, Side, Side, PixelFormat.Gray8, At($"masks/{i}.png"));
        }

        File.WriteAllText(At("pictures/7.png"), "no picture");
        File.Delete(At("masks/9.png"));
        Picture.SavePng(new byte[9], 3, 3, PixelFormat.Gray8, At("masks/11.png"));

        string small = File.ReadAllText(Recipe("unet-folder"))
            .Replace("size: 128", "size: 32")
            .Replace("filters: [32, 64, 128]", "filters: [8, 16]");
        File.WriteAllText(At("unet.yaml"), small);

        var run = Rtv.Run(
            "train", At("unet.yaml"), "--data", _folder, "--epochs", "6", "--out", At("out"),
            "--json").Exits(0);

        Assert.Multiple(() =>
        {
            Assert.That(run.Json["mean_iou"]!.GetValue<double>(), Is.GreaterThan(0.4));
            Assert.That(run.Json["skipped"]!.GetValue<int>(), Is.EqualTo(3));
            Assert.That(run.Error, Does.Contain("7.png").And.Contain("2 pictures or masks"));
        });
    }

    [Test]
    public void Vgg16FeaturesTakesWeightsOfAFileAndTrainsAHead()
    {
        using var vgg = Zoo.Create(
            "vgg16", new ZooOptions { IncludeTop = false, Input = new Shape(32, 32, 3), Width = 0.125f });
        vgg.Initialise(seed: 9);
        SaveAsTorchvision(vgg, At("vgg16.safetensors"));
        WriteClasses(20);
        File.WriteAllText(At("classes/1/broken.png"), "no picture");
        string text = File.ReadAllText(Recipe("vgg16-features"))
            .Replace("size: 224", "size: 32")
            .Replace("include_top: false", "include_top: false, width: 0.125")
            .Replace("../data/", "")
            .Replace("batch_size: 16", "batch_size: 8");
        string recipe = At("vgg16.yaml");
        File.WriteAllText(recipe, text);

        var run = Rtv.Run("train", recipe, "--epochs", "1", "--out", At("out"), "--json").Exits(0);

        using var trained = NetworkFile.Load(run.Json["model"]!.GetValue<string>());
        var before = vgg.Parameters.ToDictionary(p => p.Name, p => p.Values.ToArray());
        Assert.Multiple(() =>
        {
            Assert.That(run.Json["skipped"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(run.Error, Does.Contain("broken.png"));
            Assert.That(trained.Parameters, Has.Count.EqualTo(before.Count + 2));
            foreach (var (name, values) in before)
            {
                Assert.That(trained.Parameter(name).Values.ToArray(), Is.EqualTo(values), name);
            }
        });
    }

    [Test]
    public void WeightsThatDoNotFitAreNamed()
    {
        WriteClasses(20);
        using var vgg = Zoo.Create(
            "vgg16", new ZooOptions { IncludeTop = false, Input = new Shape(32, 32, 3), Width = 0.25f });
        SaveAsTorchvision(vgg, At("vgg16.safetensors"));
        string text = File.ReadAllText(Recipe("vgg16-features"))
            .Replace("size: 224", "size: 32")
            .Replace("include_top: false", "include_top: false, width: 0.125")
            .Replace("../data/", "");
        File.WriteAllText(At("other.yaml"), text);
        File.WriteAllText(At("none.yaml"), text.Replace("vgg16.safetensors", "none.safetensors"));
        File.WriteAllText(At("cut.yaml"), text.Replace("cut: max_pooling2d_4", "cut: flatten_70"));

        Rtv.Run("train", At("other.yaml"), "--out", At("out"))
            .FailsSaying(1, "vgg16.safetensors", "features.0.weight");
        Rtv.Run("train", At("none.yaml"), "--out", At("out"))
            .FailsSaying(1, "none.yaml", "model.weights", "none.safetensors", "no such file");
        SaveAsTorchvision(Narrow(), At("vgg16.safetensors"));
        Rtv.Run("train", At("cut.yaml"), "--out", At("out"))
            .FailsSaying(1, "cut.yaml", "flatten_70", "max_pooling2d_4");

        static Network Narrow() => Zoo.Create(
            "vgg16", new ZooOptions { IncludeTop = false, Input = new Shape(32, 32, 3), Width = 0.125f });
    }

    [Test]
    public void APictureThatCannotBeReadIsNamedWhereNothingIsLeftOut()
    {
        WriteClasses(20);
        File.WriteAllText(At("classes/1/broken.png"), "no picture");
        File.WriteAllText(
            At("strict.yaml"),
            """
            name: strict
            data: { type: class_folder, folder: classes, size: 8 }
            model:
              layers:
                - { layer: flatten }
                - { layer: dense, units: 2 }
            task: { type: classification, class_weights: balanced }
            training: { epochs: 2, batch_size: 4, optimiser: { type: rmsprop, learning_rate: 0.001, centred: true, momentum: 0.5 } }
            """);

        Rtv.Run("train", At("strict.yaml"), "--out", At("out")).FailsSaying(1, "broken.png");
        File.Delete(At("classes/1/broken.png"));
        var json = Rtv.Run("train", At("strict.yaml"), "--out", At("whole"), "--json").Exits(0).Json;
        Assert.That(json["skipped"]!.GetValue<int>(), Is.Zero);
    }

    // Dark and light pictures, in two folders.
    private void WriteClasses(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Directory.CreateDirectory(At($"classes/{i % 2}"));
            byte[] pixels = [.. Enumerable.Repeat((byte)((i % 2 * 150) + i), 32 * 32 * 3)];
            Picture.SavePng(pixels, 32, 32, PixelFormat.Rgb24, At($"classes/{i % 2}/{i}.png"));
        }
    }

    // As PyTorch has it: kernels [O, I, KH, KW].
    private static void SaveAsTorchvision(Network network, string path)
    {
        var names = WeightMapping.TorchvisionVgg(network).Names;
        Safetensors.Save(path, network.Parameters.Select(p =>
        {
            int[] shape = [.. p.Type.Shape.Sizes];
            float[] values = p.Values.ToArray();
            if (shape.Length < 4)
            {
                return SafetensorsTensor.Create(names[p.Name], [shape[0]], values);
            }

            var (taps, inputs, outputs) = (shape[0] * shape[1], shape[2], shape[3]);
            var turned = new float[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                var (o, c, tap) = (i % outputs, i / outputs % inputs, i / outputs / inputs);
                turned[(((o * inputs) + c) * taps) + tap] = values[i];
            }

            return SafetensorsTensor.Create(
                names[p.Name], [outputs, inputs, shape[0], shape[1]], turned);
        }));
    }

    private void WriteCifar(string name, int count)
    {
        var random = new Random(count);
        var file = new byte[count * 3073];
        for (int i = 0; i < count; i++)
        {
            var record = file.AsSpan(i * 3073, 3073);
            record[0] = (byte)(i % 10);
            for (int channel = 0; channel < 3; channel++)
            {
                // Each class has a brightness in each of the three planes.
                int level = ((i % 10 * 7) + (channel * 5)) % 10 * 20;
                foreach (ref byte pixel in record.Slice(1 + (channel * 1024), 1024))
                {
                    pixel = (byte)(level + random.Next(40));
                }
            }
        }

        File.WriteAllBytes(At(name), file);
    }

    private static string Recipe(string name) =>
        Repository.PathOf("samples", "recipes", $"{name}.yaml");

    private string At(string name) => Path.Combine(_folder, name);
}
