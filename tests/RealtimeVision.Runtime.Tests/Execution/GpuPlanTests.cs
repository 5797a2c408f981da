using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Execution;

/// <summary>
/// Plans on devices that ILGPU drives: all that are present, and its CPU accelerator.
/// </summary>
public class GpuPlanTests
{
    private static IEnumerable<string> Devices => DeviceList.Find()
        .Where(d => d.Kind is not "cpu" && d.Problem is null).Select(d => d.Id);

    [Test]
    public void RunsSlicesAndCommits([ValueSource(nameof(Devices))] string id)
    {
        using var device = DeviceList.Open(id);
        using var constants = new ConstantStore(device);
        using var variables = new VariableStore(device);
        var state = new Variable("s", TensorType.Float(2, 3), new byte[24], isConstant: false);
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(2, 3));
        var sum = graph.Add(new Pointwise(Binary.Add), "sum", graph.Variable(state), x);
        var square = graph.Add(new Pointwise(Unary.Square), "square", sum);
        graph.Assign(state, sum);
        graph.Output(graph.Add(new Reshape(new Shape(6)), "out", square));
        using var plan = ExecutionPlan.Compile(graph, device, constants, variables);

        plan.SetInput(0, MemoryMarshal.AsBytes<float>([1, 2, 3, 4, 5, 6]));
        plan.Run();
        Assert.That(Output(), Is.EqualTo(new float[] { 1, 4, 9, 16, 25, 36 }));
        while (!plan.RunSlice(TimeSpan.FromMilliseconds(0.1)))
        {
        }

        Assert.That(Output(), Is.EqualTo(new float[] { 4, 16, 36, 64, 100, 144 }));
        var values = new byte[24];
        variables.Read(state, values);
        Assert.That(
            MemoryMarshal.Cast<byte, float>(values).ToArray(),
            Is.EqualTo(new float[] { 2, 4, 6, 8, 10, 12 }));
        Assert.That(() => plan.PeekOutput(0).Length, Throws.TypeOf<NotSupportedException>());

        float[] Output() => plan.ReadOutput(0).As<float>().ToArray();
    }
}
