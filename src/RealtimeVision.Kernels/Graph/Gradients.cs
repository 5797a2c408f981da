using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Graph;

/// <summary>
/// Reverse-mode differentiation, graph to graph: goes backwards over the nodes between what is
/// wanted and the loss, and lets each add the nodes of its gradient to the same graph.
/// </summary>
/// <remarks>
/// To be done before nodes are fused: an epilogue may then take in a value only if no gradient
/// reads it. Only 32-bit floats have gradients; nothing passes through indices and masks.
/// </remarks>
public sealed class Gradients
{
    private readonly HashSet<Value> _wanted = [];
    private readonly Dictionary<Value, Value> _gradients = [];

    private Gradients(Graph graph) => Graph = graph;

    /// <summary>The graph that is added to.</summary>
    internal Graph Graph { get; }

    /// <summary>Adds the nodes that compute gradients of a loss.</summary>
    /// <param name="graph">The graph of the forward pass; nodes are added to it.</param>
    /// <param name="loss">One Float32 number.</param>
    /// <param name="wanted">Inputs, variables or any other values of the graph.</param>
    /// <returns>The gradients in the order of <paramref name="wanted"/>, each of its value's
    /// type; null where the loss does not depend on a value.</returns>
    /// <exception cref="ShapeException">The loss is not one Float32 number.</exception>
    /// <exception cref="NotSupportedException">A node between has no gradient; the message names
    /// it.</exception>
    public static IReadOnlyList<Value?> Append(
        Graph graph, Value loss, params IReadOnlyList<Value> wanted)
    {
        if (loss.Type.Element != ElementType.Float32 || loss.Shape.Count != 1)
        {
            throw new ShapeException($"a loss is one Float32 number, '{loss.Name}' is {loss.Type}");
        }

        var one = graph.Constant("1", loss.Shape, [1f]);
        return Append(graph, [(loss, one)], wanted);
    }

    /// <summary>
    /// Adds the nodes that compute gradients of a loss of which the gradients of some values are
    /// known.
    /// </summary>
    /// <param name="graph">The graph of the forward pass; nodes are added to it.</param>
    /// <param name="known">Values, and the loss's gradient of each, of the same type.</param>
    /// <param name="wanted">Inputs, variables or any other values of the graph.</param>
    /// <returns>See the other overload.</returns>
    /// <exception cref="NotSupportedException">A node between has no gradient; the message names
    /// it.</exception>
    public static IReadOnlyList<Value?> Append(
        Graph graph,
        IReadOnlyList<(Value Value, Value Gradient)> known,
        params IReadOnlyList<Value> wanted)
    {
        var gradients = new Gradients(graph);
        Node[] forward = [.. graph.Nodes];
        gradients._wanted.UnionWith(wanted);
        foreach (var node in forward)
        {
            if (node.Inputs.Any(i => i is not null && gradients._wanted.Contains(i)))
            {
                gradients._wanted.UnionWith(
                    node.Outputs.Where(o => o.Type.Element == ElementType.Float32));
            }
        }

        foreach (var (value, gradient) in known)
        {
            gradients.Give(null, value, gradient);
        }

        foreach (var node in forward.Reverse())
        {
            if (node.Outputs.Any(gradients._gradients.ContainsKey)
                && node.Inputs.Any(i => i is not null && gradients._wanted.Contains(i)))
            {
                gradients.Differentiate(node);
            }
        }

        return [.. wanted.Select(gradients.Find)];
    }

    internal Value? Find(Value value) => _gradients.GetValueOrDefault(value);

    internal bool IsWanted(Value value) => _wanted.Contains(value);

    internal void Give(Node? node, Value value, Value gradient)
    {
        string name = node is null ? value.Name : node.Name;
        if (gradient.Type != value.Type)
        {
            throw new ShapeException(
                $"node '{name}': the gradient of {value.Type} '{value.Name}' is {gradient.Type}");
        }

        _gradients[value] = _gradients.TryGetValue(value, out var sum)
            ? Graph.Add(new Pointwise(Binary.Add), $"{value.Name}/gradient sum", sum, gradient)
            : gradient;
    }

    private void Differentiate(Node node)
    {
        if (!node.Operator.IsDifferentiable)
        {
            throw new NotSupportedException($"node '{node.Name}': {node.Operator.Name} has no gradient");
        }

        node.Operator.Differentiate(new GradientBuilder(this, node));
    }
}
