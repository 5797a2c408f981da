using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Layers.Json;

namespace RealtimeVision.Runtime.Tests.Layers;

public sealed class ZooTests
{
    /// <summary>
    /// Published numbers: torchvision's; of SE-ResNets, ResNet-20 (with 1x1 convolutions) and
    /// DenseNet-BC-40, those of osmr/imgclsmob; of the U-Net, milesial/Pytorch-UNet's with
    /// transposed convolutions; of the LSTM, Keras's LSTM(50) and Dense(1). The others are of our own: docs/layers.md has the same.
    /// </summary>
    [TestCase("convnet", 525_898)]
    [TestCase("vgg16", 138_357_544)]
    [TestCase("resnet18", 11_689_512)]
    [TestCase("resnet34", 21_797_672)]
    [TestCase("resnet50", 25_557_032)]
    [TestCase("se-resnet18", 11_778_592)]
    [TestCase("se-resnet50", 28_088_024)]
    [TestCase("resnet20", 272_474)]
    [TestCase("se-resnet20", 274_847)]
    [TestCase("densenet121", 7_978_856)]
    [TestCase("densenet40", 176_122)]
    [TestCase("mobilenetv2", 3_504_872)]
    [TestCase("unet", 31_037_633)]
    [TestCase("vgg-small", 288_746)]
    [TestCase("unet-small", 467_169)]
    [TestCase("unet-residual", 504_993)]
    [TestCase("unet-se", 512_173)]
    [TestCase("clip", 56_980)]
    [TestCase("lstm", 10_451)]
    public void ANetworkHasThePublishedParameters(string name, long parameters)
    {
        using var network = Zoo.Create(name);
        Assert.That(network.ParameterCount, Is.EqualTo(parameters));
    }

    [Test]
    public void AUNetOfFiveHalvedWidthsHasThePublishedParameters()
    {
        using var network = Zoo.Create("unet", new ZooOptions { Width = 0.5f });
        Assert.That(
            network.ParameterCount, Is.EqualTo(7_763_041), "mateuszbuda/brain-segmentation-pytorch");
    }

    /// <summary>timm's mobilenetv2_050 and mobilenetv2_140.</summary>
    [TestCase("mobilenetv2", 0.5f, 1_968_680)]
    [TestCase("mobilenetv2", 1.4f, 6_108_776)]
    public void AWidthHasThePublishedParameters(string name, float width, long parameters)
    {
        using var network = Zoo.Create(name, new ZooOptions { Width = width });
        Assert.That(network.ParameterCount, Is.EqualTo(parameters));
    }

    [TestCaseSource(nameof(Names))]
    public void ANetworkGivesItsClasses(string name)
    {
        using var network = Zoo.Create(name, new ZooOptions { Classes = 7 });
        var output = network.Layers[^1].Type.Shape;
        bool isPixelwise = name.StartsWith("unet", StringComparison.Ordinal);
        Assert.That(output, Is.EqualTo(isPixelwise ? new Shape(128, 128, 7) : new Shape(7)));
    }

    [TestCaseSource(nameof(Names))]
    public void ANetworkIsReadAsItWasWritten(string name)
    {
        using var network = Zoo.Create(name);
        string text = new NetworkJson(LayerJson.Plain).Write(network);
        using var read = new NetworkJson(LayerJson.Plain).Read(text);

        Assert.That(read.Summary(), Is.EqualTo(network.Summary()));
    }

    [TestCase("resnet18")]
    [TestCase("se-resnet20")]
    [TestCase("resnet50")]
    [TestCase("densenet40")]
    [TestCase("densenet121")]
    [TestCase("vgg-small")]
    [TestCase("convnet")]
    [TestCase("mobilenetv2")]
    public void NarrowNetworksOfSmallPicturesLearn(string name)
    {
        var options = new ZooOptions { Input = new Shape(28, 28, 1), Classes = 3, Width = 0.125f };
        var small = Zoo.Networks.Single(n => n.Name == name).Options;
        options = small.Contains(nameof(ZooOptions.SmallStem)) ? options with { SmallStem = true }
            : options;
        Learn(Zoo.Create(name, options), 28, 28, 1);
    }

    [TestCase("unet-small", 20, 20)]
    [TestCase("unet-small", 21, 23)]
    [TestCase("unet-residual", 19, 16)]
    [TestCase("unet-se", 27, 17)]
    public void AUNetTakesAnySize(string name, int height, int width)
    {
        var options = new ZooOptions
        {
            Input = new Shape(height, width, 3), Classes = 2, Width = 0.25f, Dropout = 0.1f,
        };
        var network = Zoo.Create(name, options);
        Assert.That(network.Layers[^1].Type.Shape, Is.EqualTo(new Shape(height, width, 2)));
        Learn(network, height, width, 3);
    }

    [Test]
    public void AResizableUNetTakesOtherSizesThanItWasMadeFor()
    {
        using var network = Zoo.Create(
            "unet-small", new ZooOptions { Width = 0.125f, IsResizable = true });
        float[] output = NetworkRun.Predict(network, NetworkRun.Input(1, 1, 37, 22, 3));
        Assert.That(output, Has.Length.EqualTo(37 * 22));
        Assert.That(
            () => NetworkRun.Predict(network, NetworkRun.Input(1, 1, 3, 22, 3)),
            Throws.InstanceOf<ShapeException>().With.Message.Contains("max_pooling2d_1"));
    }

    [Test]
    public void ANetworkWithoutTopGivesItsFeatures()
    {
        using var network = Zoo.Create(
            "resnet18", new ZooOptions { IncludeTop = false, Input = new Shape(64, 96, 3) });
        Assert.That(network.Layers[^1].Type.Shape, Is.EqualTo(new Shape(2, 3, 512)));
    }

    [Test]
    public void AForecasterAndAClipClassifierLearn()
    {
        Learn(Zoo.Create("lstm", new ZooOptions { Input = new Shape(12, 2), Units = 6 }), 12, 2);
        Learn(
            Zoo.Create("clip", new ZooOptions { Input = new Shape(4, 16, 16, 3), Width = 0.25f }),
            4, 16, 16, 3);
    }

    [Test]
    public void AnOptionThatANetworkHasNotIsAnError()
    {
        Assert.That(
            () => Zoo.Create("vgg16", new ZooOptions { Filters = [3] }),
            Throws.ArgumentException.With.Message.Contains("'vgg16' has no option Filters"));
        Assert.That(
            () => Zoo.Create("lstm", new ZooOptions { Input = new Shape(3) }),
            Throws.ArgumentException.With.Message.Contains("2 sizes as [100, 1]"));
    }

    // A step along the gradients lowers the loss by what they promise, or nearly.
    private static void Learn(Network network, params ReadOnlySpan<int> sample)
    {
        using var owned = network;
        network.Initialise(1);
        Tensor input = NetworkRun.Input(1, [4, .. sample]);
        using var training = new NetworkRun.TrainingGraph(network, input);
        var (before, gradients) = training.Run();
        double slope = gradients.Sum(g => g.Gradient.Sum(x => (double)x * x));
        double after = training.LossAt(gradients, -0.002 * before / slope);
        Assert.That((before - after) / (0.002 * before), Is.EqualTo(1).Within(0.2));
    }

    private static IEnumerable<string> Names() => Zoo.Networks.Select(n => n.Name);
}
