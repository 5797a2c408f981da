using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Compile;

/// <summary>
/// Copies a graph node by node into a new one, while a pass puts other nodes in the place of some.
/// Inputs, outputs, assignments and names stay; nodes that nobody reads in the end are left out.
/// </summary>
public sealed class GraphRewriter
{
    private readonly Dictionary<Value, Value> _map = [];
    private readonly Dictionary<Value, int> _reads = [];

    private GraphRewriter(Graph source)
    {
        Source = source;
        Uses = new GraphUses(source);
        foreach (var input in source.Inputs)
        {
            Set(input, Target.Input(input.Name, input.Type));
        }
    }

    /// <summary>The graph that is read.</summary>
    public Graph Source { get; }

    /// <summary>The graph that is made.</summary>
    public Graph Target { get; } = new();

    /// <summary>Who reads what in <see cref="Source"/>.</summary>
    public GraphUses Uses { get; }

    /// <summary>Rewrites a graph.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="visit">
    /// Is called for each node in order; true where it has put something in the place of what
    /// the node computes, false to have the node copied.
    /// </param>
    public static Graph Run(Graph source, Func<GraphRewriter, Node, bool> visit)
    {
        var rewriter = new GraphRewriter(source);
        foreach (var node in source.Nodes)
        {
            if (!visit(rewriter, node))
            {
                rewriter.Copy(node);
            }
        }

        rewriter.CopyResults();
        return WithoutDeadNodes(rewriter.Target);
    }

    /// <summary>A copy of the graph without nodes that no output and no variable needs.</summary>
    public static Graph WithoutDeadNodes(Graph source)
    {
        var isNeeded = new HashSet<Node>();
        var pending = new Stack<Value>(
            source.Outputs.Concat(source.Assignments.Select(a => a.Value)));
        while (pending.TryPop(out var value))
        {
            if (value.Producer is { } node && isNeeded.Add(node))
            {
                foreach (var input in node.Inputs)
                {
                    if (input is not null)
                    {
                        pending.Push(input);
                    }
                }
            }
        }

        if (isNeeded.Count == source.Nodes.Count)
        {
            return source;
        }

        var rewriter = new GraphRewriter(source);
        foreach (var node in source.Nodes.Where(isNeeded.Contains))
        {
            rewriter.Copy(node);
        }

        rewriter.CopyResults();
        return rewriter.Target;
    }

    /// <summary>What stands for a value of the source graph in the new one.</summary>
    public Value Map(Value value) => _map.TryGetValue(value, out var mapped)
        ? mapped
        : Target.Variable(
            value.Variable ?? throw new InvalidOperationException($"'{value.Name}' has no node"));

    /// <summary>The inputs of a source node in the new graph.</summary>
    public Value?[] MapInputs(Node node) => [.. node.Inputs.Select(i => i is null ? null : Map(i))];

    /// <summary>Lets readers of a source value read another value of the new graph.</summary>
    /// <exception cref="InvalidOperationException">The types differ: the pass is wrong.</exception>
    public void Replace(Value source, Value target)
    {
        if (source.Type != target.Type)
        {
            throw new InvalidOperationException(
                $"'{source.Name}' is {source.Type}, what should replace it is {target.Type}");
        }

        Set(source, target);
    }

    /// <summary>
    /// Puts a new node in the place of a source node of one output, under the same names.
    /// </summary>
    public void Replace(Node source, Operator op, params Value?[] inputs)
    {
        var value = Target.Add(op, source.Name, inputs);
        value.Name = source.Outputs[0].Name;
        Replace(source.Outputs[0], value);
    }

    /// <summary>Copies a node as it is.</summary>
    public Node Copy(Node node)
    {
        var copy = Target.Node(node.Operator, node.Name, MapInputs(node));
        for (int i = 0; i < copy.Outputs.Length; i++)
        {
            copy.Outputs[i].Name = node.Outputs[i].Name;
            Set(node.Outputs[i], copy.Outputs[i]);
        }

        return copy;
    }

    /// <summary>Whether a node alone reads a value of the source graph.</summary>
    public bool IsSoleUse(Value value) => Uses.CountOf(value) == 1;

    /// <summary>
    /// Whether at most one read of the source graph is a read of this value of the new one.
    /// </summary>
    public bool IsReadOnce(Value target) => _reads.GetValueOrDefault(target) <= 1;

    private void Set(Value source, Value target)
    {
        _map[source] = target;
        _reads[target] = _reads.GetValueOrDefault(target) + Uses.CountOf(source);
    }

    private void CopyResults()
    {
        for (int i = 0; i < Source.Outputs.Count; i++)
        {
            Target.Output(Map(Source.Outputs[i]), Source.OutputNames[i]);
        }

        foreach (var (target, value) in Source.Assignments)
        {
            Target.Assign(target, Map(value));
        }
    }
}

/// <summary>How often the values of a graph are read.</summary>
public sealed class GraphUses
{
    private readonly Dictionary<Value, int> _counts = [];

    /// <summary>Counts.</summary>
    public GraphUses(Graph graph)
    {
        var reads = graph.Nodes.SelectMany(n => n.Inputs)
            .Concat(graph.Outputs)
            .Concat(graph.Assignments.Select(a => a.Value));
        foreach (var value in reads)
        {
            if (value is not null)
            {
                _counts[value] = _counts.GetValueOrDefault(value) + 1;
            }
        }
    }

    /// <summary>
    /// Inputs of nodes that are the value; being an output of the graph, and being assigned to a
    /// variable, count one each.
    /// </summary>
    public int CountOf(Value value) => _counts.GetValueOrDefault(value);
}
