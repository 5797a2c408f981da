using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Layers;

/// <summary>ONNX models as layers: what they give, and training them further.</summary>
public sealed class ImportedModelTests
{
    private const int Batch = 3;
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void ALayerGivesWhatOnnxRuntimeDoes([Values] bool weightsAsConstants)
    {
        string path = SaveModel(Batch, weightsAsConstants);
        using var model = OnnxModel.Load(path);
        var input = Symbol.Input(8, 8, 3);
        var output = input.Then(new ImportedModel(model) { Output = "output" });
        using var network = new Network("net", input, output);
        Assert.That(network.Outputs[0].ToString(), Does.EndWith("Float32[batch, 4]"));

        Assert.That(Run(network, Pictures()), Is.EqualTo(Reference(path, "output")).Within(1e-4f));
    }

    [Test]
    public void AModelIsCutAtAPicture()
    {
        string path = SaveModel(Batch);
        using var model = OnnxModel.Load(path);
        var input = Symbol.Input(8, 8, 3);
        var features = input.Then(new ImportedModel(model) { Output = "features" });
        using var network = new Network("net", input, features);

        Assert.That(features.Shape, Is.EqualTo(new Shape(4, 4, 6)));
        Assert.That(network.Parameters.Any(p => p.Name.Contains("top")), Is.False);
        float[] expected = Reference(path, "features");
        float[] actual = Run(network, Pictures());
        for (int n = 0; n < Batch; n++)
        {
            for (int c = 0; c < 6; c++)
            {
                for (int i = 0; i < 16; i++)
                {
                    Assert.That(
                        actual[(((n * 16) + i) * 6) + c],
                        Is.EqualTo(expected[(((n * 6) + c) * 16) + i]).Within(1e-4f));
                }
            }
        }
    }

    [Test]
    public void WeightsHaveTheNamesOfTheFileAndTheOrderOfTheLibrary()
    {
        using var network = Tuned(SaveModel(1), frozen: false);
        Assert.That(
            network.Parameters.Select(p => $"{p.Name} {p.Type.Shape} {p.Role} {p.IsTrainable}"),
            Is.EqualTo(
            [
                "imported_model/conv.weight [3, 3, 3, 6] Weight True",
                "imported_model/conv.bias [6] Bias True",
                "imported_model/norm.scale [6] Bias True",
                "imported_model/norm.bias [6] Bias True",
                "imported_model/norm.mean [6] Statistic False",
                "imported_model/norm.variance [6] Statistic False",
                "dense/kernel [6, 2] Weight True",
                "dense/bias [2] Bias True",
            ]));
    }

    [Test]
    public void TrainingChangesWeightsAndNotStatistics()
    {
        string path = SaveModel(1);
        using var network = Tuned(path, frozen: false);
        var before = Values(network);
        var (first, last) = Train(network);
        var after = Values(network);

        Assert.That(last, Is.LessThan(0.9f * first));
        foreach (var parameter in network.Parameters)
        {
            var same = Is.EqualTo(before[parameter.Name]);
            Assert.That(
                after[parameter.Name],
                parameter.Role == ParameterRole.Statistic ? same : !same, parameter.Name);
        }

        network.Initialise(9);
        Assert.That(
            Values(network)["imported_model/conv.weight"],
            Is.EqualTo(after["imported_model/conv.weight"]));
    }

    [Test]
    public void FrozenWeightsStay()
    {
        using var network = Tuned(SaveModel(1), frozen: true);
        var before = Values(network);
        var (first, last) = Train(network);
        var after = Values(network);

        Assert.That(last, Is.LessThan(first));
        foreach (string name in before.Keys)
        {
            var same = Is.EqualTo(before[name]);
            Assert.That(after[name], name.StartsWith("imported") ? same : !same, name);
        }
    }

    [Test]
    public void AFileHasAllOfIt([Values] bool weightsAsConstants)
    {
        string onnx = SaveModel(1, weightsAsConstants);
        using var network = Tuned(onnx, frozen: false);
        Train(network);
        float[] expected = Run(network, Pictures());
        string path = _directory.File("tuned.safetensors");
        NetworkFile.Save(network, path);
        File.Delete(onnx);
        using var loaded = NetworkFile.Load(path);

        Assert.That(Run(loaded, Pictures()), Is.EqualTo(expected));
        Assert.That(loaded.Summary(), Is.EqualTo(network.Summary()));
        using (var file = Safetensors.Open(path))
        {
            Assert.That(
                file.Tensors.Keys, Is.EquivalentTo(
                    network.Parameters.Select(p => p.Name).Append("small.onnx")));
            Assert.That(file.Tensors["small.onnx"].ByteCount, Is.LessThan(1200));
        }

        byte[] bytes = File.ReadAllBytes(path);
        NetworkFile.Save(loaded, path);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(bytes));
        var (first, last) = Train(loaded);
        Assert.That(last, Is.LessThan(first));
    }

    [Test]
    public void AValueThatIsNotThereIsNamed()
    {
        using var model = OnnxModel.Load(SaveModel(1));
        Assert.That(
            () => new ImportedModel(model) { Output = "nothing" },
            Throws.ArgumentException.With.Message.Contains(
                "small computes no value 'nothing'; the last that it computes are"));
    }

    [Test]
    public void APictureThatDoesNotFitIsNamed()
    {
        using var model = OnnxModel.Load(SaveModel(1));
        Assert.That(
            () => Symbol.Input(8, 8, 1).Then(new ImportedModel(model)),
            Throws.TypeOf<ShapeException>().With.Message.Contains("ImportedModel on [8, 8, 1]: small"));
    }

    [Test]
    public void AHandWritesThePathOfTheFile()
    {
        string path = SaveModel(1);
        var layer = (ImportedModel)LayerCatalog.Parse(
            $$"""{"layer": "imported_model", "model": "{{path}}", "output": "features"}""");
        Assert.That(layer.Model.Outputs.Single().Name, Is.EqualTo("features"));
        Assert.That(
            () => LayerCatalog.ToJson(layer), Throws.TypeOf<NotSupportedException>());
    }

    [Test]
    public void ABiasThatIsAddedAfterAProductIsTrained()
    {
        var b = new OnnxModelBuilder();
        var x = b.Input("x", 1, 4);
        x = b.Add(b.MatMul(x, b.Weight(4, 1, 4, 3)), b.Uniform(-1, 1, 3));
        b.Output("y", b.Binary("Mul", x, b.Uniform(1, 2, 3)));
        using var model = OnnxModel.Of(b.Build());
        var input = Symbol.Input(4);
        using var network = new Network("net", input, input.Then(new ImportedModel(model)));

        Assert.That(
            network.Parameters.Select(p => p.Role),
            Is.EqualTo([ParameterRole.Weight, ParameterRole.Bias]));
    }

    private static Dictionary<string, float[]> Values(Network network) =>
        network.Parameters.ToDictionary(p => p.Name, p => p.Values.ToArray());

    private static float[] Pictures() =>
        [.. Enumerable.Range(0, Batch * 192).Select(i => MathF.Sin(i * 1.7f))];

    private static float[] Run(Network network, float[] pictures)
    {
        using var device = new CpuDevice(1);
        using var session = new Session(network, device);
        var inputs = new Dictionary<string, Tensor>
        {
            [network.Inputs[0].Name] = Tensor.Of(new Shape(Batch, 8, 8, 3), pictures),
        };
        return session.Run(inputs)[network.Outputs[0].Name].As<float>().ToArray();
    }

    private static (float First, float Last) Train(Network network)
    {
        using var device = new CpuDevice(2);
        using var state = new TrainingState(network, new Sgd(0.05f), device, 1);
        using var step = new TrainingStep(
            state, new Classification(), TensorType.Float(Batch, 8, 8, 3),
            new TensorType(ElementType.Int32, new Shape(Batch)));
        var losses = new List<float>();
        for (int i = 0; i < 20; i++)
        {
            losses.Add(step.Run(
                MemoryMarshal.AsBytes<float>(Pictures()), MemoryMarshal.AsBytes<int>([0, 1, 1])).Loss);
        }

        state.CopyToNetwork();
        return (losses[0], losses[^1]);
    }

    private static Network Tuned(string path, bool frozen)
    {
        var input = Symbol.Input(8, 8, 3);
        var features = new ImportedModel(OnnxModel.Load(path))
        {
            Output = "features", Frozen = frozen,
        };
        return new Network(
            "tuned", input,
            input.Then(features, new GlobalAveragePooling2D(), new Dense(2)));
    }

    // ONNX Runtime on the same pictures, [N, C, H, W].
    private static float[] Reference(string path, string output)
    {
        float[] nhwc = Pictures();
        float[] nchw = new float[nhwc.Length];
        for (int i = 0; i < nhwc.Length; i++)
        {
            nchw[(i / 192 * 192) + (i % 3 * 64) + (i % 192 / 3)] = nhwc[i];
        }

        return OrtReference.Run(path, new Dictionary<string, ReferenceTensor>
        {
            ["input"] = new ReferenceTensor([Batch, 3, 8, 8], nchw),
        })[output].Floats;
    }

    private string SaveModel(long batch, bool weightsAsConstants = false)
    {
        var b = new OnnxModelBuilder(opset: 13, name: "small")
        {
            WeightsAsConstants = weightsAsConstants,
        };
        var x = b.Input("input", batch, 3, 8, 8);
        x = b.Conv(x, 6, 3);
        x = b.Relu(b.BatchNorm(x));
        var features = b.Pool("MaxPool", x, 2, 2);
        x = b.Gemm(b.Flatten(b.GlobalAveragePool(features)), 4);
        b.Output("features", features).Output("output", x);
        var proto = b.Build();
        Rename(proto);
        string path = _directory.File("small.onnx");
        OnnxModelFile.Save(proto, path);
        return path;
    }

    // The builder numbers its tensors; files of others have names.
    private static void Rename(ModelProto proto)
    {
        var graph = proto.Graph!;
        foreach (var (type, names) in new[]
        {
            ("Conv", new[] { "", "conv.weight", "conv.bias" }),
            ("BatchNormalization", ["", "norm.scale", "norm.bias", "norm.mean", "norm.variance"]),
            ("Gemm", ["", "top.weight", "top.bias"]),
        })
        {
            var node = graph.Node.Single(n => n.OpType == type);
            for (int i = 1; i < names.Length; i++)
            {
                string before = node.Input[i];
                node.Input[i] = names[i];
                foreach (var tensor in graph.Initializer.Where(t => t.Name == before))
                {
                    tensor.Name = names[i];
                }

                foreach (var constant in graph.Node.Where(n => n.Output[0] == before))
                {
                    constant.Output[0] = names[i];
                }
            }
        }
    }
}
