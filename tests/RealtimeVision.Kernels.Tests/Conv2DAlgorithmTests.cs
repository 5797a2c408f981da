using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Cases;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// Every algorithm on every convolution that it can compute, whatever the heuristic would choose.
/// </summary>
public class Conv2DAlgorithmTests
{
    private static IEnumerable<TestCaseData> Forced =>
        from test in CaseTable.All
        where test.Operator is Conv2D
        from algorithm in Enum.GetValues<CpuConvAlgorithm>()
        where ((Conv2D)test.Operator).CanRun(algorithm, test.Inputs[Conv2D.Weights]!.Shape)
        from device in TestDevices.CpuWidths
        select new TestCaseData(test.Name, algorithm.ToString(), device);

    [TestCaseSource(nameof(Forced))]
    public void ForcedAlgorithmGivesWhatIsExpected(string name, string algorithm, string device)
    {
        var test = CaseTable.Get(name);
        var op = (Conv2D)test.Operator with { ForcedCpuAlgorithm = Enum.Parse<CpuConvAlgorithm>(algorithm) };
        var output = OperatorRunner.Run(TestDevices.Get(device), op, test.Inputs, test.Constants)[0];
        Assert.That(output.ErrorAgainst(test.Expected[0]!), Is.LessThanOrEqualTo(test.Tolerance));
    }

    private static IEnumerable<TestCaseData> ForcedTransposed =>
        from test in CaseTable.All
        where test.Operator is ConvTranspose2D
        from algorithm in Enum.GetValues<CpuTransposeAlgorithm>()
        where ((ConvTranspose2D)test.Operator).CanRun(algorithm, test.Inputs[ConvTranspose2D.Weights]!.Shape)
        from device in TestDevices.CpuWidths
        select new TestCaseData(test.Name, algorithm.ToString(), device);

    [TestCaseSource(nameof(ForcedTransposed))]
    public void ForcedAlgorithmOfTransposedConvolution(string name, string algorithm, string device)
    {
        var test = CaseTable.Get(name);
        var op = (ConvTranspose2D)test.Operator with
        {
            ForcedCpuAlgorithm = Enum.Parse<CpuTransposeAlgorithm>(algorithm),
        };
        var output = OperatorRunner.Run(TestDevices.Get(device), op, test.Inputs, test.Constants)[0];
        Assert.That(output.ErrorAgainst(test.Expected[0]!), Is.LessThanOrEqualTo(test.Tolerance));
    }

    private static IEnumerable<TestCaseData> ForcedWeightGradients =>
        from test in CaseTable.All
        where test.Operator is Conv2DWeightGradient && !test.IsForGpus
        from algorithm in Enum.GetValues<CpuWeightGradientAlgorithm>()
        where ((Conv2DWeightGradient)test.Operator).CanRun(algorithm)
        from device in TestDevices.CpuWidths
        select new TestCaseData(test.Name, algorithm.ToString(), device);

    [TestCaseSource(nameof(ForcedWeightGradients))]
    public void ForcedAlgorithmOfWeightGradient(string name, string algorithm, string device)
    {
        var test = CaseTable.Get(name);
        var op = (Conv2DWeightGradient)test.Operator with
        {
            ForcedCpuAlgorithm = Enum.Parse<CpuWeightGradientAlgorithm>(algorithm),
        };
        var output = OperatorRunner.Run(TestDevices.Get(device), op, test.Inputs, test.Constants)[0];
        Assert.That(output.ErrorAgainst(test.Expected[0]!), Is.LessThanOrEqualTo(test.Tolerance));
    }

    private static IEnumerable<TestCaseData> ForcedOnGpu =>
        from test in CaseTable.All
        where test.Operator is Conv2D
        from algorithm in Enum.GetValues<GpuConvAlgorithm>()
        where ((Conv2D)test.Operator).CanRun(algorithm, test.Inputs[Conv2D.Weights]!.Shape)
        from splits in IsTiled(algorithm) ? new[] { 1, 3 } : [1]
        from device in IsForDebugDevice(test, algorithm) ? TestDevices.Gpus.Append("ilgpu-cpu") : TestDevices.Gpus
        select new TestCaseData(test.Name, algorithm.ToString(), splits, device);

    [TestCaseSource(nameof(ForcedOnGpu))]
    public void ForcedGpuAlgorithmGivesWhatIsExpected(string name, string algorithm, int splits, string device)
    {
        var test = CaseTable.Get(name);
        var op = (Conv2D)test.Operator with
        {
            ForcedGpuAlgorithm = Enum.Parse<GpuConvAlgorithm>(algorithm),
            ForcedGpuSplits = splits,
        };
        var output = OperatorRunner.Run(TestDevices.Get(device), op, test.Inputs, test.Constants)[0];
        Assert.That(output.ErrorAgainst(test.Expected[0]!), Is.LessThanOrEqualTo(test.Tolerance));
    }

    private static bool IsTiled(GpuConvAlgorithm algorithm) =>
        algorithm is not (GpuConvAlgorithm.Direct or GpuConvAlgorithm.Depthwise);

    // ILGPU's CPU accelerator computes all of a tile, slowly, and takes milliseconds a barrier.
    private static bool IsForDebugDevice(OperatorCase test, GpuConvAlgorithm algorithm) =>
        IsTiled(algorithm)
            ? test.Expected[0]!.Shape.Count <= 250 && test.Inputs[Conv2D.Picture]!.Shape.C <= 8
            : test.IsTiny;

    [Test]
    public void ThreadCountDoesNotChangeABit([Values(1, 2, 3, 5)] int threads)
    {
        using var one = new Devices.Cpu.CpuDevice(1);
        using var many = new Devices.Cpu.CpuDevice(threads);
        foreach (var test in CaseTable.All.Where(
            c => c.Operator is Conv2D or ConvTranspose2D or Conv2DWeightGradient && !c.IsForGpus))
        {
            var expected = OperatorRunner.Run(one, test.Operator, test.Inputs, test.Constants);
            var actual = OperatorRunner.Run(many, test.Operator, test.Inputs, test.Constants, runs: 3);
            Assert.That(actual[0].Data, Is.EqualTo(expected[0].Data), test.Name);
        }
    }
}
