using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Import;

public sealed partial class Safetensors
{
    /// <summary>
    /// Writes a file; an existing one is replaced only once the new one is whole. Tensors are
    /// aligned to their elements by writing the widest types first; within a width their order is
    /// kept.
    /// </summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="tensors">The tensors, each name once.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>.</param>
    /// <exception cref="ArgumentException">
    /// A name is used twice or reserved, or elements are not as many as the shape says.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        string path,
        IEnumerable<SafetensorsTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsTensor[] ordered = [.. tensors.OrderByDescending(t => t.Type.Size())];
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (SafetensorsTensor tensor in ordered)
            {
                stream.Write(tensor.Bytes.Span);
            }
        });
    }

    private static byte[] Header(
        SafetensorsTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var names = new HashSet<string> { MetadataKey };
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (SafetensorsTensor tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                {
                    throw new ArgumentException($"The name '{tensor.Name}' is taken.");
                }

                if (StorageTypes.ElementCount([.. tensor.Shape]) is not { } count
                    || (long)count * tensor.Type.Size() != tensor.Bytes.Length)
                {
                    throw new ArgumentException($"'{tensor.Name}' has {tensor.Bytes.Length} "
                        + $"bytes, not those of {tensor.Type} "
                        + $"[{string.Join(", ", tensor.Shape)}].");
                }

                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", Array.Find(TypeCodes, e => e.Type == tensor.Type).Code);
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset += tensor.Bytes.Length]);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // Spaces fill the header so that the tensors start at a multiple of eight bytes.
        int length = (buffer.WrittenCount + 7) / 8 * 8;
        byte[] header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
