using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// <c>rtv run</c> on whole networks at their real sizes: on the CPU and on OpenCL, every output is
/// what ONNX Runtime computes.
/// </summary>
public class NetworkTests
{
    private string _folder = "";

    [OneTimeSetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("rtv-networks-").FullName;

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ResNet18([Values("cpu", "opencl")] string device) =>
        Check(Built(ReferenceModels.ResNet18()), device, 1, 3, 224, 224);

    [Test]
    public void MobileNetV2([Values("cpu", "opencl")] string device) =>
        Check(Built(ReferenceModels.MobileNetV2()), device, 1, 3, 224, 224);

    [Test]
    public void UNet([Values("cpu", "opencl")] string device) =>
        Check(Built(ReferenceModels.UNet()), device, 1, 3, 256, 256);

    [Test]
    public void PaddleOcrDetection([Values("cpu", "opencl")] string device) =>
        Check(Fetched("ppocr-det.onnx"), device, 1, 3, 640, 640);

    [Test]
    public void PaddleOcrClassifier([Values("cpu", "opencl")] string device) =>
        Check(Fetched("ppocr-cls.onnx"), device, 1, 3, 48, 192);

    private void Check(string model, string device, params long[] shape)
    {
        if (device == "opencl" && !DeviceList.Find().Any(d => d.Kind == "opencl" && d.Problem is null))
        {
            Assert.Ignore("no OpenCL device here: Debian's pocl-opencl-icd is one");
        }

        string run = Path.Combine(_folder, TestContext.CurrentContext.Test.ID);
        Directory.CreateDirectory(run);
        var input = ReferenceTensor.Random(1, shape);
        string inputFile = Path.Combine(run, "input.npy");
        Npy.Save<float>(inputFile, shape, input.Floats);
        using var reference = new OrtReference(model);
        string name = reference.InputShapes.Keys.Single();
        var expected = reference.Run(new Dictionary<string, ReferenceTensor> { [name] = input });
        Rtv.Run("run", model, "--device", device, "--warmup", "0", "--input", $"{name}={inputFile}", "--output-dir", run).Exits(0);
        foreach (var (output, tensor) in expected)
        {
            var actual = Npy.Load(Path.Combine(run, $"{output}.npy"));
            Assert.That(actual.Shape.ToArray(), Is.EqualTo(tensor.Shape));
            Assert.That(tensor.RelativeError(actual.ToSingles()), Is.LessThan(1e-3), output);
        }
    }

    private string Built(ModelProto model)
    {
        string path = Path.Combine(_folder, $"{TestContext.CurrentContext.Test.ID}.onnx");
        OnnxModelFile.Save(model, path);
        return path;
    }

    private static string Fetched(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, ".cache", "models", "ocr", file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Ignore($"{file} is not here: setup/models.sh fetches it");
        return "";
    }
}
