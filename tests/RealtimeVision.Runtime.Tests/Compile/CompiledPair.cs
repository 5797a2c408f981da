using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Compile;

/// <summary>
/// Compiles a graph with and without passes and sees to it that both give the same.
/// </summary>
public static class CompiledPair
{
    /// <summary>
    /// The nodes that are left after all passes, such as <c>Conv2D(Add > Relu), MaxPool2D</c>.
    /// Fails where they do not give what the graph gives as it is, on random inputs.
    /// </summary>
    public static string Check(Graph graph, double tolerance = 1e-5)
    {
        using var device = new CpuDevice(2);
        using var constants = new ConstantStore(device);
        using var fused = ExecutionPlan.Compile(graph, device, constants);
        using var plain = ExecutionPlan.Compile(
            graph, device, constants, new CompileOptions { Fuse = false });
        Assert.That(fused.Inputs, Is.EqualTo(plain.Inputs));
        Assert.That(fused.Outputs, Is.EqualTo(plain.Outputs));
        Assert.That(plain.Graph.Nodes, Has.Count.EqualTo(graph.Nodes.Count));
        for (int seed = 0; seed < 2; seed++)
        {
            for (int i = 0; i < plain.Inputs.Count; i++)
            {
                var data = RandomData(plain.Inputs[i].Type, (seed * 100) + i);
                fused.SetInput(i, data);
                plain.SetInput(i, data);
            }

            fused.Run();
            plain.Run();
            for (int i = 0; i < plain.Outputs.Count; i++)
            {
                var expected = plain.ReadOutput(i);
                var actual = fused.ReadOutput(i);
                Assert.That(
                    ErrorOf(actual, expected),
                    Is.LessThanOrEqualTo(tolerance),
                    plain.Outputs[i].Name);
            }
        }

        return Describe(fused.Graph);
    }

    /// <summary>Operators of a graph in order, with their chains.</summary>
    public static string Describe(Graph graph) => string.Join(", ", graph.Nodes.Select(Describe));

    public static byte[] RandomData(TensorType type, int seed)
    {
        var random = new Random(seed);
        var data = new byte[type.Bytes];
        if (type.Element != ElementType.Float32)
        {
            random.NextBytes(data);
            return data;
        }

        foreach (ref float x in MemoryMarshal.Cast<byte, float>(data.AsSpan()))
        {
            x = (random.NextSingle() * 8) - 4;
        }

        return data;
    }

    private static string Describe(Node node) => node.Operator switch
    {
        IEpilogueOperator { Epilogue.Length: > 0 } op => $"{node.Operator.Name}({op.Epilogue})",
        _ => node.Operator.Name,
    };

    private static double ErrorOf(Tensor actual, Tensor expected)
    {
        if (expected.ElementType != ElementType.Float32)
        {
            return actual.Bytes.SequenceEqual(expected.Bytes) ? 0 : 1;
        }

        var a = actual.As<float>();
        var b = expected.As<float>();
        double largest = 1e-30;
        double difference = 0;
        for (int i = 0; i < a.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(b[i]));
            difference = Math.Max(difference, Math.Abs((double)a[i] - b[i]));
        }

        return difference / largest;
    }
}
