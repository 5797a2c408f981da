using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Explain;

/// <summary>Layers of networks and files: their list, and what they give.</summary>
public sealed class LayerTests
{
    private static readonly CpuDevice Device = new(2);

    [OneTimeTearDown]
    public void DisposeDevice() => Device.Dispose();

    [Test]
    public void LayersOfANetworkAreThoseItWasMadeOf()
    {
        using var network = Small();
        using var explainer = new Explainer(network, Device);
        Assert.That(
            explainer.Layers.Select(l => l.ToString()),
            Is.EqualTo(
            [
                "conv2d: conv2d [1, 8, 8, 4]", "batch_norm: batch_norm [1, 8, 8, 4]",
                "max_pooling2d: max_pooling2d [1, 4, 4, 4]",
                "conv2d_1: conv2d [1, 4, 4, 6]", "flatten: flatten [1, 96]", "dense: dense [1, 3]",
            ]));
        Assert.That(explainer.DefaultLayer!.Name, Is.EqualTo("conv2d_1"));
        Assert.That(
            () => explainer.FindLayer("conv2_1"),
            Throws.TypeOf<ExplainException>().With.Message.Contains("'conv2d_1'"));
        Assert.That(
            () => explainer.FindClass("7"),
            Throws.TypeOf<ExplainException>().With.Message.Contains("0, 1, 2"));
    }

    [Test]
    public void LayersOfAFileAreItsNodesAndCanBeExplained()
    {
        using var model = OnnxModel.Of(ReferenceModels.MobileNetV2(size: 32));
        using var explainer = new Explainer(model, Device);
        Assert.That(explainer.Layers.Select(l => l.Name), Is.Unique);
        Assert.That(explainer.Layers.Count(l => l.Operator == "Conv2D"), Is.EqualTo(52));
        Assert.That(explainer.Layers.Select(l => l.Operator), Has.No.Member("Transpose"));
        Tensor picture = AttributionTests.Random(explainer, 1);
        Assert.That(explainer.DefaultLayer!.Shape, Is.EqualTo(new Shape(1, 2, 2, 576)));
        Assert.That(explainer.DefaultLayer.Operator, Is.EqualTo("Pointwise"), "behind the ReLU6");
        var map = explainer.Attribute(new GradCam(), picture, 3);
        Assert.That(map.Values, Has.Length.EqualTo(32 * 32).And.All.Not.NaN);
    }

    [Test]
    public void FusionLeavesWhatIsLookedAt([Values] bool isFile)
    {
        using Model model = isFile ? OnnxModel.Of(ReferenceModels.UNet(size: 16)) : Small();
        using var fused = new Explainer(model, Device);
        using var plain = new Explainer(
            model, Device, options: new CompileOptions { Fuse = false });
        Tensor picture = AttributionTests.Random(fused, 2);
        string[] names = [.. fused.Layers.Select(l => l.Name)];
        var expected = plain.Activations(picture, names);
        var actual = fused.Activations(picture, names);
        for (int i = 0; i < names.Length; i++)
        {
            float[] numbers = expected[i].As<float>().ToArray();
            Assert.That(actual[i].Shape, Is.EqualTo(fused.Layers[i].Shape), names[i]);
            Assert.That(
                actual[i].As<float>().ToArray(),
                Is.EqualTo(numbers).Within(1e-3f * numbers.Max(Math.Abs)), names[i]);
        }
    }

    [Test]
    public void ScoresAreThoseBeforeTheSoftmax()
    {
        var b = new OnnxModelBuilder(1, 13, "softmax");
        OnnxValue x = b.Input("input", 1, 3, 8, 8);
        OnnxValue scores = b.Gemm(b.Flatten(b.GlobalAveragePool(b.Relu(b.Conv(x, 4, 3)))), 3);
        using var model = OnnxModel.Of(b.Output("output", b.Softmax(scores, 1)).Build());
        using var explainer = new Explainer(model, Device);
        Prediction said = explainer.Predict(AttributionTests.Random(explainer, 3));
        float[] probabilities = said.Probabilities.As<float>().ToArray();
        float[] logits = said.Scores.As<float>().ToArray();
        Assert.That(probabilities.Sum(), Is.EqualTo(1).Within(1e-5));
        Assert.That(logits.Sum(), Is.Not.EqualTo(1).Within(1e-3));
        Assert.That(
            logits[0] - logits[1],
            Is.EqualTo(Math.Log(probabilities[0] / probabilities[1])).Within(1e-4));
    }

    [Test]
    public void FramesAreReadAsTheManifestSays()
    {
        using var network = Small();
        network.Manifest = new ModelManifest
        {
            Name = "small", Task = ModelTask.Classification, Labels = ["a", "b", "c"],
            Input = new ManifestInput { Mean = [0.5f, 0.5f, 0.5f], Std = [0.25f, 0.25f, 0.25f] },
        };
        using var explainer = new Explainer(network, Device);
        var frame = new Frame();
        frame.Resize(16, 8, PixelFormat.Rgb24);
        frame.Pixels.Fill(255);
        Tensor picture = explainer.Read(frame);
        Assert.That(picture.Shape, Is.EqualTo(new Shape(1, 8, 8, 3)));
        Assert.That(picture.As<float>()[0], Is.EqualTo(-2), "padding above a wide frame");
        Assert.That(picture.As<float>()[4 * 8 * 3], Is.EqualTo(2));
        Assert.That(explainer.Levels(picture)[4 * 8 * 3], Is.EqualTo(1));
        Assert.That(explainer.FindClass("B"), Is.EqualTo(1));

        var map = new AttributionMap(8, 8, new float[64], isSigned: false);
        map.Values[(4 * 8) + 2] = 1;
        var over = explainer.OverFrame(map, 16, 8);
        int best = Array.IndexOf(over.Values, over.Values.Max());
        Assert.That((best % 16, best / 16), Is.EqualTo((4, 5)).Or.EqualTo((5, 5)).Or.EqualTo((4, 4)));
    }

    [Test]
    public void ASegmenterOfOneClassIsExplainedWhereItIsAboveItsHalf()
    {
        using var network = new Sequential(
            "person", new Shape(8, 8, 3), new Conv2D(4, 3) { Activation = Activation.Relu },
            new Conv2D(1, 1) { Activation = Activation.Sigmoid });
        network.Initialise(9);
        network.Manifest = new ModelManifest
        {
            Name = "person", Task = ModelTask.Segmentation, Output = ModelOutput.Probability,
            Labels = ["background", "person"],
        };
        using var explainer = new Explainer(network, Device);
        Assert.That(explainer.Classes, Is.EqualTo(["person"]));
        Assert.That(explainer.DefaultLayer!.Name, Is.EqualTo("conv2d"));
        Tensor picture = AttributionTests.Random(explainer, 4);
        Prediction said = explainer.Predict(picture);
        ClassTarget target = explainer.Target(said, 0);
        int above = said.Probabilities.As<float>().ToArray().Count(p => p > 0.5f);
        Assert.That(target.Count, Is.EqualTo(above));
        Assert.That(said.Shares[0], Is.EqualTo(above / 64f).Within(1e-6));
        var (score, confidence) = explainer.Score(picture, target);
        float[] logits = said.Scores.As<float>().ToArray();
        Assert.That(score, Is.EqualTo(logits.Where(s => s > 0).Sum()).Within(1e-4));
        Assert.That(confidence, above == 0 ? Is.Zero : Is.GreaterThan(0.5));
    }

    private static Sequential Small()
    {
        var network = new Sequential(
            "small", new Shape(8, 8, 3), new Conv2D(4, 3) { UseBias = false },
            new BatchNorm { Activation = Activation.Relu }, new MaxPooling2D(2),
            new Conv2D(6, 3) { Activation = Activation.Relu }, new Dropout(0.2f), new Flatten(),
            new Dense(3));
        network.Initialise(4);
        return network;
    }
}
