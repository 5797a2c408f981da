using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Cases;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// Gradients of every operator that has one, of random parameters and shapes, against finite
/// differences of its own forward kernel on each device.
/// </summary>
public class RandomGradientTests
{
    private static IEnumerable<Type> Types => RandomGradients.Types;

    private static IEnumerable<string> Devices => TestDevices.All;

    private static int Seeds => Environment.GetEnvironmentVariable("RTV_TEST_TIER") == "all" ? 30 : 5;

    [Test]
    public void FollowsFiniteDifferences(
        [ValueSource(nameof(Devices))] string device, [ValueSource(nameof(Types))] Type type)
    {
        int compared = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var (op, inputs) = RandomGradients.Make(type, seed);
            var result = FiniteDifferences.Check(TestDevices.Get(device), op, inputs);
            compared += result.Compared;
            Assert.That(
                result.Error, Is.LessThan(5e-3),
                $"seed {seed}, {op} of {string.Join(", ", inputs.Select(i => $"{i?.Type}"))}: {result.Where}");
        }

        Assert.That(compared, Is.GreaterThan(Seeds), "numbers that were compared");
    }

    [Test]
    public void EveryOperatorWithAGradientIsDrawn() => Assert.That(
        OperatorCatalog.All.Where(type => CaseTable.All.Any(
            c => c.Operator.GetType() == type && c.Operator.IsDifferentiable)),
        Is.EquivalentTo(Types));
}
