using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// A graph in an attribute of a node: the branch of an If, the body of a Loop. It reads its own
/// inputs and initialisers, and by their names whatever the graphs around it have.
/// </summary>
internal sealed class OnnxGraph
{
    public OnnxGraph(
        GraphProto proto, OnnxNode owner, int opset, string? file, OnnxExternalData? external)
    {
        Inputs = [.. proto.Input.Select(i => i.Name)];
        Outputs = [.. proto.Output.Select(o => o.Name)];
        foreach (var tensor in proto.Initializer)
        {
            if (!Constants.TryAdd(tensor.Name, OnnxElements.ToTensor(tensor, tensor.Name, external)))
            {
                throw owner.Bad($"'{tensor.Name}' is there twice", "initializer");
            }
        }

        var nodes = proto.Node
            .Select((node, i) => new OnnxNode(node, i, opset, file, external)).ToList();
        HashSet<string> given = [.. Inputs, .. Constants.Keys];
        Captured =
        [
            .. nodes.SelectMany(n => n.Reads).Concat(Outputs)
                .Except(nodes.SelectMany(n => n.Outputs)).Except(given).Where(n => n.Length > 0),
        ];
        given.UnionWith(Captured);
        Nodes = NodeOrder.Of(
            nodes, given, Outputs.Select(name => (name, "output")), owner.Bad);
    }

    /// <summary>Names of the inputs, in order.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of the outputs, in order.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>Tensors of the file.</summary>
    public Dictionary<string, HostTensor> Constants { get; } = [];

    /// <summary>The nodes that the outputs need, in an order in which they can run.</summary>
    public IReadOnlyList<OnnxNode> Nodes { get; }

    /// <summary>Names that it reads of the graphs around it.</summary>
    public IReadOnlyList<string> Captured { get; }
}
