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
    public void ResNet18(int opset) => OnnxComparison.Check(ReferenceModels.ResNet18(opset: opset, batch: 2, size: 64));

    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void MobileNetV2(int opset) => OnnxComparison.Check(ReferenceModels.MobileNetV2(opset: opset, size: 64));

    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void UNet(int opset) => OnnxComparison.Check(ReferenceModels.UNet(opset: opset, size: 48));

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
}
