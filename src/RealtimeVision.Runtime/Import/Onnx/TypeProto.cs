using ProtoBuf;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>A value's name and type.</summary>
[ProtoContract]
public sealed class ValueInfoProto
{
    /// <summary>The name.</summary>
    [ProtoMember(1, Name = "name")]
    public string Name { get; set; } = "";

    /// <summary>The type; null where the writer left it out.</summary>
    [ProtoMember(2, Name = "type")]
    public TypeProto? Type { get; set; }

    /// <summary>Text for people.</summary>
    [ProtoMember(3, Name = "doc_string")]
    public string DocString { get; set; } = "";
}

/// <summary>A type: exactly one of its members is set.</summary>
[ProtoContract]
public sealed class TypeProto
{
    /// <summary>A dense tensor.</summary>
    [ProtoMember(1, Name = "tensor_type")]
    public TensorTypeProto? TensorType { get; set; }

    /// <summary>A sequence.</summary>
    [ProtoMember(4, Name = "sequence_type")]
    public ElementTypeProto? SequenceType { get; set; }

    /// <summary>A sparse tensor.</summary>
    [ProtoMember(8, Name = "sparse_tensor_type")]
    public TensorTypeProto? SparseTensorType { get; set; }

    /// <summary>A value that may be absent.</summary>
    [ProtoMember(9, Name = "optional_type")]
    public ElementTypeProto? OptionalType { get; set; }

    /// <summary>What the value means, such as <c>IMAGE</c>.</summary>
    [ProtoMember(6, Name = "denotation")]
    public string Denotation { get; set; } = "";
}

/// <summary>Type of a tensor: element type and shape.</summary>
[ProtoContract]
public sealed class TensorTypeProto
{
    /// <summary>The element type.</summary>
    [ProtoMember(1, Name = "elem_type")]
    public OnnxDataType ElemType { get; set; }

    /// <summary>The shape; null where even the rank is unknown.</summary>
    [ProtoMember(2, Name = "shape")]
    public TensorShapeProto? Shape { get; set; }
}

/// <summary>Type of a sequence or of an optional value: the type of its elements.</summary>
[ProtoContract]
public sealed class ElementTypeProto
{
    /// <summary>Type of an element.</summary>
    [ProtoMember(1, Name = "elem_type")]
    public TypeProto? ElemType { get; set; }
}

/// <summary>A shape, known or in part unknown.</summary>
[ProtoContract]
public sealed class TensorShapeProto
{
    /// <summary>The dimensions, outermost first; empty for a scalar.</summary>
    [ProtoMember(1, Name = "dim")]
    public List<DimensionProto> Dim { get; } = [];
}

/// <summary>
/// A dimension: a number, a name that stands for one, or neither where it is unknown.
/// </summary>
[ProtoContract]
public sealed class DimensionProto
{
    /// <summary>The number; null where it is not fixed.</summary>
    [ProtoMember(1, Name = "dim_value")]
    public long? DimValue { get; set; }

    /// <summary>The name: dimensions of one name are equal at run time.</summary>
    [ProtoMember(2, Name = "dim_param")]
    public string? DimParam { get; set; }

    /// <summary>What the dimension means, such as <c>DATA_BATCH</c>.</summary>
    [ProtoMember(3, Name = "denotation")]
    public string Denotation { get; set; } = "";
}
