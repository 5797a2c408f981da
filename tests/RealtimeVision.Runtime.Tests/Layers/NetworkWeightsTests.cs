using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Layers;

/// <summary>Weights from files into networks.</summary>
public sealed class NetworkWeightsTests
{
    private const int Side = 64;
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void Vgg16HasTheNamesOfTorchvision()
    {
        using var network = Zoo.Create("vgg16");
        var mapping = WeightMapping.TorchvisionVgg(network);
        int[] features = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

        Assert.That(mapping.Names.Keys, Is.EquivalentTo(network.Parameters.Select(p => p.Name)));
        Assert.That(
            mapping.Names.Values, Is.EquivalentTo(
                features.Select(f => $"features.{f}").Concat(
                    [.. new[] { 0, 3, 6 }.Select(c => $"classifier.{c}")])
                    .SelectMany(layer => new[] { layer + ".weight", layer + ".bias" })));
        Assert.That(mapping.Names["conv2d_1/kernel"], Is.EqualTo("features.2.weight"));
        Assert.That(mapping.Names["classifier/bias"], Is.EqualTo("classifier.6.bias"));
    }

    // The picture that is flattened is 2x2, so that the order of its axes matters.
    [Test]
    public void ATinyVgg16OfAFileGivesWhatOnnxRuntimeDoes()
    {
        using var network = TinyVgg();
        string onnx = SaveReference(network, out string weights);
        network.LoadWeights(weights, WeightMapping.TorchvisionVgg(network));

        var picture = ReferenceTensor.Random(3, 1, 3, Side, Side);
        var expected = OrtReference.Run(
            onnx, new Dictionary<string, ReferenceTensor> { ["input"] = picture })["output"];
        float[] nhwc = new float[picture.Floats.Length];
        for (int i = 0; i < nhwc.Length; i++)
        {
            nhwc[i] = picture.Floats[(i % 3 * Side * Side) + (i / 3)];
        }

        using var device = new CpuDevice(1);
        using var session = new Session(network, device);
        float[] actual = session.Run(new Dictionary<string, Tensor>
        {
            ["input"] = Tensor.Of(new Shape(1, Side, Side, 3), nhwc),
        })[network.Outputs[0].Name].As<float>().ToArray();
        Assert.That(expected.RelativeError(actual), Is.LessThan(1e-4));
        Assert.That(expected.Floats.Max(MathF.Abs), Is.GreaterThan(1e-3f));
    }

    [Test]
    public void ATopOfItsOwnKeepsItsValues()
    {
        using var network = TinyVgg(classes: 3);
        SaveReference(TinyVgg(), out string weights);
        network.Initialise(4);
        float[] top = network.Parameter("classifier/kernel").Values.ToArray();
        var mapping = WeightMapping.TorchvisionVgg(network);

        Assert.That(
            () => network.LoadWeights(weights, mapping),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("'classifier.6.weight' is "
                + "Float32[5, 256] and has to be Float32[3, 256]; 'classifier.6.bias' is"));
        Assert.That(network.Parameter("conv2d/bias").Values.ToArray(), Is.All.Zero);
        network.LoadWeights(weights, mapping.Without("classifier"));
        Assert.That(network.Parameter("conv2d/bias").Values.ToArray(), Is.All.Not.Zero);
        Assert.That(network.Parameter("classifier/kernel").Values.ToArray(), Is.EqualTo(top));
        Assert.That(() => mapping.Without("head"), Throws.ArgumentException.With.Message.Contains("'head'"));
    }

    [Test]
    public void ANetworkTakesTheWeightsOfAnotherByName()
    {
        using var trained = TinyVgg();
        trained.Initialise(8);
        string path = _directory.File("trained.safetensors");
        NetworkFile.Save(trained, path);
        using var network = TinyVgg(classes: 2);
        network.LoadWeights(path, WeightMapping.Own(network).Without("classifier"));

        Assert.That(
            network.Parameter("dense_1/kernel").Values.ToArray(),
            Is.EqualTo(trained.Parameter("dense_1/kernel").Values.ToArray()));
    }

    [Test]
    public void MissingTensorsAreAllNamed()
    {
        using var network = TinyVgg();
        string path = _directory.File("some.safetensors");
        Safetensors.Save(path, [SafetensorsTensor.Create<float>("features.0.bias", [4], new float[4])]);
        Assert.That(
            () => network.LoadWeights(path, WeightMapping.TorchvisionVgg(network)),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains(
                "some.safetensors: ").And.Message.Contains("'features.0.weight' is missing; "
                + "'features.2.weight' is missing"));
    }

    private static Network TinyVgg(int classes = 5) => Zoo.Create("vgg16", new ZooOptions
    {
        Input = new Shape(Side, Side, 3), Width = 1f / 16, Classes = classes,
    });

    // The same network as PyTorch would export it, and its weights as torchvision names them.
    private string SaveReference(Network network, out string weights)
    {
        var b = new OnnxModelBuilder(name: "vgg");
        var x = b.Input("input", 1, 3, Side, Side);
        bool isFlat = false;
        foreach (var node in network.Layers)
        {
            switch (node.Layer)
            {
                case Conv2D conv:
                    x = b.Relu(b.Conv(x, conv.Filters, 3));
                    break;
                case MaxPooling2D:
                    x = b.Pool("MaxPool", x, 2, 2);
                    break;
                case Dense dense:
                    x = b.Gemm(isFlat ? x : b.Flatten(x), dense.Units);
                    isFlat = true;
                    x = dense.Activation == Activation.Relu ? b.Relu(x) : x;
                    break;
            }
        }

        var proto = b.Output("output", x).Build();
        string onnx = _directory.File("vgg.onnx");
        OnnxModelFile.Save(proto, onnx);
        int[] features = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
        string[] names = [.. features.Select(f => $"features.{f}"), "classifier.0", "classifier.3", "classifier.6"];
        var layers = proto.Graph!.Node.Where(n => n.OpType is "Conv" or "Gemm").ToArray();
        Assert.That(layers, Has.Length.EqualTo(names.Length));
        weights = _directory.File("vgg.safetensors");
        Safetensors.Save(weights, layers.Zip(names).SelectMany(l => new[]
        {
            Tensor(l.Second + ".weight", l.First.Input[1]), Tensor(l.Second + ".bias", l.First.Input[2]),
        }));
        return onnx;

        SafetensorsTensor Tensor(string name, string initialiser)
        {
            var tensor = proto.Graph!.Initializer.Single(t => t.Name == initialiser);
            return SafetensorsTensor.Create<float>(name, [.. tensor.Dims], OnnxTensor.ToSingles(tensor));
        }
    }
}
