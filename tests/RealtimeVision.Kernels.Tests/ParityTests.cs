using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Tests.Cases;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// Every case of the table on every device: the CPU at each width, GPUs, ILGPU's CPU accelerator.
/// </summary>
public class ParityTests
{
    private static IEnumerable<string> Names => CaseTable.All.Where(c => !c.IsForGpus).Select(c => c.Name);

    private static IEnumerable<string> GpuNames => CaseTable.All.Where(c => c.IsForGpus).Select(c => c.Name);

    // A thread of the system for each of a group: slow. The default tier takes the smallest cases of
    // each operator; all of them run on OpenCL in any tier.
    private const int DebugCasesPerOperator = 8;

    private static bool IsWholeTier => Environment.GetEnvironmentVariable("RTV_TEST_TIER") == "all";

    private static IEnumerable<string> TinyNames => CaseTable.All
        .Where(c => c.IsTiny)
        .GroupBy(c => c.Operator.GetType())
        .SelectMany(cases => cases
            .OrderBy(c => c.Expected.Sum(e => e?.Shape.Count ?? 0))
            .Take(IsWholeTier ? int.MaxValue : DebugCasesPerOperator))
        .Select(c => c.Name);

    private static IEnumerable<string> InPlaceNames => CaseTable.All.Where(c => InPlace(c).Any()).Select(c => c.Name);

    private static IEnumerable<string> Devices => TestDevices.All;

    private static IEnumerable<string> Gpus => TestDevices.Gpus;

    [Test]
    public void GivesWhatIsExpected(
        [ValueSource(nameof(Devices))] string device, [ValueSource(nameof(Names))] string name) => Check(device, name);

    [Test]
    public void GivesWhatIsExpectedOnGpu(
        [ValueSource(nameof(Gpus))] string device, [ValueSource(nameof(GpuNames))] string name) => Check(device, name);

    [Test]
    public void GivesWhatIsExpectedOnDebugDevice([ValueSource(nameof(TinyNames))] string name) =>
        Check("ilgpu-cpu", name);

    [Test]
    public void GivesTheSameInPlace(
        [ValueSource(nameof(Devices))] string device, [ValueSource(nameof(InPlaceNames))] string name)
    {
        foreach (int input in InPlace(CaseTable.Get(name)))
        {
            Check(device, name, input);
        }
    }

    /// <summary>Inputs that output 0 may be written over.</summary>
    private static IEnumerable<int> InPlace(OperatorCase test)
    {
        var types = Array.ConvertAll(test.Inputs, i => i?.Type ?? TensorType.Absent);
        return Enumerable.Range(0, types.Length)
            .Where(i => !test.Constants.Contains(i) && test.Operator.CanRunInPlace(i, types));
    }

    private static void Check(string device, string name, int? inPlace = null)
    {
        var test = CaseTable.Get(name);
        var outputs = OperatorRunner.Run(
            TestDevices.Get(device), test.Operator, test.Inputs, test.Constants, inPlace);
        for (int i = 0; i < test.Expected.Length; i++)
        {
            if (test.Expected[i] is not { } all)
            {
                continue;
            }

            var expected = all.Start(test.Looked);
            outputs[i] = outputs[i].Start(test.Looked);

            if (expected.Type.Element == ElementType.Float32)
            {
                Assert.That(
                    outputs[i].ErrorAgainst(expected),
                    Is.LessThanOrEqualTo(test.Tolerance),
                    $"output {i}, relative to the largest element");
            }
            else
            {
                Assert.That(outputs[i].Type, Is.EqualTo(expected.Type));
                Assert.That(
                    outputs[i].Data, Is.EqualTo(expected.Data).Within(test.ByteTolerance), $"output {i}");
            }
        }
    }
}
