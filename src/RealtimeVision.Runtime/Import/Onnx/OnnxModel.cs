using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// A network of an ONNX file, operator sets 1 to 21. Its graphs carry pictures as [N, H, W, C]
/// whatever the file has; inputs and outputs keep the layout of the file.
/// </summary>
/// <remarks>
/// Weights become variables when the first graph is built; graphs for other sizes share them. Sizes
/// that the network computes (Shape, Gather, Concat, ...) are computed while a graph is built; so
/// are those that it computes of an input (<see cref="TensorDeclaration.DecidesShapes"/>).
/// 64-bit integers run as 32-bit ones, and 16- and 64-bit floats as 32-bit ones.
/// </remarks>
public sealed partial class OnnxModel : Model
{
    /// <summary>The oldest operator set that is read.</summary>
    public const int MinOpset = 1;

    /// <summary>The newest operator set that is read.</summary>
    public const int MaxOpset = 21;

    private readonly List<OnnxNode> _nodes;
    private readonly Dictionary<string, HostTensor> _constants;
    private readonly OnnxExternalData? _external;
    private readonly List<UnsupportedOperator> _refused;
    private readonly Lock _lock = new();
    private readonly ModelProto _proto;

    private OnnxModel(ModelProto proto, string name, string? file, OnnxExternalData? external)
    {
        Name = name;
        _proto = proto;
        Opset = OpsetOf(proto, file);
        _external = external;
        var graph = proto.Graph ?? throw Bad(file, "it holds no graph", "graph");
        _constants = ConstantsOf(graph, file, external, out var sparse);
        Inputs = OnnxDeclarations.InputsOf(graph, _constants.Keys.ToHashSet(), file);
        Outputs = OnnxDeclarations.OutputsOf(graph, file);
        HashSet<string> given = [.. _constants.Keys, .. Inputs.Select(i => i.Name), .. sparse];
        var nodes = graph.Node
            .Select((node, i) => new OnnxNode(node, i, Opset, file, external)).ToList();
        MakeNamesUnique(nodes);
        _nodes = NodeOrder.Of(
            nodes, given, graph.Output.Select((o, i) => (o.Name, $"graph.output[{i}]")),
            (problem, field) => Bad(file, problem, field));
        Inputs = ShapeInputs.Mark(Inputs, _nodes);
        _refused =
        [
            .. sparse.Select(name => new UnsupportedOperator(
                name, "sparse_initializer", "sparse tensors are not supported")),
            .. from node in _nodes
               let reason = OnnxImporter.Refusal(node)
               where reason is not null
               select new UnsupportedOperator(node.Name, node.Operator, reason),
        ];
        (Inputs, Outputs) = PictureLayout.Guess(_nodes, Inputs, Outputs);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorDeclaration> Inputs { get; }

    /// <inheritdoc/>
    /// <remarks>An output whose shape the file leaves out is declared without dimensions.</remarks>
    public override IReadOnlyList<TensorDeclaration> Outputs { get; }

    /// <summary>Version of the operator set that the file means.</summary>
    public int Opset { get; }

    /// <summary>
    /// Loads a file. Nodes that cannot be imported are an error only when a graph is built.
    /// </summary>
    /// <exception cref="ModelFormatException"> The file is missing, truncated, no ONNX model, of
    /// another operator set, or breaks the rules of the format. </exception>
    public static OnnxModel Load(string path)
    {
        var file = OnnxModelFile.Load(path);
        return new OnnxModel(
            file.Model, Path.GetFileNameWithoutExtension(path), path, file.ExternalData);
    }

    /// <summary>A model of messages in memory.</summary>
    /// <param name="proto">The messages; not changed, and not to be changed any more.</param>
    /// <param name="name">What a person calls it.</param>
    /// <param name="external">
    /// Reads data that is kept in other files; null where there is none.
    /// </param>
    /// <exception cref="ModelFormatException">It breaks the rules of the format.</exception>
    public static OnnxModel Of(
        ModelProto proto, string? name = null, OnnxExternalData? external = null)
    {
        ArgumentNullException.ThrowIfNull(proto);
        return new OnnxModel(proto, name ?? proto.Graph?.Name ?? "model", null, external);
    }

    /// <summary>
    /// All nodes that cannot be imported. Unknown operators are always found; a known one in a form
    /// that is not supported may show only for given sizes.
    /// </summary>
    /// <param name="inputs">
    /// Sizes of the inputs, in order; none look only at what no sizes would help.
    /// </param>
    /// <exception cref="InputException">The shapes do not suit the inputs.</exception>
    /// <exception cref="ShapeException">The shapes do not suit the network.</exception>
    public IReadOnlyList<UnsupportedOperator> Unsupported(params ReadOnlySpan<InputSpec> inputs)
    {
        if (inputs.Length == 0 && !Inputs.All(i => i is { IsFixed: true, DecidesShapes: false }))
        {
            return _refused;
        }

        try
        {
            Instantiate(inputs);
            return [];
        }
        catch (UnsupportedOperatorsException e)
        {
            return e.Operators;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="UnsupportedOperatorsException">
    /// Nodes cannot be imported; all of them are listed.
    /// </exception>
    /// <exception cref="ModelFormatException">
    /// An attribute or input of a node is missing or bad.
    /// </exception>
    public override IReadOnlyList<Value> Build(Graph graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count != Inputs.Count)
        {
            throw new InputException(
                $"{Name} takes {Inputs.Count} inputs, {inputs.Count} were given");
        }

        // Plans for other sizes may be built beside a run; what graphs share is not safe for two at
        // once.
        lock (_lock)
        {
            return BuildLocked(graph, inputs);
        }
    }

    private Value[] BuildLocked(Graph graph, IReadOnlyList<Value> inputs)
    {
        var writer = new GraphWriter(graph);
        var find = Import(
            writer, Inputs.Select((input, i) => (input.Name, Arrive(writer, input, inputs[i]))));
        var outputs = new Value[Outputs.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            writer.NodeName = Outputs[i].Name;
            outputs[i] = writer.InOrder(find(Outputs[i].Name)!);
        }

        return outputs;
    }

    private Func<string, ImportedTensor?> Import(
        GraphWriter writer, IEnumerable<(string Name, ImportedTensor Tensor)> given)
    {
        var importer = new OnnxImporter(_nodes, _constants, _external);
        var find = importer.Run(writer, given);
        return importer.Unsupported.Count == 0 && _refused.Count == 0 ? find
            : throw new UnsupportedOperatorsException(
                Name, [.. _refused.Union(importer.Unsupported)]);
    }

    // A picture is turned before anything else: a frame that is turned to fit the file's layout
    // then meets its inverse.
    private static ImportedTensor Arrive(
        GraphWriter writer, TensorDeclaration declaration, Value value)
    {
        if (declaration.DecidesShapes)
        {
            return value.Variable is { IsConstant: true } elements
                ? HostTensor.Of(elements, declaration.Storage)
                : throw new InputException(
                    $"the elements of input {declaration} decide shapes: they have to be a constant "
                    + "of the graph");
        }

        var tensor = new GraphTensor(value);
        if (declaration.Layout != TensorLayout.Nchw)
        {
            return tensor;
        }

        writer.NodeName = declaration.Name + "/Transpose";
        var order = Axes.ChannelsLast(tensor.Rank);
        return new GraphTensor(writer.InOrder(tensor, order), order);
    }

    private static int OpsetOf(ModelProto proto, string? file)
    {
        // A model of another domain alone need not declare ONNX's own operators: it has none.
        var standard = proto.OpsetImport.Find(o => o.Domain is "" or "ai.onnx");
        return standard is null ? MaxOpset
            : standard.Version is >= MinOpset and <= MaxOpset ? (int)standard.Version
            : throw Bad(
                file,
                $"operator set {standard.Version} is not supported, {MinOpset} to {MaxOpset} are",
                "opset_import");
    }

    private static Dictionary<string, HostTensor> ConstantsOf(
        GraphProto graph, string? file, OnnxExternalData? external, out List<string> sparse)
    {
        var constants = new Dictionary<string, HostTensor>();
        for (int i = 0; i < graph.Initializer.Count; i++)
        {
            var tensor = graph.Initializer[i];
            if (!constants.TryAdd(tensor.Name, OnnxElements.ToTensor(tensor, tensor.Name, external)))
            {
                throw Bad(file, $"'{tensor.Name}' is there twice", $"graph.initializer[{i}]");
            }
        }

        sparse = [.. graph.SparseInitializer.Select(s => s.Values?.Name ?? "")];
        return constants;
    }

    // Names of nodes are for people and may repeat; names of values may not.
    private static void MakeNamesUnique(List<OnnxNode> nodes)
    {
        var names = new HashSet<string>();
        foreach (var node in nodes)
        {
            if (!names.Add(node.Name))
            {
                node.Name = $"{node.Name} ({node.Outputs.FirstOrDefault(o => o.Length > 0)})";
            }
        }
    }

    private static ModelFormatException Bad(string? file, string problem, string field) =>
        new(OnnxModelFile.FormatName, problem, file, field);
}
