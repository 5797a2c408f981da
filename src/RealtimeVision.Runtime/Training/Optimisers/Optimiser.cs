using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// What turns gradients into steps of the weights: adds a node a tensor of weights to a graph, and
/// assigns what it gives to the weights and to the optimiser's memory of them.
/// </summary>
/// <remarks>
/// All that changes from step to step is in variables, so that one plan does every step and a
/// checkpoint of <see cref="Variables"/> goes on where it was. Graphs for other sizes share them.
/// </remarks>
public abstract class Optimiser
{
    private readonly Dictionary<Variable, Variable[]> _memories = [];
    private readonly List<Variable> _variables = [];

    private protected Optimiser(float learningRate)
    {
        LearningRate = Number("optimiser/learning rate", learningRate);
        StepCount = Number("optimiser/steps", 0);
    }

    /// <summary>
    /// The learning rate, one Float32 number; not assigned by the step, but written by a schedule.
    /// </summary>
    public Variable LearningRate { get; }

    /// <summary>
    /// Steps taken, one Float32 number (exact up to 16 million); those that were skipped do not
    /// count.
    /// </summary>
    public Variable StepCount { get; }

    /// <summary>
    /// All variables of the optimiser, in the order of their making: what a checkpoint has to hold.
    /// </summary>
    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>Adds a step to a graph.</summary>
    /// <param name="graph">Takes nodes and assignments.</param>
    /// <param name="parameters">
    /// Weights, not constant, and their gradients, each of its weights' type.
    /// </param>
    /// <param name="guard">
    /// What scales the gradients and says whether the step is taken; null to take every step as it
    /// is.
    /// </param>
    /// <returns>
    /// The weights after the step, in the order of <paramref name="parameters"/>: those before it
    /// where it is not taken.
    /// </returns>
    /// <exception cref="ShapeException">A gradient is not of its weights' type.</exception>
    /// <exception cref="ArgumentException">Weights are constant, or given twice.</exception>
    public IReadOnlyList<Value> Append(
        Graph graph, IReadOnlyList<(Variable Weights, Value Gradient)> parameters,
        StepGuard? guard = null)
    {
        var rate = graph.Variable(LearningRate);
        var counted = graph.Add(
            new Pointwise(Unary.Affine, 1, 1), "optimiser/step", graph.Variable(StepCount));
        Assign(graph, StepCount, counted, guard);
        Value[] numbers = [.. AppendNumbers(graph, guard)];
        var updated = new List<Value>(parameters.Count);
        foreach (var (weights, gradient) in parameters)
        {
            var memories = MemoriesOf(weights);
            var node = graph.Node(
                Update, $"{weights.Name}/step",
                [
                    graph.Variable(weights), gradient, rate, guard?.Scale, guard?.Enabled,
                    .. memories.Select(graph.Variable), .. numbers,
                ]);
            graph.Assign(weights, node.Outputs[0]);
            updated.Add(node.Outputs[0]);
            for (int i = 0; i < memories.Length; i++)
            {
                graph.Assign(memories[i], node.Outputs[i + 1]);
            }
        }

        return updated;
    }

    /// <summary>The operator that makes a step.</summary>
    private protected abstract OptimiserUpdate Update { get; }

    /// <summary>What the memories are called.</summary>
    private protected abstract IReadOnlyList<string> MemoryNames { get; }

    /// <summary>Adds what is computed once for all weights, and gives the update's numbers.</summary>
    private protected virtual IEnumerable<Value> AppendNumbers(Graph graph, StepGuard? guard) => [];

    /// <summary>Makes a variable of one number.</summary>
    private protected Variable Number(string name, float value)
    {
        float[] values = [value];
        var variable = new Variable(
            name, TensorType.Float(), MemoryMarshal.AsBytes<float>(values).ToArray(), isConstant: false);
        _variables.Add(variable);
        return variable;
    }

    /// <summary>Assigns a number, or what it was where the step is not taken.</summary>
    private protected static void Assign(
        Graph graph, Variable target, Value value, StepGuard? guard)
    {
        if (guard is null)
        {
            graph.Assign(target, value);
        }
        else
        {
            guard.Assign(graph, target, value);
        }
    }

    private Variable[] MemoriesOf(Variable weights)
    {
        if (!_memories.TryGetValue(weights, out var memories))
        {
            memories =
            [
                .. MemoryNames.Select(name => new Variable(
                    $"{weights.Name}/{name}", weights.Type, new byte[weights.Type.Bytes],
                    isConstant: false)),
            ];
            _memories.Add(weights, memories);
            _variables.AddRange(memories);
        }

        return memories;
    }
}
