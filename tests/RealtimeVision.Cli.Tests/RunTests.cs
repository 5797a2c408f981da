using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// <c>rtv run</c> and <c>rtv inspect</c>: results, files, JSON fields, exit codes, messages.
/// </summary>
public class RunTests
{
    private string _folder = "";
    private string _model = "";

    [OneTimeSetUp]
    public void MakeModel()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-cli-").FullName;
        _model = File("unet.onnx");
        OnnxModelFile.Save(ReferenceModels.UNet(size: 32), _model);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void RunWritesWhatOnnxRuntimeComputes()
    {
        var input = ReferenceTensor.Random(5, 1, 3, 32, 32);
        Npy.Save<float>(File("input.npy"), input.Shape, input.Floats);
        var run = Rtv.Run(
            "run", _model, "--input", $"input={File("input.npy")}", "--output-dir", File("out"), "--repeat", "3", "--json");
        var json = run.Exits(0).Json;
        Assert.That(
            json.Select(p => p.Key),
            Is.EqualTo(["device", "load_ms", "first_run_ms", "median_ms", "p95_ms", "min_ms", "peak_mb", "outputs"]));
        Assert.That(json["outputs"]!["output"]!["shape"]!.ToJsonString(), Is.EqualTo("[1,1,32,32]"));
        var output = Npy.Load(Path.Combine(File("out"), "output.npy"));
        var expected = OrtReference.Run(_model, new Dictionary<string, ReferenceTensor> { ["input"] = input })["output"];
        Assert.That(output.Shape.ToArray(), Is.EqualTo(expected.Shape));
        Assert.That(expected.RelativeError(output.ToSingles()), Is.LessThan(1e-3));
    }

    [Test]
    public void RandomInputsAreThoseOfTheSeed()
    {
        foreach (var (folder, seed) in new[] { ("a", "1"), ("b", "1"), ("c", "2") })
        {
            Rtv.Run("run", _model, "--seed", seed, "--output-dir", File(folder)).Exits(0);
        }

        Assert.That(Bytes("b"), Is.EqualTo(Bytes("a")));
        Assert.That(Bytes("c"), Is.Not.EqualTo(Bytes("a")));

        byte[] Bytes(string folder) => System.IO.File.ReadAllBytes(Path.Combine(File(folder), "output.npy"));
    }

    [Test]
    public void ModelThatIsMissingIsNamed() =>
        Rtv.Run("run", File("none.onnx")).FailsSaying(1, "none.onnx");

    [Test]
    public void ModelThatIsGarbageIsNamed()
    {
        System.IO.File.WriteAllBytes(File("garbage.onnx"), [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 >> 3))]);
        Rtv.Run("run", File("garbage.onnx")).FailsSaying(1, "garbage.onnx");
    }

    [Test]
    public void ModelThatIsTruncatedIsNamed()
    {
        byte[] whole = System.IO.File.ReadAllBytes(_model);
        System.IO.File.WriteAllBytes(File("half.onnx"), whole[..(whole.Length / 2)]);
        Rtv.Run("run", File("half.onnx")).FailsSaying(1, "half.onnx");
    }

    [Test]
    public void InputOfWrongShapeIsNamedAndNothingIsWritten()
    {
        Npy.Save<float>(File("small.npy"), [1, 3, 16, 16], new float[3 * 16 * 16]);
        Rtv.Run("run", _model, "--input", $"input={File("small.npy")}", "--output-dir", File("never"))
            .FailsSaying(1, "input", "16, 16", "32, 32");
        Assert.That(Directory.Exists(File("never")), Is.False);
    }

    [Test]
    public void InputOfWrongTypeIsNamed()
    {
        Npy.Save<int>(File("ints.npy"), [1, 3, 32, 32], new int[3 * 32 * 32]);
        Rtv.Run("run", _model, "--input", $"input={File("ints.npy")}").FailsSaying(1, "input", "Int32");
    }

    [Test]
    public void InputThatHoldsNaNIsSaid()
    {
        var numbers = new float[3 * 32 * 32];
        numbers[7] = float.NaN;
        Npy.Save<float>(File("nan.npy"), [1, 3, 32, 32], numbers);
        var run = Rtv.Run("run", _model, "--input", $"input={File("nan.npy")}").Exits(0);
        Assert.That(run.Error, Does.Contain("NaN").And.Contain("input"));
    }

    [Test]
    public void UnknownInputIsNamedWithThoseThereAre() =>
        Rtv.Run("run", _model, "--input", "picture=x.npy").FailsSaying(1, "picture", "'input'");

    [Test]
    public void UnknownDeviceIsNamed() =>
        Rtv.Run("run", _model, "--device", "tpu").FailsSaying(1, "tpu", "cuda");

    [Test]
    public void DeviceThatIsNotThereIsNamed() =>
        Rtv.Run("run", _model, "--device", "opencl:99").FailsSaying(1, "opencl");

    [TestCase("run")]
    [TestCase("dance")]
    [TestCase("run", "m.onnx", "--threads", "0")]
    [TestCase("run", "m.onnx", "--threads", "many")]
    [TestCase("run", "m.onnx", "--no-such-option")]
    [TestCase("run", "m.onnx", "--repeat", "0")]
    [TestCase("live", "--frames", "-1", "--source", "x")]
    public void WrongUsageExitsWithTwo(params string[] arguments)
    {
        var run = Rtv.Run(arguments).Exits(2);
        Assert.That(run.Error, Does.StartWith("rtv: "));
    }

    [Test]
    public void InspectCountsParametersAndWork()
    {
        var json = Rtv.Run("inspect", _model, "--json").Exits(0).Json;
        Assert.That(json["parameters"]!.GetValue<long>(), Is.GreaterThan(100_000));
        Assert.That(json["flops"]!.GetValue<long>(), Is.GreaterThan(1_000_000));
        Assert.That(json["arena_bytes"]!.GetValue<long>(), Is.GreaterThan(0));
        Assert.That(json["nodes"]!.AsArray(), Is.Not.Empty);
    }

    [Test]
    public void InspectNamesAllUnsupportedOperatorsAtOnce()
    {
        var builder = new OnnxModelBuilder();
        var x = builder.Input("x", 1, 4, 8, 8);
        var y = builder.Unary(
            "Bernoulli", builder.Unary("Multinomial", builder.Unary("Relu", x)));
        builder.Output("y", builder.Unary("RandomNormalLike", y)).Save(File("odd.onnx"));
        var run = Rtv.Run("inspect", File("odd.onnx"), "--json");
        run.FailsSaying(1, "Bernoulli", "Multinomial", "RandomNormalLike");
        Assert.That(run.Json["unsupported"]!.AsArray(), Has.Count.EqualTo(3));
    }

    [Test]
    public void DevicesListsTheCpuAndSaysWhyOthersAreOut()
    {
        var devices = Rtv.Run("devices", "--json").Exits(0).Json["devices"]!.AsArray();
        var cpu = devices.Single(d => d!["id"]!.GetValue<string>() == "cpu")!;
        Assert.That(cpu["usable"]!.GetValue<bool>(), Is.True);
        foreach (var device in devices.Where(d => !d!["usable"]!.GetValue<bool>()))
        {
            Assert.That(device!["reason"]!.GetValue<string>(), Is.Not.Empty);
        }
    }

    private string File(string name) => Path.Combine(_folder, name);
}
