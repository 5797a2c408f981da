using System.Text;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Loading by content, and manifests.</summary>
public sealed class ModelFileTests
{
    private const string Whole = """
        {
          "name": "test", "task": "segmentation",
          "input": {
            "width": 64, "height": 32, "colour": "bgr", "mean": [0.1, 0.2, 0.3], "std": [1, 2, 3],
            "letterbox": false, "pad": 0.5, "region": "largest-segment", "margin": 0.25
          },
          "output": "probability", "threshold": 0.3, "labels": ["a", "b"],
          "palette": ["#010203", "#04050607"],
          "license": "MIT", "source": "here"
        }
        """;

    [Test]
    public void LoadsByContentWithTheManifestBesideIt()
    {
        using var directory = new TemporaryDirectory();
        string path = new OnnxModelBuilder() is var b
            ? b.Output(b.Relu(b.Input("x", 1, 2))).Save(directory.File("net.bin")) : "";
        directory.Write("net.manifest.json", Encoding.UTF8.GetBytes(Whole));

        using var model = ModelFile.Load(path);

        Assert.That(model, Is.TypeOf<OnnxModel>());
        Assert.That(model.Name, Is.EqualTo("net"));
        Assert.That(model.Manifest!.Task, Is.EqualTo(ModelTask.Segmentation));
    }

    [Test]
    public void LoadsNetworksOfTheZoo()
    {
        using var model = ModelFile.Load("zoo:convnet");
        Assert.That(model, Is.TypeOf<Network>());
    }

    [TestCase("zoo:resnet17", "bad zoo model: the zoo has no network 'resnet17'; it has convnet, vgg16")]
    [TestCase("no such file", "there is no such file")]
    public void SaysWhyThereIsNoModel(string path, string message) => Assert.That(
        () => ModelFile.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains(
            message));

    [TestCase("\u001c\0\0\0TFL3\0\0\0\0", "bad TFLite model: 4 bytes are needed, the file has 12")]
    [TestCase("\u0008\0\0\0\0\0\0\0{\"a\":{}}", "dtype, shape or data_offsets is missing, in tensor 'a'")]
    [TestCase("hello there", "the file looks like text")]
    public void SaysWhatTheFileIs(string content, string message)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("net.onnx", Encoding.UTF8.GetBytes(content));

        Assert.That(
            () => ModelFile.Load(path), Throws.TypeOf<ModelFormatException>().With.Message.Contains(
                message));
    }

    [Test]
    public void ManifestHasAllFields()
    {
        var manifest = Read(Whole);

        Assert.That(manifest.Input.Width, Is.EqualTo(64));
        Assert.That(manifest.Input.Colour, Is.EqualTo(ColourOrder.Bgr));
        Assert.That(manifest.Input.Std, Is.EqualTo([1, 2, 3]));
        Assert.That(manifest.Input.Letterbox, Is.False);
        Assert.That(manifest.Input.Region, Is.EqualTo(ModelRegion.LargestSegment));
        Assert.That(manifest.Output, Is.EqualTo(ModelOutput.Probability));
        Assert.That(manifest.Threshold, Is.EqualTo(0.3f));
        Assert.That(manifest.Palette, Is.EqualTo([0x010203FFu, 0x04050607u]));
        Assert.That(manifest.License, Is.EqualTo("MIT"));
    }

    [TestCase(Whole)]
    [TestCase("""{"name": "\u00fc \"x\"", "task": "classification"}""")]
    public void AManifestIsReadAsItWasWritten(string json)
    {
        var manifest = Read(json);
        string written = manifest.ToJson();

        Assert.That(Read(written).ToJson(), Is.EqualTo(written));
        Assert.That(
            Read(written), Is.EqualTo(manifest).UsingPropertiesComparer());
    }

    [TestCase("ppocr-det")]
    [TestCase("ppocr-cls")]
    public void ManifestsOfTheRepositoryAreValid(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RealtimeVision.sln")))
        {
            directory = directory.Parent!;
        }

        string path = Path.Combine(directory.FullName, "models", name + ".manifest.json");
        Assert.That(ModelManifest.Load(path).Labels, Has.Count.EqualTo(2));
    }

    [TestCase("\"segmentation\"", "\"guessing\"", "'guessing' is none of classification, segmentation, in task")]
    [TestCase("\"bgr\"", "\"cmyk\"", "'cmyk' is none of rgb, bgr, in input.colour")]
    [TestCase("[0.1, 0.2, 0.3]", "[0.1]", "1 numbers where one for each of 3 channels belongs, in input.mean")]
    [TestCase("[1, 2, 3]", "[1, 0, 3]", "a positive number belongs there, in input.std[1]")]
    [TestCase("\"width\": 64", "\"width\": 6.5", "a whole number of pixels belongs there, in input.width")]
    [TestCase("\"width\": 64,", "", "width and height belong together, in input.width")]
    [TestCase("\"threshold\": 0.3", "\"threshold\": 3", "a number from 0 to 1 belongs there, in threshold")]
    [TestCase("#010203", "red", "a colour as #rrggbb or #rrggbbaa belongs there, in palette[0]")]
    [TestCase("[\"a\", \"b\"]", "[\"a\"]", "2 colours for 1 labels, in palette")]
    [TestCase("\"license\"", "\"licence\"", "the field is not known; known are ")]
    [TestCase("\"name\": \"test\",", "", "the field is missing, in name")]
    [TestCase("\"output\"", "output", "it is no JSON: ")]
    public void BadFieldsAreNamed(string field, string bad, string message) => Assert.That(
        () => Read(Whole.Replace(field, bad, StringComparison.Ordinal)),
        Throws.TypeOf<ModelFormatException>().With.Message.Contains(message)
            .And.Message.Contains("net.manifest.json: bad manifest model: "));

    private static ModelManifest Read(string json)
    {
        using var directory = new TemporaryDirectory();
        return ModelManifest.Load(
            directory.Write("net.manifest.json", Encoding.UTF8.GetBytes(json)));
    }
}
