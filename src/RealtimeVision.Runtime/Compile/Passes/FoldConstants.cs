using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Computes nodes of constants alone at compile time, on the CPU whatever the device, so that all
/// devices get the same constants. A node whose result is much larger than what it is made of stays
/// a node: it costs less to run than to keep.
/// </summary>
public sealed class FoldConstants : IGraphPass
{
    // Results up to this size are folded however small their inputs.
    private const long AlwaysFoldedBytes = 1 << 20;
    private const long MostGrowth = 4;

    /// <inheritdoc/>
    public Graph Run(Graph graph)
    {
        CpuDevice? device = null;
        try
        {
            return GraphRewriter.Run(graph, (rewriter, node) =>
            {
                var inputs = rewriter.MapInputs(node);
                if (!CanFold(node, inputs))
                {
                    return false;
                }

                device ??= new CpuDevice(1);
                var results = Evaluate(device, node, inputs);
                for (int i = 0; i < results.Length; i++)
                {
                    rewriter.Replace(node.Outputs[i], rewriter.Target.Variable(results[i]));
                }

                return true;
            });
        }
        finally
        {
            device?.Dispose();
        }
    }

    private static bool CanFold(Node node, Value?[] inputs)
    {
        var given = inputs.Where(i => i is not null).ToList();
        long bytes = node.Outputs.Sum(o => o.Type.Bytes);
        return given.Count > 0
            && given.TrueForAll(i => i!.IsConstant)
            && (node.Operator is ICpuOperator || node.Operator.IsView)
            && (bytes <= AlwaysFoldedBytes || bytes <= MostGrowth * given.Sum(i => i!.Type.Bytes));
    }

    private static Variable[] Evaluate(CpuDevice device, Node node, Value?[] inputs)
    {
        var graph = new Graph();
        var values = Array.ConvertAll(inputs, i => i is null ? null : graph.Variable(i.Variable!));
        var copy = graph.Node(node.Operator, node.Name, values);
        foreach (var output in copy.Outputs)
        {
            graph.Output(output);
        }

        using var constants = new ConstantStore(device);
        using var plan = ExecutionPlan.Compile(
            graph, device, constants, new CompileOptions { Fuse = false });
        plan.Run();
        var results = new Variable[node.Outputs.Length];
        for (int i = 0; i < results.Length; i++)
        {
            var output = node.Outputs[i];
            var data = new byte[output.Type.Bytes];
            plan.ReadOutput(i, data);
            results[i] = new Variable(output.Name, output.Type, data);
        }

        return results;
    }
}
