using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Numbers that a plan is given where they change.</summary>
public sealed class SmallInputTests
{
    [Test]
    public void OnlyWhatChangesIsUploaded()
    {
        using var device = new CpuDevice(1);
        using var constants = new ConstantStore(device);
        var graph = new Graph();
        Value x = graph.Input("x", TensorType.Float(2));
        graph.Output(graph.Add(new Pointwise(Binary.Add), "y", x, x), "y");
        using ExecutionPlan plan = ExecutionPlan.Compile(graph, device, constants);
        var input = new SmallInput<float>(plan, "x", 2);
        Assert.That(input.Exists, Is.True);
        input.Set(0, 0);
        Assert.That(Run(), Is.EqualTo(new float[] { 0, 0 }), "the first, whatever they are");
        input.Set(1, 2);
        Assert.That(Run(), Is.EqualTo(new float[] { 2, 4 }));

        // What is written behind its back stays until other numbers come.
        plan.SetInput(0, MemoryMarshal.AsBytes<float>([5, 6]));
        input.Set(1, 2);
        Assert.That(Run(), Is.EqualTo(new float[] { 10, 12 }));
        input.Set(1, 3);
        Assert.That(Run(), Is.EqualTo(new float[] { 2, 6 }));
        Assert.That(() => input.Set(1), Throws.TypeOf<InputException>());
        input.Set(1, 3);
        Assert.That(Run(), Is.EqualTo(new float[] { 2, 6 }));

        var none = new SmallInput<int>(plan, "nothing", 1);
        none.Set(1);
        Assert.That(none.Exists, Is.False);

        float[] Run()
        {
            plan.Run();
            float[] y = new float[2];
            plan.ReadOutput(0, MemoryMarshal.AsBytes(y.AsSpan()));
            return y;
        }
    }
}
