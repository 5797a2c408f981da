using ProtoBuf;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// A network: nodes in topological order, its inputs, outputs and constant tensors.
/// </summary>
[ProtoContract]
public sealed class GraphProto
{
    /// <summary>The nodes, in topological order.</summary>
    [ProtoMember(1, Name = "node")]
    public List<NodeProto> Node { get; } = [];

    /// <summary>Name of the graph.</summary>
    [ProtoMember(2, Name = "name")]
    public string Name { get; set; } = "";

    /// <summary>Named constants; one that an input also names is that input's default.</summary>
    [ProtoMember(5, Name = "initializer")]
    public List<TensorProto> Initializer { get; } = [];

    /// <summary>Named sparse constants.</summary>
    [ProtoMember(15, Name = "sparse_initializer")]
    public List<SparseTensorProto> SparseInitializer { get; } = [];

    /// <summary>Text for people.</summary>
    [ProtoMember(10, Name = "doc_string")]
    public string DocString { get; set; } = "";

    /// <summary>Inputs; files of IR version 3 list the initialisers here too.</summary>
    [ProtoMember(11, Name = "input")]
    public List<ValueInfoProto> Input { get; } = [];

    /// <summary>Outputs.</summary>
    [ProtoMember(12, Name = "output")]
    public List<ValueInfoProto> Output { get; } = [];

    /// <summary>Types of values in between, where the writer gave them.</summary>
    [ProtoMember(13, Name = "value_info")]
    public List<ValueInfoProto> ValueInfo { get; } = [];

    /// <summary>Free key-value pairs.</summary>
    [ProtoMember(16, Name = "metadata_props")]
    public List<StringStringEntryProto> MetadataProps { get; } = [];
}

/// <summary>One application of an operator.</summary>
[ProtoContract]
public sealed class NodeProto
{
    /// <summary>Names of the inputs; an empty name is an optional input left out.</summary>
    [ProtoMember(1, Name = "input")]
    public List<string> Input { get; } = [];

    /// <summary>Names of the outputs; an empty name is an output that nobody wants.</summary>
    [ProtoMember(2, Name = "output")]
    public List<string> Output { get; } = [];

    /// <summary>Name of the node, often empty.</summary>
    [ProtoMember(3, Name = "name")]
    public string Name { get; set; } = "";

    /// <summary>The operator.</summary>
    [ProtoMember(4, Name = "op_type")]
    public string OpType { get; set; } = "";

    /// <summary>Domain of the operator; empty for ONNX's own.</summary>
    [ProtoMember(7, Name = "domain")]
    public string Domain { get; set; } = "";

    /// <summary>Which overload of a function the node calls.</summary>
    [ProtoMember(8, Name = "overload")]
    public string Overload { get; set; } = "";

    /// <summary>The attributes.</summary>
    [ProtoMember(5, Name = "attribute")]
    public List<AttributeProto> Attribute { get; } = [];

    /// <summary>Text for people.</summary>
    [ProtoMember(6, Name = "doc_string")]
    public string DocString { get; set; } = "";

    /// <summary>Free key-value pairs.</summary>
    [ProtoMember(9, Name = "metadata_props")]
    public List<StringStringEntryProto> MetadataProps { get; } = [];
}

/// <summary>Which member of an <see cref="AttributeProto"/> holds its value.</summary>
public enum AttributeType
{
    /// <summary>Not said: files of IR version 1.</summary>
    Undefined = 0,

    /// <summary><see cref="AttributeProto.F"/>.</summary>
    Float = 1,

    /// <summary><see cref="AttributeProto.I"/>.</summary>
    Int = 2,

    /// <summary><see cref="AttributeProto.S"/>.</summary>
    String = 3,

    /// <summary><see cref="AttributeProto.T"/>.</summary>
    Tensor = 4,

    /// <summary><see cref="AttributeProto.G"/>.</summary>
    Graph = 5,

    /// <summary><see cref="AttributeProto.Floats"/>.</summary>
    Floats = 6,

    /// <summary><see cref="AttributeProto.Ints"/>.</summary>
    Ints = 7,

    /// <summary><see cref="AttributeProto.Strings"/>.</summary>
    Strings = 8,

    /// <summary><see cref="AttributeProto.Tensors"/>.</summary>
    Tensors = 9,

    /// <summary><see cref="AttributeProto.Graphs"/>.</summary>
    Graphs = 10,

    /// <summary><see cref="AttributeProto.SparseTensor"/>.</summary>
    SparseTensor = 11,

    /// <summary><see cref="AttributeProto.SparseTensors"/>.</summary>
    SparseTensors = 12,

    /// <summary><see cref="AttributeProto.TypeProto"/>.</summary>
    TypeProto = 13,

    /// <summary><see cref="AttributeProto.TypeProtos"/>.</summary>
    TypeProtos = 14,
}

/// <summary>
/// A named attribute of a node; <see cref="Type"/> says which member holds its value.
/// </summary>
[ProtoContract]
public sealed class AttributeProto
{
    /// <summary>The name.</summary>
    [ProtoMember(1, Name = "name")]
    public string Name { get; set; } = "";

    /// <summary>
    /// In a function's body: the attribute of the function that this one stands for.
    /// </summary>
    [ProtoMember(21, Name = "ref_attr_name")]
    public string RefAttrName { get; set; } = "";

    /// <summary>Text for people.</summary>
    [ProtoMember(13, Name = "doc_string")]
    public string DocString { get; set; } = "";

    /// <summary>Which member holds the value.</summary>
    [ProtoMember(20, Name = "type")]
    public AttributeType Type { get; set; }

    /// <summary>A number.</summary>
    [ProtoMember(2, Name = "f")]
    public float F { get; set; }

    /// <summary>An integer.</summary>
    [ProtoMember(3, Name = "i")]
    public long I { get; set; }

    /// <summary>A string, UTF-8.</summary>
    [ProtoMember(4, Name = "s")]
    public byte[]? S { get; set; }

    /// <summary>A tensor.</summary>
    [ProtoMember(5, Name = "t")]
    public TensorProto? T { get; set; }

    /// <summary>A subgraph.</summary>
    [ProtoMember(6, Name = "g")]
    public GraphProto? G { get; set; }

    /// <summary>A sparse tensor.</summary>
    [ProtoMember(22, Name = "sparse_tensor")]
    public SparseTensorProto? SparseTensor { get; set; }

    /// <summary>A type.</summary>
    [ProtoMember(14, Name = "tp")]
    public TypeProto? TypeProto { get; set; }

    /// <summary>Numbers.</summary>
    [ProtoMember(7, Name = "floats")]
    public List<float> Floats { get; } = [];

    /// <summary>Integers.</summary>
    [ProtoMember(8, Name = "ints")]
    public List<long> Ints { get; } = [];

    /// <summary>Strings, UTF-8.</summary>
    [ProtoMember(9, Name = "strings")]
    public List<byte[]> Strings { get; } = [];

    /// <summary>Tensors.</summary>
    [ProtoMember(10, Name = "tensors")]
    public List<TensorProto> Tensors { get; } = [];

    /// <summary>Subgraphs.</summary>
    [ProtoMember(11, Name = "graphs")]
    public List<GraphProto> Graphs { get; } = [];

    /// <summary>Sparse tensors.</summary>
    [ProtoMember(23, Name = "sparse_tensors")]
    public List<SparseTensorProto> SparseTensors { get; } = [];

    /// <summary>Types.</summary>
    [ProtoMember(15, Name = "type_protos")]
    public List<TypeProto> TypeProtos { get; } = [];

    // The schema is proto2, where a zero that is present is written; protobuf-net asks these.
    private bool ShouldSerializeF() => Type == AttributeType.Float || F != 0;

    private bool ShouldSerializeI() => Type == AttributeType.Int || I != 0;

    // A name that is there, even an empty one, means that the value is elsewhere.
    private bool ShouldSerializeRefAttrName() => RefAttrName.Length > 0;
}
