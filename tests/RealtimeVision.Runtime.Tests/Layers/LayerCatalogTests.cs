using System.Text.Json;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Layers.Json;
using BatchNorm = RealtimeVision.Runtime.Layers.BatchNorm;
using Conv2D = RealtimeVision.Runtime.Layers.Conv2D;
using Dropout = RealtimeVision.Runtime.Layers.Dropout;
using Gru = RealtimeVision.Runtime.Layers.Gru;
using Reshape = RealtimeVision.Runtime.Layers.Reshape;

namespace RealtimeVision.Runtime.Tests.Layers;

public sealed class LayerCatalogTests
{
    [Test]
    public void EveryLayerAndBlockIsInTheCatalogue() =>
        Assert.That(
            LayerCatalog.Types.Values, Is.EquivalentTo(
                typeof(Module).Assembly.GetTypes()
                    .Where(t => t.IsAssignableTo(typeof(Module)) && !t.IsAbstract)));

    [TestCaseSource(nameof(Kinds))]
    public void AKindIsCalledAsItsLayersAre(string kind)
    {
        var module = (Module)System.Runtime.CompilerServices.RuntimeHelpers
            .GetUninitializedObject(LayerCatalog.Types[kind]);
        Assert.That(Naming.KindOf(module), Is.EqualTo(kind));
    }

    [TestCaseSource(nameof(Kinds))]
    public void AKindHasFieldsThatCanBeStored(string kind)
    {
        var type = LayerCatalog.Types[kind];
        var info = LayerJson.Plain.Options.GetTypeInfo(type);
        string[] stored = [.. info.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null)
            .Select(p => p.Name)];
        string[] properties = [.. type.GetProperties()
            .Where(p => p.SetMethod is { IsPublic: true })
            .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];
        Assert.That(stored, Is.EquivalentTo(properties));
    }

    [Test]
    public void ALayerIsWrittenWithoutWhatHasItsDefault()
    {
        Assert.That(
            LayerCatalog.ToJson(new Conv2D(32, 3) { Activation = Activation.Relu }),
            Is.EqualTo("{\"layer\":\"conv2d\",\"filters\":32,\"kernel\":3,\"activation\":\"relu\"}"));
        Assert.That(
            LayerCatalog.ToJson(new Conv2D(8, new Size2(1, 3))
            {
                Name = "wide", Stride = 2, Padding = new Padding2(0, 1, 0, 1), UseBias = false,
                KernelInitialiser = Initialiser.LecunNormal, Frozen = true,
            }),
            Is.EqualTo("{\"layer\":\"conv2d\",\"name\":\"wide\",\"filters\":8,\"kernel\":[1,3],"
                + "\"stride\":2,\"padding\":[0,1],\"use_bias\":false,"
                + "\"kernel_initialiser\":\"lecun_normal\",\"frozen\":true}"));
        Assert.That(
            LayerCatalog.ToJson(new Input(new TensorType(ElementType.Int32, new Shape(5)))),
            Is.EqualTo("{\"layer\":\"input\",\"type\":{\"element\":\"int32\",\"shape\":[5]}}"));
    }

    [TestCaseSource(nameof(Layers))]
    public void WhatIsWrittenIsReadAgain(Module module) =>
        Assert.That(LayerCatalog.Parse(LayerCatalog.ToJson(module)), Is.EqualTo(module));

    [TestCase("""{"layer":"bidirectional","recurrent":{"layer":"lstm","units":3}}""")]
    [TestCase("""
        {"layer":"time_distributed","modules":[{"layer":"conv2d","filters":4,"kernel":3},{"layer":"flatten"}]}
        """)]
    public void ALayerWithinALayerIsReadAsItWasWritten(string json) =>
        Assert.That(LayerCatalog.ToJson(LayerCatalog.Parse(json)), Is.EqualTo(json.Trim()));

    [Test]
    public void ALayerIsReadAsAHandWritesIt()
    {
        var layer = LayerCatalog.Parse(
            """{"filters": 32, "kernel": 3, "layer": "conv2d", "activation": "relu", "padding": 0}""");
        Assert.That(layer, Is.EqualTo(new Conv2D(32, 3) { Activation = Activation.Relu, Padding = 0 }));
    }

    [Test]
    public void ABlockOfLayersIsReadAsAHandWritesIt()
    {
        const string json = """
            {"layer": "time_distributed", "modules": [
                {"layer": "residual_block", "filters": 8, "squeeze_ratio": 4, "stride": 2},
                {"layer": "flatten"}]}
            """;
        var block = (TimeDistributed)LayerCatalog.Parse(json);

        Assert.That(
            block.Modules,
            Is.EqualTo((Module[])
                [new ResidualBlock(8) { SqueezeRatio = 4, Stride = 2 }, new Flatten()]));
        Assert.That(
            LayerCatalog.ToJson(LayerCatalog.Parse(LayerCatalog.ToJson(block))),
            Is.EqualTo(LayerCatalog.ToJson(block)));
    }

    [TestCase("""{"layer": "conv3d"}""", "layer 'conv3d': there is no such layer; known are")]
    [TestCase("""{"filters": 3}""", "a layer is an object whose field 'layer'")]
    [TestCase("""[]""", "a layer is an object whose field 'layer'")]
    [TestCase("""{"layer": "dense", "name": "top", "unit": 3}""",
        "layer 'top' (dense): field 'unit' is not known; known are activation, frozen,")]
    [TestCase("""{"layer": "conv2d", "filters": 3}""", "layer 'conv2d': field 'kernel' is missing")]
    [TestCase("""{"layer": "dense", "units": "many"}""", "layer 'dense': field 'units': a whole number belongs there")]
    [TestCase("""{"layer": "dense", "units": 2.5}""", "layer 'dense': field 'units': a whole number belongs there")]
    [TestCase("""{"layer": "dense", "units": 2, "activation": "rely"}""", "field 'activation': one of linear, relu,")]
    [TestCase("""{"layer": "dense", "units": 2, "activation": 1}""", "field 'activation': one of linear, relu,")]
    [TestCase("""{"layer": "dense", "units": 2, "use_bias": 1}""", "field 'use_bias': true or false")]
    [TestCase("""{"layer": "conv2d", "filters": 3, "kernel": [3, 3, 3]}""", "field 'kernel': a whole number or [height,")]
    [TestCase("""{"layer": "conv2d", "filters": 3, "kernel": 3, "padding": "same"}""", "field 'padding': a whole number, [")]
    [TestCase("""{"layer": "bidirectional", "recurrent": {"layer": "dense", "units": 3}}""",
        "'bidirectional': field 'recurrent': a recurrent_layer belongs there, dense is none")]
    [TestCase("""{"layer": "bidirectional", "recurrent": {"layer": "lstm", "unit": 3}}""",
        "field 'recurrent': layer 'lstm': field 'unit' is not known")]
    [TestCase("""{"layer": "input", "type": [3, -1]}""", "field 'type': a list of sizes belongs there")]
    [TestCase("""{"layer": "input", "type": {"element": "int8", "shape": [1]}}""", "field 'type'")]
    public void WhatCannotBeReadNamesLayerAndField(string json, string message) =>
        Assert.That(
            () => LayerCatalog.Parse(json),
            Throws.InstanceOf<JsonException>().With.Message.Contains(message));

    [Test]
    public void AGraphIsReadAsItWasWritten()
    {
        using var network = Branches();
        string text = new NetworkJson(LayerJson.Plain).Write(network);
        using var read = new NetworkJson(LayerJson.Plain).Read(text);

        Assert.That(new NetworkJson(LayerJson.Plain).Write(read), Is.EqualTo(text));
        Assert.That(read.Summary(), Is.EqualTo(network.Summary()));
        Assert.That(
            read.Parameters.Select(p => p.ToString()), Is.EqualTo(network.Parameters.Select(p => p.ToString())));
        Assert.That(read.Inputs.Select(i => i.ToString()), Is.EqualTo(network.Inputs.Select(i => i.ToString())));
        Assert.That(read.Parameters[0].IsTrainable, Is.False);
    }

    [TestCase("""{"layers": []}""", "at least one layer")]
    [TestCase("""{"layers": [], "weights": 1}""", "a graph is an object of")]
    [TestCase("""{"layers": [{"layer": "flatten", "name": "f"}]}""", "'f' has nothing before it")]
    [TestCase("""{"layers": [{"layer": "flatten"}]}""", "layer 0 of the graph has no name")]
    [TestCase("""{"layers": [{"layer": "flatten", "name": 3}]}""", "field 'name': text")]
    [TestCase("""{"layers": [{"layer": "flatten", "name": "f", "inputs": ["x"]}]}""", "'f': there is no layer 'x'")]
    [TestCase("""{"layers": [{"layer": "input", "type": [3], "name": "x"}, {"layer": "flatten", "name": "x"}]}""",
        "two layers 'x'")]
    [TestCase("""{"layers": [{"layer": "input", "type": [3], "name": "x"}, {"name": "y", "weights": "z"}]}""",
        "'y': there is no layer 'z'")]
    [TestCase("""{"layers": [{"layer": "input", "type": [3], "name": "x"}], "outputs": "x"}""", "a list of layers' names")]
    public void AGraphThatCannotBeReadNamesTheCause(string json, string message) =>
        Assert.That(
            () => new NetworkJson(LayerJson.Plain).Read(json),
            Throws.InstanceOf<JsonException>().With.Message.Contains(message));

    private static IEnumerable<string> Kinds() => LayerCatalog.Types.Keys;

    private static IEnumerable<Module> Layers() =>
    [
        new Conv2D(3, new Size2(5, 1)) { Padding = new Padding2(1, 2, 3, 4), Dilation = 2, Groups = 3 },
        new Conv2D(3, 1) { Padding = new Padding2(1, 2, 1, 2), Activation = Activation.LeakyRelu },
        new BatchNorm { Epsilon = 0.1f, Momentum = 1f / 3, GammaInitialiser = Initialiser.Zeros },
        new MaxPooling2D(3) { Stride = 2, Padding = 1, Name = "stem/pool" },
        new Input(TensorType.Float(5, 4, 3)) { IsResizable = true },
        new Input(new TensorType(ElementType.UInt8, new Shape())),
        new Bidirectional(new Gru(3) { ReturnSequences = true }),
        new UpSampling2D(2) { Mode = UpsampleMode.Bilinear },
        new Dropout(0.3f),
        new Reshape(new Shape(3, 4)),
    ];

    // Two inputs, a layer used twice, and two outputs.
    private static Network Branches()
    {
        var left = Symbol.Input(8, 8, 3);
        var right = Symbol.Input(8, 8, 3);
        var shared = new Conv2D(4, 3) { Activation = Activation.Relu, Frozen = true };
        var a = left.Then(shared, new BatchNorm(), new GlobalAveragePooling2D());
        var b = right.Then(shared, new Flatten(), new Dense(3));
        return new Network("two-branched", [right, left], [b, a]);
    }
}
