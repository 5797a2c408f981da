using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// Builds one graph of a network, for given sizes of the inputs: goes through the nodes in order,
/// and lets the mapper of each operator add nodes.
/// </summary>
internal sealed class TfLiteImporter(TfLiteNetwork network, GraphWriter graph)
{
    private readonly Dictionary<TfLiteTensor, ImportedTensor> _tensors = [];
    private readonly HashSet<Value> _named = [];

    /// <summary>
    /// Nodes that could not be mapped; nodes that read their results were not tried.
    /// </summary>
    public List<UnsupportedOperator> Unsupported { get; } = [];

    /// <summary>Why a node can be mapped for no sizes at all; null where it may be.</summary>
    public static string? Refusal(TfLiteNode node)
    {
        if (TfLiteOperators.Find(node.Operator) is not { } mapper)
        {
            return "the operator is not known";
        }

        foreach (var tensor in node.Inputs.Concat(node.Outputs))
        {
            string? problem = tensor switch
            {
                null => null,
                { IsQuantised: true } => $"is quantised to {tensor.TypeName}: a float32 or float16 "
                    + "file of the network is needed",
                { Storage: null } => $"has elements of type {tensor.TypeName}, which are not read",
                { IsSparse: true } => "is sparse, which is not supported",
                { IsVariable: true } => "lasts from run to run, which is not supported",
                _ => null,
            };
            if (problem is not null)
            {
                return $"'{tensor!.Name}' {problem}";
            }
        }

        return mapper.Refusal?.Invoke(node);
    }

    /// <summary>Maps all nodes.</summary>
    /// <returns>What a tensor stands for; null where a node could not be mapped.</returns>
    public Func<TfLiteTensor, ImportedTensor?> Run(IReadOnlyList<Value> inputs)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            _tensors[network.Inputs[i]] = new GraphTensor(inputs[i]);
            _named.Add(inputs[i]);
        }

        foreach (var node in network.Nodes)
        {
            if (Refusal(node) is { } refusal)
            {
                Refuse(node, refusal);
            }
            else
            {
                Map(node);
            }
        }

        return Find;
    }

    private ImportedTensor? Find(TfLiteTensor tensor) =>
        _tensors.GetValueOrDefault(tensor) ?? tensor.Constant;

    private void Refuse(TfLiteNode node, string reason) =>
        Unsupported.Add(new UnsupportedOperator(node.Name, node.Operator, reason));

    private void Map(TfLiteNode node)
    {
        ImportedTensor?[] inputs = [.. node.Inputs.Select(t => t is null ? null : Find(t))];
        if (node.Inputs.Where((t, i) => t is not null && inputs[i] is null).Any())
        {
            return;
        }

        graph.NodeName = node.Name;
        ImportedTensor[] outputs;
        try
        {
            outputs = TfLiteOperators.Find(node.Operator)!.Map(
                new TfLiteContext(node, inputs, graph));
        }
        catch (UnsupportedNodeException e)
        {
            Refuse(node, e.Message);
            return;
        }
        catch (ShapeException e)
            when (!e.Message.StartsWith($"node '{node.Name}'", StringComparison.Ordinal))
        {
            throw new ShapeException($"node '{node.Name}': {e.Message}", e);
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw node.Bad("its sizes are out of all range");
        }

        if (outputs.Length < node.Outputs.Count)
        {
            throw node.Bad(
                $"it has {node.Outputs.Count} outputs where {outputs.Length} are computed",
                "outputs");
        }

        for (int i = 0; i < node.Outputs.Count; i++)
        {
            _tensors[node.Outputs[i]] = outputs[i];
            if (outputs[i] is GraphTensor { Value: { Producer: not null } value }
                && _named.Add(value))
            {
                value.Name = node.Outputs[i].Name;
            }
        }
    }
}
