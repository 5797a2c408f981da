using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Compile;

/// <summary>
/// Computes what depends on constants alone, on the CPU whatever the device, so that all devices
/// get the same constants.
/// </summary>
internal static class ConstantEvaluation
{
    /// <summary>The outputs of a node whose inputs are constants.</summary>
    public static Variable[] Evaluate(CpuDevice device, Node node, Value?[] inputs)
    {
        var graph = new Graph();
        var values = Array.ConvertAll(inputs, i => i is null ? null : graph.Variable(i.Variable!));
        var copy = graph.Node(node.Operator, node.Name, values);
        foreach (var output in copy.Outputs)
        {
            graph.Output(output);
        }

        return Run(device, graph);
    }

    /// <summary>A value that depends on constants alone.</summary>
    public static Variable Evaluate(Value value)
    {
        if (value.Variable is { } variable)
        {
            return variable;
        }

        var graph = new Graph();
        graph.Output(Copy(graph, value, []));
        using var device = new CpuDevice(1);
        return Run(device, graph)[0];
    }

    private static Value Copy(Graph graph, Value value, Dictionary<Node, Node> copies)
    {
        if (value.Variable is { } variable)
        {
            return graph.Variable(variable);
        }

        var node = value.Producer!;
        if (!copies.TryGetValue(node, out var copy))
        {
            Value?[] inputs =
                [.. node.Inputs.Select(i => i is null ? null : Copy(graph, i, copies))];
            copy = graph.Node(node.Operator, node.Name, inputs);
            copies.Add(node, copy);
        }

        return copy.Outputs[value.OutputIndex];
    }

    private static Variable[] Run(CpuDevice device, Graph graph)
    {
        using var constants = new ConstantStore(device);
        using var plan = ExecutionPlan.Compile(
            graph, device, constants, new CompileOptions { Fuse = false });
        plan.Run();
        var results = new Variable[graph.Outputs.Count];
        for (int i = 0; i < results.Length; i++)
        {
            var output = graph.Outputs[i];
            var data = new byte[output.Type.Bytes];
            plan.ReadOutput(i, data);
            results[i] = new Variable(output.Name, output.Type, data);
        }

        return results;
    }
}
