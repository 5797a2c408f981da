using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Training;

/// <summary>Finds the layer at which numbers cease to be finite.</summary>
internal static class Divergence
{
    /// <summary>
    /// Runs the batch again with the output of every layer and the gradient of every weight as
    /// outputs.
    /// </summary>
    /// <returns>What is wrong, and the layer where one is to blame.</returns>
    public static (string Problem, string? Layer) Locate(
        TrainingState state, LearningTask task, Batch batch)
    {
        if (!AllFinite(batch.Inputs))
        {
            return ("the inputs of the batch are not finite", null);
        }

        var graph = new Graph();
        var x = graph.Input("inputs", batch.InputType);
        var t = graph.Input("targets", batch.TargetType);
        var step = graph.Variable(state.StepNumber);
        var context = new TrainingContext(graph, state.Network, state.Variables, step, state.Seed);
        var places = new List<(LayerNode Node, Value Value)>();
        var output = state.Network.Build(context, [x], (node, value) => places.Add((node, value)))[0];
        var loss = task.Loss(graph, output, t);
        var wanted = places.Where(p => p.Value.Type.Element == ElementType.Float32).ToList();
        var gradients = Gradients.Append(graph, loss, [.. wanted.Select(p => p.Value)]);
        graph.Output(loss, "loss");
        foreach (var (_, value) in wanted)
        {
            graph.Output(value);
        }

        foreach (var gradient in gradients)
        {
            graph.Output(gradient ?? loss);
        }

        using var plan = ExecutionPlan.Compile(
            graph, state.Device, state.Constants, state.Store, new CompileOptions { Fuse = false });
        plan.SetInput(0, batch.InputBytes);
        plan.SetInput(1, batch.TargetBytes);
        plan.Run();
        for (int i = 0; i < wanted.Count; i++)
        {
            if (!AllFinite(plan.ReadOutput(1 + i)))
            {
                string name = wanted[i].Node.Name;
                return ($"the output of layer '{name}' is not finite", name);
            }
        }

        for (int i = wanted.Count - 1; i >= 0; i--)
        {
            if (!AllFinite(plan.ReadOutput(1 + wanted.Count + i)))
            {
                string name = wanted[i].Node.Name;
                return ($"the gradient of the output of layer '{name}' is not finite", name);
            }
        }

        return AllFinite(plan.ReadOutput(0))
            ? ("the gradients of weights are not finite, or too long", null)
            : ("the loss is not finite: look at the targets", null);
    }

    private static bool AllFinite(Tensor tensor) => AllFinite(tensor.As<float>());

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
