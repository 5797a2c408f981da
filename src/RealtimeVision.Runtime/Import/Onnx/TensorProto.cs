using ProtoBuf;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Element types of ONNX tensors (TensorProto.DataType).</summary>
public enum OnnxDataType
{
    /// <summary>Not said.</summary>
    Undefined = 0,

    /// <summary>IEEE 754 binary32.</summary>
    Float = 1,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8 = 2,

    /// <summary>Signed, 8 bits.</summary>
    Int8 = 3,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16 = 4,

    /// <summary>Signed, 16 bits.</summary>
    Int16 = 5,

    /// <summary>Signed, 32 bits.</summary>
    Int32 = 6,

    /// <summary>Signed, 64 bits.</summary>
    Int64 = 7,

    /// <summary>UTF-8 strings.</summary>
    String = 8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 10,

    /// <summary>IEEE 754 binary64.</summary>
    Double = 11,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32 = 12,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64 = 13,

    /// <summary>Two binary32.</summary>
    Complex64 = 14,

    /// <summary>Two binary64.</summary>
    Complex128 = 15,

    /// <summary>The upper half of a binary32.</summary>
    BFloat16 = 16,

    /// <summary>8-bit float: 4 exponent, 3 mantissa bits, finite.</summary>
    Float8E4M3FN = 17,

    /// <summary>As <see cref="Float8E4M3FN"/>, without negative zero.</summary>
    Float8E4M3FNUZ = 18,

    /// <summary>8-bit float: 5 exponent, 2 mantissa bits.</summary>
    Float8E5M2 = 19,

    /// <summary>As <see cref="Float8E5M2"/>, finite, without negative zero.</summary>
    Float8E5M2FNUZ = 20,

    /// <summary>Unsigned, 4 bits, two a byte.</summary>
    UInt4 = 21,

    /// <summary>Signed, 4 bits, two a byte.</summary>
    Int4 = 22,

    /// <summary>4-bit float, two a byte.</summary>
    Float4E2M1 = 23,
}

/// <summary>Where the bytes of a tensor are (TensorProto.DataLocation).</summary>
public enum OnnxDataLocation
{
    /// <summary>In the message.</summary>
    Default = 0,

    /// <summary>In the file that <see cref="TensorProto.ExternalData"/> names.</summary>
    External = 1,
}

/// <summary>
/// A constant tensor, row-major. Its elements are in <see cref="RawData"/>, in the typed list that
/// belongs to its <see cref="DataType"/>, or in a file beside the model; <see cref="OnnxTensor"/>
/// reads all three.
/// </summary>
[ProtoContract]
public sealed class TensorProto
{
    /// <summary>The shape; empty for a scalar.</summary>
    [ProtoMember(1, Name = "dims")]
    public List<long> Dims { get; } = [];

    /// <summary>The element type.</summary>
    [ProtoMember(2, Name = "data_type")]
    public OnnxDataType DataType { get; set; }

    /// <summary>Elements of Float and Complex64.</summary>
    [ProtoMember(4, Name = "float_data", IsPacked = true)]
    public List<float> FloatData { get; } = [];

    /// <summary>
    /// Elements of Bool, Int32 and all shorter types; 16-bit floats as their bits.
    /// </summary>
    [ProtoMember(5, Name = "int32_data", IsPacked = true)]
    public List<int> Int32Data { get; } = [];

    /// <summary>Elements of String.</summary>
    [ProtoMember(6, Name = "string_data")]
    public List<byte[]> StringData { get; } = [];

    /// <summary>Elements of Int64.</summary>
    [ProtoMember(7, Name = "int64_data", IsPacked = true)]
    public List<long> Int64Data { get; } = [];

    /// <summary>The name.</summary>
    [ProtoMember(8, Name = "name")]
    public string Name { get; set; } = "";

    /// <summary>Text for people.</summary>
    [ProtoMember(12, Name = "doc_string")]
    public string DocString { get; set; } = "";

    /// <summary>Elements as little-endian bytes; null where another member holds them.</summary>
    [ProtoMember(9, Name = "raw_data")]
    public byte[]? RawData { get; set; }

    /// <summary>Elements of Double and Complex128.</summary>
    [ProtoMember(10, Name = "double_data", IsPacked = true)]
    public List<double> DoubleData { get; } = [];

    /// <summary>Elements of UInt32 and UInt64.</summary>
    [ProtoMember(11, Name = "uint64_data", IsPacked = true)]
    public List<ulong> UInt64Data { get; } = [];

    /// <summary>
    /// Keys <c>location</c>, <c>offset</c>, <c>length</c>, <c>checksum</c> of external data.
    /// </summary>
    [ProtoMember(13, Name = "external_data")]
    public List<StringStringEntryProto> ExternalData { get; } = [];

    /// <summary>Where the bytes are.</summary>
    [ProtoMember(14, Name = "data_location")]
    public OnnxDataLocation DataLocation { get; set; }
}

/// <summary>A sparse tensor in coordinate form.</summary>
[ProtoContract]
public sealed class SparseTensorProto
{
    /// <summary>The non-zero values, [count].</summary>
    [ProtoMember(1, Name = "values")]
    public TensorProto? Values { get; set; }

    /// <summary>Their indices, [count] (linear) or [count, rank].</summary>
    [ProtoMember(2, Name = "indices")]
    public TensorProto? Indices { get; set; }

    /// <summary>The dense shape.</summary>
    [ProtoMember(3, Name = "dims")]
    public List<long> Dims { get; } = [];
}
