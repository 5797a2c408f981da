using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// A node that is being mapped: its attributes, its inputs as they are now, and the graph to write.
/// </summary>
internal sealed class NodeContext(
    OnnxNode node,
    ImportedTensor?[] inputs,
    GraphWriter graph,
    OnnxExternalData? external,
    OnnxImporter importer)
{
    /// <summary>The node of the file.</summary>
    public OnnxNode Node { get; } = node;

    /// <summary>Adds nodes to the graph.</summary>
    public GraphWriter Graph { get; } = graph;

    /// <summary>Data beside the file, for tensors in attributes.</summary>
    public OnnxExternalData? External { get; } = external;

    /// <summary>Version of the operator set.</summary>
    public int Opset => Node.Opset;

    /// <summary>Number of inputs, with those left out in the middle.</summary>
    public int InputCount => inputs.Length;

    /// <summary>Inputs that are given.</summary>
    public IEnumerable<ImportedTensor> Inputs => inputs.OfType<ImportedTensor>();

    /// <summary>True where all inputs that are given are known when the graph is built.</summary>
    public bool IsOnHost => Array.TrueForAll(inputs, x => x is null or HostTensor);

    /// <summary>True where all that the result depends on is in the file.</summary>
    public bool IsFixed => Array.TrueForAll(inputs, x => x is null or HostTensor { IsFixed: true });

    /// <summary>An input that must be given.</summary>
    public ImportedTensor Input(int index) =>
        Optional(index) ?? throw Node.Bad($"input {index} is missing", $"input[{index}]");

    /// <summary>An input; null where it is left out.</summary>
    public ImportedTensor? Optional(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>An input as a tensor of floats in the graph.</summary>
    public GraphTensor Floats(int index) => Floats(Input(index));

    /// <summary>A tensor of floats in the graph.</summary>
    public GraphTensor Floats(ImportedTensor x) => x.Element == ElementType.Float32
        ? Graph.ToGraph(x)
        : throw Unsupported($"works on elements of type {x.Element}, which no kernel does");

    /// <summary>An input whose elements are needed when the graph is built.</summary>
    public HostTensor Constant(int index, string what) => Graph.Known(Input(index))
        ?? throw Unsupported($"{what} depend on data, not on sizes alone");

    /// <summary>
    /// Integers that older operator sets have as an attribute and newer ones as an input; null
    /// where left out.
    /// </summary>
    public long[]? Ints(string attribute, int input) =>
        Optional(input) is null ? Node.Ints(attribute) : ConstantInts(input, $"its {attribute}");

    /// <summary>
    /// A number that older operator sets have as an attribute and newer ones as an input.
    /// </summary>
    public float? Float(string attribute, int input, string what) =>
        Optional(input) is null
            ? Node.Has(attribute) ? Node.Float(attribute, 0) : null
            : Constant(input, what) is { Count: 1 } value ? value.Floats[0]
            : throw Node.Bad($"{what} has to be one number", $"input[{input}]");

    /// <summary>The elements of an integer input.</summary>
    public long[] ConstantInts(int index, string what)
    {
        var tensor = Constant(index, what);
        return tensor.IsFloat
            ? throw Node.Bad($"{what} has to be of integers", $"input[{index}]")
            : tensor.Integers;
    }

    /// <summary>An axis in 0 .. rank - 1; a negative one counts from the end.</summary>
    public int Axis(long axis, int rank, string field = "axis") => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Node.Bad($"there is no axis {axis} among {rank}", field);

    /// <summary>Axes in 0 .. rank - 1.</summary>
    public int[] AxesOf(long[] axes, int rank)
    {
        int[] normal = Array.ConvertAll(axes, axis => Axis(axis, rank, "axes"));
        return normal.Distinct().Count() == normal.Length
            ? normal
            : throw Node.Bad("an axis is there twice", "axes");
    }

    /// <summary>The same node with other inputs.</summary>
    public NodeContext With(ImportedTensor?[] others) =>
        new(Node, others, Graph, External, importer);

    /// <summary>A graph in an attribute.</summary>
    public OnnxGraph Body(string attribute) => Node.Body(attribute);

    /// <summary>Adds the nodes of a graph in an attribute, and gives its outputs.</summary>
    public ImportedTensor[] Build(OnnxGraph body, IReadOnlyList<ImportedTensor> inputs)
    {
        string name = Graph.NodeName;
        var outputs = importer.Build(body, Graph, inputs);
        Graph.NodeName = name;
        return outputs;
    }

    /// <summary>A type of elements that an attribute says.</summary>
    public StorageType DataType(string attribute, StorageType missing) =>
        Node.Has(attribute) ? Supported((OnnxDataType)Node.Int(attribute)) : missing;

    /// <summary>How a type of elements is stored.</summary>
    public static StorageType Supported(OnnxDataType type) => OnnxTensor.StorageOf(type)
        ?? throw Unsupported($"elements of type {type} are not supported");

    /// <summary>The node is valid, but nothing here does it.</summary>
    public static UnsupportedNodeException Unsupported(string reason) => new(reason);

    /// <summary>A tensor of floats that is known.</summary>
    public HostTensor Host(Shape shape, float[] elements) =>
        new(Node.Name, shape, elements, IsFixed);

    /// <summary>A tensor of 64-bit integers that is known.</summary>
    public HostTensor Host(Shape shape, long[] elements, StorageType type = StorageType.Int64) =>
        new(Node.Name, type, shape, elements, IsFixed);
}
