using System.Collections.Concurrent;
using System.Reflection;
using ProtoBuf;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>How a protobuf field is laid out on the wire.</summary>
internal enum ProtobufFieldKind
{
    Varint,
    Fixed32,
    Fixed64,
    Bytes,
    Message,
}

/// <summary>
/// A field of a message: its name in the schema, kind, and message type if it is one.
/// </summary>
internal sealed record ProtobufField(
    string Name, ProtobufFieldKind Kind, bool Repeated, Type? Message);

/// <summary>
/// The fields of the protobuf-net contracts, read off their attributes once a type.
/// </summary>
internal static class ProtobufSchema
{
    private static readonly ConcurrentDictionary<Type, Dictionary<int, ProtobufField>> Schemas =
        new();

    public static Dictionary<int, ProtobufField> Of(Type message) =>
        Schemas.GetOrAdd(message, Build);

    private static Dictionary<int, ProtobufField> Build(Type message)
    {
        var fields = new Dictionary<int, ProtobufField>();
        foreach (PropertyInfo property in message.GetProperties())
        {
            if (property.GetCustomAttribute<ProtoMemberAttribute>() is { } member)
            {
                Type type = property.PropertyType;
                bool repeated = type.IsGenericType
                    && type.GetGenericTypeDefinition() == typeof(List<>);
                if (repeated)
                {
                    type = type.GetGenericArguments()[0];
                }

                ProtobufFieldKind kind = KindOf(Nullable.GetUnderlyingType(type) ?? type);
                fields.Add(member.Tag, new ProtobufField(
                    member.Name, kind, repeated, kind == ProtobufFieldKind.Message ? type : null));
            }
        }

        return fields;
    }

    private static ProtobufFieldKind KindOf(Type type)
    {
        if (type.IsDefined(typeof(ProtoContractAttribute)))
        {
            return ProtobufFieldKind.Message;
        }

        if (type == typeof(string) || type == typeof(byte[]))
        {
            return ProtobufFieldKind.Bytes;
        }

        return type == typeof(float) ? ProtobufFieldKind.Fixed32
            : type == typeof(double) ? ProtobufFieldKind.Fixed64
            : ProtobufFieldKind.Varint;
    }
}
