using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Cases;

namespace RealtimeVision.Kernels.Tests;

/// <summary>Every operator is in the catalogue, has both kernels, and has cases.</summary>
public class CatalogTests
{
    private static IEnumerable<Type> Operators => typeof(Operator).Assembly.GetTypes()
        .Where(t => t.IsSubclassOf(typeof(Operator)) && !t.IsAbstract);

    [Test]
    public void CatalogueHasEveryOperator() =>
        Assert.That(OperatorCatalog.All, Is.EquivalentTo(Operators.Where(t => t.IsPublic)));

    [TestCaseSource(nameof(Operators))]
    public void OperatorHasKernelsForBothExecutionModels(Type type)
    {
        Assert.That(type.IsAssignableTo(typeof(ICpuOperator)), "a CPU kernel");
        Assert.That(type.IsAssignableTo(typeof(IGpuOperator)), "a GPU kernel");
    }

    [TestCaseSource(nameof(Operators))]
    public void OperatorHasCases(Type type) =>
        Assert.That(CaseTable.All.Count(c => c.Operator.GetType() == type), Is.GreaterThanOrEqualTo(2));

    [Test]
    public void CaseNamesAreUnique() => Assert.That(CaseTable.All.Select(c => c.Name), Is.Unique);
}
