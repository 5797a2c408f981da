using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Training;

/// <summary>What a step came to.</summary>
/// <param name="Loss">Of the batch, before the step.</param>
/// <param name="GradientNorm">Length of all gradients as one vector, before clipping.</param>
/// <param name="IsTaken">
/// False where loss or gradients were not finite: weights, moments and statistics are as they were.
/// </param>
public readonly record struct StepOutcome(float Loss, float GradientNorm, bool IsTaken);

/// <summary>What a plan does of a step that is made of several batches.</summary>
public enum StepPart
{
    /// <summary>All: the step is of one batch.</summary>
    Whole,

    /// <summary>Adds the gradients of a batch that is not the last.</summary>
    Accumulate,

    /// <summary>Adds those of the last batch, and takes the step by their mean.</summary>
    Finish,
}

/// <summary>
/// One step of a training as one plan: forward pass, loss, gradients, guard, optimiser. Allocates
/// nothing after its first run.
/// </summary>
public sealed class TrainingStep : IDisposable
{
    private readonly ExecutionPlan _plan;

    /// <summary>Compiles the plan.</summary>
    /// <param name="state">What it changes; outlives the step.</param>
    /// <param name="task">The loss.</param>
    /// <param name="inputs">Type of a batch's inputs, [N, ...].</param>
    /// <param name="targets">Type of a batch's targets, [N, ...].</param>
    /// <param name="maxNorm">
    /// The greatest length of all gradients together; null not to clip.
    /// </param>
    /// <param name="part">What it does of a step.</param>
    /// <param name="compile">How it is compiled.</param>
    /// <exception cref="ShapeException">Network, inputs and targets do not fit each
    /// other.</exception>
    /// <exception cref="ArgumentException">The network has nothing to train.</exception>
    public TrainingStep(
        TrainingState state, LearningTask task, TensorType inputs, TensorType targets,
        float? maxNorm = null, StepPart part = StepPart.Whole, CompileOptions? compile = null)
    {
        var graph = new Graph();
        var x = graph.Input("inputs", inputs);
        var t = graph.Input("targets", targets);
        var step = graph.Variable(state.StepNumber);
        var context = new TrainingContext(graph, state.Network, state.Variables, step, state.Seed);
        var output = state.Network.Build(context, [x])[0];
        var loss = task.Loss(graph, output, t);
        var (guard, updated) = AppendStep(state, graph, loss, maxNorm, part);
        foreach (var (target, next) in context.Updates)
        {
            updated.Add((target, guard.Assign(graph, target, next)));
        }

        // Averaged weights need averaged statistics: those of the last weights do not fit them.
        if (part != StepPart.Accumulate)
        {
            state.Average?.Append(graph, updated, guard);
        }

        var one = graph.Variable(new Variable("1", step.Type, [1, 0, 0, 0]));
        graph.Assign(
            state.StepNumber, graph.Add(new IntegerPointwise(Integer.Add), "step/next", step, one));
        graph.Output(loss, "loss");
        graph.Output(guard.Norm, "norm");
        graph.Output(guard.Enabled, "enabled");
        _plan = ExecutionPlan.Compile(graph, state.Device, state.Constants, state.Store, compile);
    }

    /// <summary>The plan.</summary>
    public ExecutionPlan Plan => _plan;

    /// <summary>Takes a step.</summary>
    /// <param name="inputs">Row-major, little-endian, of the declared type.</param>
    /// <param name="targets">Likewise.</param>
    /// <exception cref="InputException">A span has another length.</exception>
    public StepOutcome Run(ReadOnlySpan<byte> inputs, ReadOnlySpan<byte> targets)
    {
        _plan.SetInput(0, inputs);
        _plan.SetInput(1, targets);
        _plan.Run();
        return new(Read(0), Read(1), Read(2) != 0);
    }

    /// <summary>Releases the plan.</summary>
    public void Dispose() => _plan.Dispose();

    private static (StepGuard Guard, List<(Variable Weights, Value Updated)> Updated) AppendStep(
        TrainingState state, Graph graph, Value loss, float? maxNorm, StepPart part)
    {
        var trained = Trained(state, graph, loss);
        Variable[] weights = [.. trained.Select(p => p.Weights)];
        IReadOnlyList<Value> gradients = [.. trained.Select(p => p.Gradient)];
        if (part != StepPart.Whole)
        {
            var accumulator = state.AccumulatorOf(weights);
            if (part == StepPart.Accumulate)
            {
                return (accumulator.AppendMicroStep(graph, loss, gradients), []);
            }

            (loss, gradients) = accumulator.AppendStep(graph, loss, gradients);
        }

        var guard = StepGuard.Append(graph, loss, gradients, maxNorm, state.SkippedInRow);
        var updated = state.Optimiser.Append(graph, [.. weights.Zip(gradients)], guard);
        return (guard, [.. weights.Zip(updated)]);
    }

    private static List<(Variable Weights, Value Gradient)> Trained(
        TrainingState state, Graph graph, Value loss)
    {
        var used = graph.Variables.ToHashSet();
        Variable[] weights =
        [
            .. state.Variables.Where(p => p.Key.IsTrainable && used.Contains(p.Value))
                .Select(p => p.Value),
        ];
        var gradients = Gradients.Append(graph, loss, [.. weights.Select(graph.Variable)]);
        var trained = new List<(Variable, Value)>();
        for (int i = 0; i < weights.Length; i++)
        {
            if (gradients[i] is { } gradient)
            {
                trained.Add((weights[i], gradient));
            }
        }

        return trained.Count > 0 ? trained : throw new ArgumentException(
            $"{state.Network.Name} has nothing to train: the loss depends on no weights that are "
            + "not frozen");
    }

    private float Read(int output)
    {
        Span<float> number = stackalloc float[1];
        _plan.ReadOutput(output, MemoryMarshal.AsBytes(number));
        return number[0];
    }
}
