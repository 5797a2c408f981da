using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Whole networks against ONNX Runtime.</summary>
public sealed class OnnxNetworkTests
{
    private const int SeedsPerRun = 150;
    private const int SeedsOfAll = 5000;

    private static bool IsFullTier => Environment.GetEnvironmentVariable("RTV_TEST_TIER") == "all";

    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void ResNet18(int opset) =>
        OnnxComparison.Check(ReferenceModels.ResNet18(opset: opset, batch: 2, size: 64));

    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void MobileNetV2(int opset) =>
        OnnxComparison.Check(ReferenceModels.MobileNetV2(opset: opset, size: 64));

    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void UNet(int opset) =>
        OnnxComparison.Check(ReferenceModels.UNet(opset: opset, size: 48));

    [TestCase(true)]
    [TestCase(false)]
    public void Lstm(bool bidirectional) =>
        OnnxComparison.Check(ReferenceModels.Lstm(bidirectional: bidirectional));

    [TestCase("ppocr-det.onnx", 640, 640)]
    [TestCase("ppocr-det.onnx", 96, 160)]
    [TestCase("ppocr-cls.onnx", 48, 192)]
    public void PaddleOcr(string file, int height, int width)
    {
        string path = RealModels.Find(Path.Combine("ocr", file));
        var inputs = new Dictionary<string, ReferenceTensor>
        {
            ["x"] = Strokes(height, width),
        };
        using var model = OnnxModel.Load(path);
        var expected = OrtReference.Run(path, inputs, threads: 2);
        using (Assert.EnterMultipleScope())
        {
            // Shares of a largest value that rounds to 0 would say nothing.
            Assert.That(expected.Values.Single().Floats.Max(), Is.GreaterThan(0.1));
            foreach (string device in height < 100 || IsFullTier
                ? OnnxComparison.DeviceNames
                : ["cpu"])
            {
                OnnxComparison.Compare(expected, OnnxComparison.Run(model, inputs, device), 1e-3);
            }
        }
    }

    [TestCaseSource(typeof(OnnxComparison), nameof(OnnxComparison.DeviceNames))]
    public void EveryDevice(string device)
    {
        using (Assert.EnterMultipleScope())
        {
            OnnxComparison.Check(ReferenceModels.ResNet18(size: 32), device: device);
            OnnxComparison.Check(ReferenceModels.UNet(size: 32), device: device);
            OnnxComparison.Check(RandomNetwork.Create(1), device: device);
            OnnxComparison.Check(RandomNetwork.Create(2), device: device);
        }
    }

    [Test]
    public void RandomNetworks([Range(0, 9)] int tenth)
    {
        int seeds = (IsFullTier ? SeedsOfAll : SeedsPerRun) / 10;
        for (int seed = tenth * seeds; seed < (tenth + 1) * seeds; seed++)
        {
            try
            {
                OnnxComparison.Check(RandomNetwork.Create(seed));
            }
            catch (Exception e) when (e is not AssertionException)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    // Dark strokes on a bright page: lines of text, to a network that looks for it.
    private static ReferenceTensor Strokes(int height, int width)
    {
        var random = new Random(1);
        var page = new float[3 * height * width];
        Array.Fill(page, 2);
        for (int line = 8; line + 16 <= height; line += 32)
        {
            for (int x = 8; x + 12 < width; x += 10)
            {
                int bits = random.Next(1 << 6);
                for (int y = 0; y < 14; y++)
                {
                    for (int dx = 0; dx < 8; dx++)
                    {
                        bool isInk = dx < 2 || (y % 6 < 2 && (bits >> (y / 6) & 1) == 1)
                            || (dx > 5 && bits > 31);
                        for (int c = 0; isInk && c < 3; c++)
                        {
                            page[(((c * height) + line + y) * width) + x + dx] = -2;
                        }
                    }
                }
            }
        }

        return new ReferenceTensor([1, 3, height, width], page);
    }
}
