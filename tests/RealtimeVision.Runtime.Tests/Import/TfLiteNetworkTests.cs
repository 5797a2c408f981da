using RealtimeVision.Runtime.Import;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>
/// MediaPipe's networks for people before a camera, at their full sizes: the masks are those that
/// ONNX Runtime computes of the same weights.
/// </summary>
public class TfLiteNetworkTests
{
    private const double Tolerance = 1e-3;

    [Test]
    public void SelfieSegmentation(
        [ValueSource(typeof(OnnxComparison), nameof(OnnxComparison.DeviceNames))] string device) =>
        Check("selfie/selfie.tflite", device, 256, 256);

    [Test]
    public void LandscapeSelfieSegmentation(
        [ValueSource(typeof(OnnxComparison), nameof(OnnxComparison.DeviceNames))] string device) =>
        Check("selfie/selfie-landscape.tflite", device, 144, 256);

    private static void Check(string file, string device, int height, int width)
    {
        string path = RealModels.Find(file);
        using var model = ModelFile.Load(path);
        string output = model.Outputs[0].Name;
        var inputs = new Dictionary<string, ReferenceTensor>
        {
            [model.Inputs[0].Name] = Portrait.Create(height, width),
        };
        float[] expected = OrtReference.Run(TfLiteToOnnx.Convert(path), inputs)[output].Floats;
        float[] actual = OnnxComparison.Run(model, inputs, device)[output].As<float>().ToArray();

        // A mask that knows of nobody, or of nothing else, would prove little.
        Assert.That(expected.Max(), Is.GreaterThan(0.9f));
        Assert.That(expected.Min(), Is.LessThan(0.1f));
        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        double largest = expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).Max();
        TestContext.Out.WriteLine($"{file} on {device}: largest difference {largest:E1}");
        Assert.That(largest, Is.LessThan(Tolerance));
    }
}
