using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Execution;

public class PrecisionTests
{
    [TestCase(Precision.Fast, "WinogradF4")]
    [TestCase(Precision.Exact, "Direct")]
    public void PrecisionChoosesTheAlgorithm(Precision precision, string algorithm)
    {
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(1, 32, 32, 32));
        var weights = graph.Constant("w", new Shape(3, 3, 32, 32), new float[3 * 3 * 32 * 32]);
        graph.Output(graph.Add(new Conv2D(1, 1, 1), "conv", x, weights));
        using var device = new CpuDevice(1);
        using var constants = new ConstantStore(device);
        using var plan = ExecutionPlan.Compile(
            graph, device, constants, options: new CompileOptions { Precision = precision });
        Assert.That(plan.DescribeSteps().Single().Algorithm, Does.EndWith(algorithm));
    }
}
