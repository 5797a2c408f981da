using ProtoBuf;

namespace RealtimeVision.Runtime.Import.Onnx;

// The messages of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) as
// protobuf-net contracts: field numbers and field names are the schema's, members the C# form of
// those names. Lists are never null; absent strings are empty, as protobuf has it.

/// <summary>An ONNX model: a graph, the operator sets that it uses, and who made it.</summary>
[ProtoContract]
public sealed class ModelProto
{
    /// <summary>Version of the file format (the IR), 3 to 13 in practice.</summary>
    [ProtoMember(1, Name = "ir_version")]
    public long IrVersion { get; set; }

    /// <summary>Operator sets, one a domain; the empty domain is ONNX's own.</summary>
    [ProtoMember(8, Name = "opset_import")]
    public List<OperatorSetIdProto> OpsetImport { get; } = [];

    /// <summary>Name of the program that wrote the model.</summary>
    [ProtoMember(2, Name = "producer_name")]
    public string ProducerName { get; set; } = "";

    /// <summary>Version of the program that wrote the model.</summary>
    [ProtoMember(3, Name = "producer_version")]
    public string ProducerVersion { get; set; } = "";

    /// <summary>Namespace of the model, as a reversed domain name.</summary>
    [ProtoMember(4, Name = "domain")]
    public string Domain { get; set; } = "";

    /// <summary>Version of the model itself.</summary>
    [ProtoMember(5, Name = "model_version")]
    public long ModelVersion { get; set; }

    /// <summary>Text for people.</summary>
    [ProtoMember(6, Name = "doc_string")]
    public string DocString { get; set; } = "";

    /// <summary>The network.</summary>
    [ProtoMember(7, Name = "graph")]
    public GraphProto? Graph { get; set; }

    /// <summary>Free key-value pairs.</summary>
    [ProtoMember(14, Name = "metadata_props")]
    public List<StringStringEntryProto> MetadataProps { get; } = [];

    /// <summary>Functions that nodes of this model may call as if they were operators.</summary>
    [ProtoMember(25, Name = "functions")]
    public List<FunctionProto> Functions { get; } = [];
}

/// <summary>An operator set: which version of a domain's operators the model means.</summary>
[ProtoContract]
public sealed class OperatorSetIdProto
{
    /// <summary>The domain; empty (or <c>ai.onnx</c>) for ONNX's own operators.</summary>
    [ProtoMember(1, Name = "domain")]
    public string Domain { get; set; } = "";

    /// <summary>The version.</summary>
    [ProtoMember(2, Name = "version")]
    public long Version { get; set; }
}

/// <summary>A key and its value.</summary>
[ProtoContract]
public sealed class StringStringEntryProto
{
    /// <summary>The key.</summary>
    [ProtoMember(1, Name = "key")]
    public string Key { get; set; } = "";

    /// <summary>The value.</summary>
    [ProtoMember(2, Name = "value")]
    public string Value { get; set; } = "";
}

/// <summary>A function: a subgraph that nodes of the model call by name.</summary>
[ProtoContract]
public sealed class FunctionProto
{
    /// <summary>Name, the op_type of the nodes that call it.</summary>
    [ProtoMember(1, Name = "name")]
    public string Name { get; set; } = "";

    /// <summary>Names of the formal inputs.</summary>
    [ProtoMember(4, Name = "input")]
    public List<string> Input { get; } = [];

    /// <summary>Names of the formal outputs.</summary>
    [ProtoMember(5, Name = "output")]
    public List<string> Output { get; } = [];

    /// <summary>Names of the attributes without a default.</summary>
    [ProtoMember(6, Name = "attribute")]
    public List<string> Attribute { get; } = [];

    /// <summary>Attributes with their defaults.</summary>
    [ProtoMember(11, Name = "attribute_proto")]
    public List<AttributeProto> AttributeDefaults { get; } = [];

    /// <summary>The nodes, in topological order.</summary>
    [ProtoMember(7, Name = "node")]
    public List<NodeProto> Node { get; } = [];

    /// <summary>Text for people.</summary>
    [ProtoMember(8, Name = "doc_string")]
    public string DocString { get; set; } = "";

    /// <summary>Operator sets that the body uses.</summary>
    [ProtoMember(9, Name = "opset_import")]
    public List<OperatorSetIdProto> OpsetImport { get; } = [];

    /// <summary>Domain of the function.</summary>
    [ProtoMember(10, Name = "domain")]
    public string Domain { get; set; } = "";

    /// <summary>Tells functions of one name and domain apart.</summary>
    [ProtoMember(13, Name = "overload")]
    public string Overload { get; set; } = "";
}
