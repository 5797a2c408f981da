using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Builds one graph of a model, for given sizes of the inputs: goes through the nodes in order, and
/// lets the mapper of each operator compute what is known now and add nodes for the rest.
/// </summary>
/// <param name="nodes">The nodes, in an order in which they can run.</param>
/// <param name="constants"> Tensors that come of the file alone. Those that mappers compute are
/// added, so that the next graph has the same ones. </param>
/// <param name="external">Data beside the file.</param>
/// <param name="outer">
/// For a graph within a node: the importer of the graph around it; else null.
/// </param>
internal sealed class OnnxImporter(
    IReadOnlyList<OnnxNode> nodes,
    Dictionary<string, HostTensor> constants,
    OnnxExternalData? external,
    OnnxImporter? outer = null)
{
    private readonly Dictionary<string, ImportedTensor> _tensors = [];
    private readonly HashSet<Value> _named = [];

    /// <summary>
    /// Nodes that could not be mapped; nodes that read their results were not tried.
    /// </summary>
    public List<UnsupportedOperator> Unsupported { get; } = outer?.Unsupported ?? [];

    /// <summary>Why a node can be mapped for no sizes at all; null where it may be.</summary>
    public static string? Refusal(OnnxNode node)
    {
        return OnnxOperators.Find(node.Operator) is { } mapper ? mapper.Refusal?.Invoke(node)
            : node.IsStandard ? "the operator is not known"
            : $"operators of the domain '{node.Domain}' are not known";
    }

    /// <summary>Maps all nodes.</summary>
    /// <returns>What a name stands for; null where a node could not be mapped.</returns>
    public Func<string, ImportedTensor?> Run(
        GraphWriter graph, IEnumerable<(string Name, ImportedTensor Tensor)> inputs)
    {
        foreach (var (name, tensor) in inputs)
        {
            _tensors.Add(name, tensor);
            if (tensor is GraphTensor input)
            {
                _named.Add(input.Value);
            }
        }

        foreach (var node in nodes)
        {
            // What another graph of this model computed of the file alone stays as it is.
            if (!node.Outputs.All(o => o.Length == 0 || constants.ContainsKey(o)))
            {
                Map(node, graph);
            }
        }

        return Find;
    }

    /// <summary>Adds the nodes of a graph within a node of this one.</summary>
    /// <returns>Its outputs, in order.</returns>
    /// <exception cref="UnsupportedNodeException">A node of it cannot be imported.</exception>
    public ImportedTensor[] Build(
        OnnxGraph body, GraphWriter graph, IReadOnlyList<ImportedTensor> inputs)
    {
        int known = Unsupported.Count;
        var importer = new OnnxImporter(body.Nodes, new(body.Constants), external, this);
        var find = importer.Run(graph, body.Inputs.Zip(inputs));
        ImportedTensor?[] outputs = [.. body.Outputs.Select(find)];
        if (Unsupported.Count == known)
        {
            return outputs!;
        }

        string[] names = [.. Unsupported.Skip(known).Select(u => u.Operator).Distinct()];
        throw NodeContext.Unsupported($"nodes within it cannot be imported: "
            + string.Join(", ", names));
    }

    private static bool NamesNode(ShapeException e, OnnxNode node) =>
        e.Message.StartsWith($"node '{node.Name}'", StringComparison.Ordinal);

    private ImportedTensor? Find(string name) =>
        _tensors.GetValueOrDefault(name) ?? constants.GetValueOrDefault(name) ?? outer?.Find(name);

    private void Map(OnnxNode node, GraphWriter graph)
    {
        if (Refusal(node) is { } refusal)
        {
            Unsupported.Add(new UnsupportedOperator(node.Name, node.Operator, refusal));
            return;
        }

        ImportedTensor?[] inputs = [.. node.Inputs.Select(Find)];
        if (node.Reads.Any(name => name.Length > 0 && Find(name) is null))
        {
            return;
        }

        graph.NodeName = node.Name;
        ImportedTensor?[] outputs;
        try
        {
            inputs = OlderForms.Modernise(node, inputs, graph);
            outputs = OnnxOperators.Find(node.Operator)!.Map(
                new NodeContext(node, inputs, graph, external, this));
        }
        catch (UnsupportedNodeException e)
        {
            Unsupported.Add(new UnsupportedOperator(node.Name, node.Operator, e.Message));
            return;
        }
        catch (ShapeException e) when (!NamesNode(e, node))
        {
            throw new ShapeException($"node '{node.Name}': {e.Message}", e);
        }

        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.HasOutput(i))
            {
                Define(node, i, i < outputs.Length ? outputs[i] : null);
            }
        }
    }

    private void Define(OnnxNode node, int index, ImportedTensor? tensor)
    {
        string name = node.Outputs[index];
        switch (tensor)
        {
            case HostTensor { IsFixed: true } constant:
                constants.TryAdd(name, constant);
                return;
            case null:
                Unsupported.Add(new UnsupportedOperator(
                    node.Name, node.Operator, $"output {index} ('{name}') is not computed"));
                return;
            case GraphTensor { Value: { Producer: not null } value }
                when outer is null && _named.Add(value):
                value.Name = name;
                break;
        }

        _tensors.Add(name, tensor);
    }
}
