using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Execution;

public sealed partial class ExecutionPlan
{
    /// <summary>Makes a plan of a graph that writes no variables.</summary>
    /// <inheritdoc cref="Compile(Graph, Device, ConstantStore, VariableStore, CompileOptions,
    /// CancellationToken)"/>
    public static ExecutionPlan Compile(
        Graph graph,
        Device device,
        ConstantStore constants,
        CompileOptions? options = null,
        CancellationToken cancellation = default)
    {
        if (graph.Variables.FirstOrDefault(v => !v.IsConstant) is { } variable)
        {
            throw new ArgumentException(
                $"variable '{variable.Name}' changes: compile with a store of variables",
                nameof(graph));
        }

        return Compile(graph, device, constants, new VariableStore(device), options, cancellation);
    }

    /// <summary>Makes a plan of a graph: passes, kernels, packed weights, memory.</summary>
    /// <param name="graph">The graph, which is left as it is.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="constants">Weights as kernels want them, on the same device; outlives the
    /// plan.</param>
    /// <param name="variables">What changes from run to run, on the same device; outlives the
    /// plan.</param>
    /// <param name="options">How it is compiled.</param>
    /// <param name="cancellation">Looked at between nodes.</param>
    /// <exception cref="NotSupportedException">
    /// Operators have no kernel on the device; the message names all of them and their nodes.
    /// </exception>
    /// <exception cref="MemoryLimitException">The plan needs more than <see
    /// cref="CompileOptions.Memory"/> has left.</exception>
    /// <exception cref="OutOfMemoryException">The device has not enough memory.</exception>
    public static ExecutionPlan Compile(
        Graph graph,
        Device device,
        ConstantStore constants,
        VariableStore variables,
        CompileOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= CompileOptions.Default;
        graph = GraphCompiler.Optimise(graph, constants, options);
        RequireKernels(graph, device);
        var memory = new PlanMemory(
            graph, device, constants, variables, options.Memory ?? new MemoryBudget());
        try
        {
            var steps = new List<PlanStep>();
            for (int i = 0; i < graph.Nodes.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                Prepare(graph.Nodes[i], i);
                options.Progress?.Report((i + 1.0) / graph.Nodes.Count);
            }

            var commits = PrepareCommits(steps);
            int firstCommit = steps.Count;
            steps.AddRange(commits);
            var plan = new ExecutionPlan(
                graph, device, options, memory, constants, steps, firstCommit);
            memory.Bind();
            return plan;

            void Prepare(Node node, int index)
            {
                if (node.Operator.IsView)
                {
                    memory.TensorOf(node.Outputs[0]);
                    return;
                }

                var prepared = device.Prepare(node, memory.TensorOf, constants, options.Precision);
                steps.AddRange(prepared.Steps.Select(s => new PlanStep(s, node)));
                foreach (var scratch in prepared.Scratch)
                {
                    memory.AddScratch(scratch, index);
                }
            }
        }
        catch
        {
            memory.Dispose();
            throw;
        }

        List<PlanStep> PrepareCommits(List<PlanStep> steps)
        {
            var commits = new List<PlanStep>();
            foreach (var (target, value) in graph.Assignments)
            {
                var source = memory.TensorOf(value);
                if (memory.IsVariable(value))
                {
                    // Another commit may write that variable before this one reads it.
                    var copy = device.CreateTensor(value.Type);
                    memory.AddScratch(copy, graph.Nodes.Count);
                    steps.Add(new PlanStep(device.PrepareCopy(source, copy), value.Producer));
                    source = copy;
                }

                var commit = device.PrepareCopy(source, variables.TensorOf(target));
                commits.Add(new PlanStep(commit, value.Producer));
            }

            return commits;
        }
    }

    private static void RequireKernels(Graph graph, Device device)
    {
        var missing = graph.Nodes
            .Where(n => !n.Operator.IsView && !device.CanRun(n.Operator))
            .ToList();
        if (missing.Count > 0)
        {
            throw new NotSupportedException(
                $"device '{device.Id}' has no kernel for {string.Join(", ", missing)}");
        }
    }
}
