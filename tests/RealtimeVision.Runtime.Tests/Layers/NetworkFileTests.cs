using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using BatchNorm = RealtimeVision.Runtime.Layers.BatchNorm;
using Conv2D = RealtimeVision.Runtime.Layers.Conv2D;

namespace RealtimeVision.Runtime.Tests.Layers;

public sealed class NetworkFileTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void ANetworkIsTheSameAfterSavingAndLoading()
    {
        using var network = Small();
        network.Initialise(3);
        network.Manifest = Manifest("inside");
        string path = _directory.File("small.safetensors");
        NetworkFile.Save(
            network, path, "{\"epochs\": 3}", new Dictionary<string, string> { ["author"] = "me" });
        using var loaded = NetworkFile.Load(path);

        Assert.That(loaded.Name, Is.EqualTo("small"));
        Assert.That(loaded.Summary(), Is.EqualTo(network.Summary()));
        Assert.That(
            loaded.Parameters.Select(p => p.Values.ToArray()),
            Is.EqualTo(network.Parameters.Select(p => p.Values.ToArray())));
        Assert.That(loaded.Manifest, Is.EqualTo(network.Manifest).UsingPropertiesComparer());
        Assert.That(Run(loaded), Is.EqualTo(Run(network)));
        var metadata = NetworkFile.ReadMetadata(path);
        Assert.That(metadata[NetworkFile.TrainingKey], Is.EqualTo("{\"epochs\": 3}"));
        Assert.That(metadata["author"], Is.EqualTo("me"));

        byte[] first = File.ReadAllBytes(path);
        NetworkFile.Save(
            loaded, path, "{\"epochs\": 3}", new Dictionary<string, string> { ["author"] = "me" });
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(first));
    }

    [Test]
    public void AManifestBesideTheFileComesFirst()
    {
        using var network = Small();
        network.Manifest = Manifest("inside");
        string path = _directory.File("small.safetensors");
        NetworkFile.Save(network, path);
        using (var loaded = ModelFile.Load(path))
        {
            Assert.That(loaded, Is.TypeOf<Network>());
            Assert.That(loaded.Manifest!.Name, Is.EqualTo("inside"));
        }

        File.WriteAllText(ModelManifest.PathFor(path), Manifest("beside").ToJson());
        using var other = ModelFile.Load(path);
        Assert.That(other.Manifest!.Name, Is.EqualTo("beside"));
    }

    // What the format's own page says, read by other means than the library's reader.
    [Test]
    public void TheFileIsWhatOtherReadersExpect()
    {
        using var network = Small();
        string path = _directory.File("small.safetensors");
        NetworkFile.Save(network, path);

        byte[] bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.That(bytes[8], Is.EqualTo((byte)'{'));
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        Assert.That(
            header.RootElement.GetProperty("__metadata__").EnumerateObject()
                .Select(p => p.Value.ValueKind), Is.All.EqualTo(JsonValueKind.String));
        byte[] data = bytes[(8 + length)..];
        int end = 0;
        foreach (var field in header.RootElement.EnumerateObject().Skip(1))
        {
            Assert.That(field.Value.GetProperty("dtype").GetString(), Is.EqualTo("F32"));
            int[] offsets = [.. field.Value.GetProperty("data_offsets").EnumerateArray()
                .Select(o => o.GetInt32())];
            int[] shape = [.. field.Value.GetProperty("shape").EnumerateArray()
                .Select(o => o.GetInt32())];
            Assert.That(offsets[0], Is.EqualTo(end));
            end = offsets[1];
            Assert.That(end - offsets[0], Is.EqualTo(4 * shape.Aggregate(1, (a, b) => a * b)));
            Assert.That(
                MemoryMarshal.Cast<byte, float>(data.AsSpan(offsets[0]..end)).ToArray(),
                Is.EqualTo(network.Parameter(field.Name).Values.ToArray()));
        }

        Assert.That(end, Is.EqualTo(data.Length));
        Assert.That((8 + length) % 8, Is.Zero);
    }

    [Test]
    public void NumbersThatAreNotFiniteAreNotSaved()
    {
        using var network = Small();
        string path = _directory.File("small.safetensors");
        NetworkFile.Save(network, path);
        byte[] before = File.ReadAllBytes(path);
        network.Parameter("dense/bias").Set([1, float.NaN]);
        network.Parameter("batch_norm/mean").Set([0, 0, 0, float.PositiveInfinity]);

        Assert.That(
            () => NetworkFile.Save(network, path), Throws.ArgumentException.With.Message.Contains(
                "not finite in 'batch_norm/mean', 'dense/bias'"));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(before));
        Assert.That(Directory.GetFiles(_directory.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void TensorsThatDoNotFitAreAllNamed()
    {
        using var network = Small();
        string path = _directory.File("small.safetensors");
        NetworkFile.Save(network, path);
        string bad = _directory.File("bad.safetensors");
        using (var file = Safetensors.Open(path))
        {
            Safetensors.Save(
                bad,
                [
                    .. file.Tensors.Values.Where(t => t.Name != "dense/kernel")
                        .Select(t => t.Name == "dense/bias"
                            ? SafetensorsTensor.Create<float>(t.Name, [1, 2], [0, 0])
                            : new SafetensorsTensor(
                                t.Name, t.Type, t.Shape, file.ToBytes(t.Name))),
                    SafetensorsTensor.Create<float>("other", [1], [0]),
                ],
                file.Metadata);
        }

        Assert.That(
            () => NetworkFile.Load(bad),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("bad.safetensors")
                .And.Message.Contains("'dense/kernel' is missing; 'dense/bias' is Float32[1, 2] "
                    + "and has to be Float32[2]; 'other' is surplus"));
    }

    [TestCase("{\"layers\": [{\"layer\": \"dence\", \"name\": \"x\"}]}",
        "layer 'x' (dence): there is no such layer")]
    [TestCase("{", "bad network model")]
    [TestCase(
        """{"layers": [{"layer": "input", "type": [4], "name": "i"}, {"layer": "max_pooling2d", "size": 2, "name": "p"}]}""",
        "'p' on [4]")]
    [TestCase(null, "the file has tensors alone")]
    public void ABadGraphIsAnErrorThatNamesTheFile(string? graph, string message)
    {
        string path = _directory.File("bad.safetensors");
        Safetensors.Save(
            path, [],
            graph is null ? null
            : new Dictionary<string, string> { [NetworkFile.GraphKey] = graph });
        Assert.That(
            () => ModelFile.Load(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("bad.safetensors: ")
                .And.Message.Contains(message));
    }

    [Test]
    public void ABadManifestNamesTheField()
    {
        string path = _directory.File("bad.safetensors");
        Safetensors.Save(path, [], new Dictionary<string, string>
        {
            [NetworkFile.GraphKey] = """{"layers": [{"layer": "input", "type": [4], "name": "i"}]}""",
            [NetworkFile.ManifestKey] = """{"name": "x", "task": "sorting"}""",
        });
        Assert.That(
            () => NetworkFile.Load(path),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains(
                "'sorting' is none of classification, segmentation, in realtimevision.manifest: task"));
    }

    private static ModelManifest Manifest(string name) => new()
    {
        Name = name, Task = ModelTask.Classification, Labels = ["no", "yes"], Threshold = 0.6f,
        Input = new ManifestInput { Letterbox = false, Mean = [0.5f, 0.5f, 0.5f] },
    };

    private static Sequential Small() => new(
        "small", new Shape(8, 8, 3),
        new Conv2D(4, 3) { UseBias = false, Stride = 2 },
        new BatchNorm { Activation = Activation.Relu },
        new GlobalAveragePooling2D(),
        new Dense(2));

    private static float[] Run(Network network)
    {
        using var device = new CpuDevice(1);
        using var session = new Session(network, device);
        float[] picture = [.. Enumerable.Range(0, 192).Select(i => MathF.Sin(i))];
        var inputs = new Dictionary<string, Tensor>
        {
            [network.Inputs[0].Name] = Tensor.Of(new Shape(1, 8, 8, 3), picture),
        };
        return session.Run(inputs)[network.Outputs[0].Name].As<float>().ToArray();
    }
}
