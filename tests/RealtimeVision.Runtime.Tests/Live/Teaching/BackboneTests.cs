using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Live.Teaching;

/// <summary>Where models are cut, and what is in the file of what was taught.</summary>
public sealed class BackboneTests
{
    private TemporaryDirectory _directory = null!;

    /// <summary>What models are stored as.</summary>
    public enum Format
    {
        /// <summary>A network of this library.</summary>
        Own,

        /// <summary>An ONNX file.</summary>
        Onnx,

        /// <summary>A TensorFlow Lite file.</summary>
        TfLite,
    }

    /// <summary>Ways in which files of others end.</summary>
    public enum Top
    {
        /// <summary>Pooled, flattened, a product with a bias.</summary>
        Gemm,

        /// <summary>A product and a sum, then probabilities.</summary>
        MatMulAddSoftmax,

        /// <summary>A convolution of the pooled pixel.</summary>
        Convolution,

        /// <summary>Pooled after the classes' convolution.</summary>
        ConvolutionThenPool,

        /// <summary>All pixels in one row.</summary>
        FlattenedPicture,
    }

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public async Task ASavedClassifierSaysWhatWasLive(
        [Values] Format format, [Values(0, 6)] int hiddenUnits)
    {
        string model = format switch
        {
            Format.Own => SaveOwn(),
            Format.Onnx => SaveOnnx(Top.Gemm),
            _ => SaveTfLite(keepsAxes: true),
        };
        var options = new TeacherOptions { HiddenUnits = hiddenUnits };
        string path = _directory.File("kinds.safetensors");
        Frame[] frames = [.. TeachingScene.Kinds.Select(k => TeachingScene.Picture(k, 500))];
        float[][] live;
        using (var teacher = new Teacher(model, options))
        {
            using VisionEngine engine = await VisionEngine.CreateAsync(TeachingScene.Options(teacher));
            foreach (string kind in TeachingScene.Kinds)
            {
                engine.Teach(kind, 0, 25);
            }

            live = [.. frames.Select(f => engine.Process(f).Probabilities())];
            teacher.Save(path);
        }

        File.Delete(model);
        using (VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = path }))
        {
            Assert.That(engine.ModelName, Is.EqualTo("kinds"));
            Assert.That(engine.Classifiers[0].Labels, Is.EqualTo(TeachingScene.Kinds));
            for (int i = 0; i < frames.Length; i++)
            {
                VisionResult result = engine.Process(frames[i]);
                Assert.That(result.Probabilities(), Is.EqualTo(live[i]).Within(1e-5f));
                Assert.That(result.Labels[0].Text, Is.EqualTo(TeachingScene.Kinds[i]));
            }
        }

        // What was taught can be taught on.
        using var again = new Teacher(path, options);
        using VisionEngine more = await VisionEngine.CreateAsync(TeachingScene.Options(again));
        more.Teach("reddish", 0, 20);
        more.Teach("striped", 0, 20);
        Assert.That(more.Score("reddish", "striped"), Is.EqualTo(1));
        again.Save(_directory.File("again.safetensors"));
        using Network saved = NetworkFile.Load(_directory.File("again.safetensors"));
        Assert.That(saved.Manifest!.Labels, Is.EqualTo(["reddish", "striped"]));
        Assert.That(saved.Layers.Where(l => l.Name.StartsWith("head")).Count(),
            Is.EqualTo(hiddenUnits == 0 ? 1 : 3));
    }

    [TestCase(Top.Gemm, 8)]
    [TestCase(Top.MatMulAddSoftmax, 8)]
    [TestCase(Top.Convolution, 8)]
    [TestCase(Top.ConvolutionThenPool, 8)]
    [TestCase(Top.FlattenedPicture, 8 * 64)]
    public void AnImportedModelIsCutBeforeItsTop(Top top, int features)
    {
        using var teacher = new Teacher(SaveOnnx(top));
        Assert.That(teacher.FeatureCount, Is.EqualTo(features));
        Assert.That(teacher.BackboneName, Is.EqualTo("onnx"));
        Assert.That(
            teacher.Backbone.Notice, Does.StartWith("onnx has no manifest: taken to want 16x16"));
        teacher.CollectCloud("left", 1, 10);
        teacher.CollectCloud("right", 2, 10);
        teacher.Release();
        Assert.That(teacher.WaitUntilTrained(TimeSpan.FromMinutes(2)), Is.True);
        Assert.That(teacher.Status.IsLive, Is.True);
    }

    [Test]
    public void ATfLiteModelIsCutBeforeItsTop([Values] bool keepsAxes)
    {
        using var teacher = new Teacher(SaveTfLite(keepsAxes));
        Assert.That(teacher.FeatureCount, Is.EqualTo(8));
        Assert.That(
            teacher.Backbone.Network.Layers.Select(l => l.Name), Is.EqualTo(
                (string[])[
                    "input", "imported_tf_lite_model",
                    .. keepsAxes ? ["global_average_pooling2d"] : Array.Empty<string>(),
                ]));
        using var wide = new Teacher(
            SaveTfLite(keepsAxes), new TeacherOptions { Features = "filtered" });
        Assert.That(wide.FeatureCount, Is.EqualTo(8));
        Assert.That(
            () => new Teacher(SaveTfLite(keepsAxes), new TeacherOptions { Features = "nothing" }),
            Throws.ArgumentException.With.Message.StartsWith(
                "lite computes no value 'nothing'; the last that it computes are 'filtered'"));
    }

    [Test]
    public void WhatIsComputedOfWeightsAloneIsNoFeature()
    {
        const byte same = 0;
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 1, 8, 8, 3);
        int kernel = b.Tensor("kernel", 4, 3, 3, 3), scores = b.Tensor("scores", 1, 4, 4, 4);
        b.Node("DEQUANTIZE", [b.Halves(new Half[4 * 27], 4, 3, 3, 3)], [kernel]);
        b.Node(
            "CONV_2D", [x, kernel, b.Random(3, 4)], [scores], (0, same), (1, 2), (2, 2),
            (3, (byte)0), (4, 1), (5, 1));
        string path = _directory.Write("halves.tflite", b.Build([x], [scores]));
        Assert.That(
            () => new Teacher(path),
            Throws.ArgumentException.With.Message.Contains("'scores'")
                .And.Message.Not.Contains("'kernel'"));
    }

    [Test]
    public void OwnNetworksAreCutBeforeTheirLastLayer()
    {
        Assert.That(Features(TeachingScene.Backbone()), Is.EqualTo(16));
        Assert.That(Features(new Sequential(
            "hidden", new Shape(16, 16, 3), new Flatten(),
            new Dense(20) { Activation = Activation.Relu }, new Dropout(0.5f), new Dense(4),
            new ActivationLayer(Activation.Tanh))), Is.EqualTo(20));
        Assert.That(Features(new Sequential(
            "convolutions", new Shape(16, 16, 3), new Conv2D(12, 3), new Conv2D(4, 1),
            new GlobalAveragePooling2D())), Is.EqualTo(12));
        Assert.That(Features(Zoo.Create("resnet20")), Is.EqualTo(64));
        Assert.That(Features(TeachingScene.Backbone(), "conv2d"), Is.EqualTo(16));
        Assert.That(
            Features(Zoo.Create("vgg-small"), "double_conv/conv2d"), Is.EqualTo(32));

        static int Features(Network network, string? layer = null)
        {
            using (network)
            {
                using var teacher = new Teacher(network, new TeacherOptions { Features = layer });
                return teacher.FeatureCount;
            }
        }
    }

    [Test]
    public void WhatCannotBeCutSaysWhy()
    {
        Refuses(
            Zoo.Create("clip"), null, "clip takes clips");
        Refuses(
            TeachingScene.Backbone(), "nothing",
            "backbone has no layer 'nothing' before one output; its last are input, conv2d");
        Refuses(
            new Sequential("shallow", new Shape(8, 8, 3), new Conv2D(4, 3)), null,
            "shallow does not end in a layer with weights whose input could be taught on");
        Refuses(
            new Sequential("numbers", new Shape(8), new Dense(4), new Dense(2)), null,
            "numbers: a model of pictures takes");
        Assert.That(
            () => new Teacher(SaveOnnx(Top.Gemm), new TeacherOptions { Features = "nothing" }),
            Throws.ArgumentException.With.Message.StartsWith("onnx computes no value 'nothing'"));

        static void Refuses(Network network, string? features, string message)
        {
            using (network)
            {
                Assert.That(
                    () => new Teacher(network, new TeacherOptions { Features = features }),
                    Throws.ArgumentException.With.Message.StartsWith(message));
            }
        }
    }

    private string SaveOwn()
    {
        using Network network = TeachingScene.Backbone();
        string path = _directory.File("own.safetensors");
        NetworkFile.Save(network, path);
        return path;
    }

    private string SaveTfLite(bool keepsAxes)
    {
        const byte same = 0;
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 1, 16, 16, 3);
        int filtered = b.Tensor("filtered", 1, 8, 8, 8);
        int pooled = b.Tensor("pooled", keepsAxes ? [1, 1, 1, 8] : [1, 8]);
        int flat = keepsAxes ? b.Tensor("flat", 1, 8) : pooled;
        int scores = b.Tensor("scores", 1, 4);
        int probabilities = b.Tensor("probabilities", 1, 4);
        b.Node(
            "CONV_2D", [x, b.Random(2, 8, 3, 3, 3), b.Random(3, 8)], [filtered], (0, same), (1, 2),
            (2, 2), (3, (byte)1), (4, 1), (5, 1));
        b.Node("MEAN", [filtered, b.Integers([1, 2])], [pooled], (0, keepsAxes));
        if (keepsAxes)
        {
            b.Node("RESHAPE", [pooled, b.Integers([1, 8])], [flat]);
        }

        b.Node("FULLY_CONNECTED", [flat, b.Random(4, 4, 8), b.Random(5, 4)], [scores], (0, (byte)0));
        b.Node("SOFTMAX", [scores], [probabilities], (0, 1f));
        return _directory.Write("lite.tflite", b.Build([x], [probabilities]));
    }

    private string SaveOnnx(Top top)
    {
        var b = new OnnxModelBuilder(opset: 13, name: "onnx");
        var x = b.Input("input", 1, 3, 16, 16);
        x = b.Relu(b.Conv(x, 8, 3));
        x = b.Pool("MaxPool", x, 2, 2);
        x = top switch
        {
            Top.Gemm => b.Gemm(b.Flatten(b.GlobalAveragePool(x)), 4),
            Top.MatMulAddSoftmax => b.Softmax(
                b.Add(
                    b.MatMul(b.Flatten(b.GlobalAveragePool(x)), b.Weight(8, 1, 8, 4)),
                    b.Uniform(-1, 1, 4)),
                1),
            Top.Convolution => b.Flatten(b.Conv(b.GlobalAveragePool(x), 4, 1)),
            Top.ConvolutionThenPool => b.Flatten(b.GlobalAveragePool(b.Conv(x, 4, 1))),
            _ => b.Gemm(b.Flatten(x), 4),
        };
        b.Output("scores", x);
        string path = _directory.File("onnx.onnx");
        OnnxModelFile.Save(b.Build(), path);
        return path;
    }
}
