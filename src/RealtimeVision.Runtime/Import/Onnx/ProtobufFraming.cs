using System.Text;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Walks the framing of a protobuf file before anything is deserialised: every length must lie
/// inside its message, every known field must have its wire type, nesting is bounded. What passes
/// can be handed to protobuf-net without a hostile length making it allocate more than the file
/// holds; what does not is reported with the field and the byte. Payloads are skipped, not read.
/// </summary>
/// <remarks>Wire format: https://protobuf.dev/programming-guides/encoding/.</remarks>
internal sealed class ProtobufFraming(Stream stream, string format, string? file)
{
    private const int MaxDepth = 100;
    private const int MaxPathParts = 20;
    private const int WindowBytes = 1 << 16;

    private readonly byte[] _window = new byte[WindowBytes];
    private readonly List<(string Name, int Index)> _path = [];
    private long _windowStart;
    private int _windowLength;
    private long _position;

    /// <summary>Checks the whole stream as one message of type <paramref name="root"/>.</summary>
    /// <exception cref="ModelFormatException">The framing is broken.</exception>
    public void Check(Type root) => CheckMessage(root, stream.Length);

    private void CheckMessage(Type message, long end)
    {
        Dictionary<int, ProtobufField> fields = ProtobufSchema.Of(message);
        Dictionary<int, int>? counts = null;
        while (_position < end)
        {
            long start = _position;
            ulong tag = ReadVarint(end);
            int wire = (int)(tag & 7);
            if (tag > uint.MaxValue || tag >> 3 == 0)
            {
                throw Error($"{tag >> 3} is no field number: this is not protobuf", start);
            }

            int number = (int)(tag >> 3);
            if (!fields.TryGetValue(number, out ProtobufField? field))
            {
                SkipUnknown(wire, number, start, end);
                continue;
            }

            int index = -1;
            if (field.Repeated)
            {
                counts ??= [];
                index = counts.GetValueOrDefault(number);
                counts[number] = index + 1;
            }

            _path.Add((field.Name, index));
            CheckField(field, wire, start, end);
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private void CheckField(ProtobufField field, int wire, long start, long end)
    {
        int expected = field.Kind switch
        {
            ProtobufFieldKind.Varint => 0,
            ProtobufFieldKind.Fixed64 => 1,
            ProtobufFieldKind.Fixed32 => 5,
            _ => 2,
        };
        bool packed = wire == 2 && expected != 2 && field.Repeated;
        if (wire != expected && !packed)
        {
            throw Error($"wire type {wire} where {expected} belongs", start);
        }

        if (wire != 2)
        {
            SkipScalar(wire, end);
            return;
        }

        long length = ReadLength(start, end);
        long fieldEnd = _position + length;
        if (field.Message is { } message)
        {
            if (_path.Count > MaxDepth)
            {
                throw Error($"messages nested deeper than {MaxDepth}", start);
            }

            CheckMessage(message, fieldEnd);
        }
        else if (packed)
        {
            CheckPacked(field.Kind, length, fieldEnd, start);
        }

        _position = fieldEnd;
    }

    private void CheckPacked(ProtobufFieldKind kind, long length, long end, long start)
    {
        int unit = kind switch
        {
            ProtobufFieldKind.Fixed32 => 4,
            ProtobufFieldKind.Fixed64 => 8,
            _ => 1,
        };
        if (length % unit != 0)
        {
            throw Error($"{length} bytes are no whole number of {unit}-byte elements", start);
        }

        // The list grows by one element a varint, so the end of the last one is all that matters.
        if (unit == 1 && length > 0 && ByteAt(end - 1) >= 0x80)
        {
            throw Error("a number is cut off", end - 1);
        }
    }

    private void SkipUnknown(int wire, int number, long start, long end)
    {
        if (wire == 2)
        {
            long length = ReadLength(start, end);
            _position += length;
        }
        else if (wire is 0 or 1 or 5)
        {
            SkipScalar(wire, end);
        }
        else
        {
            throw Error($"field {number} has wire type {wire}, which ONNX never uses", start);
        }
    }

    private void SkipScalar(int wire, long end)
    {
        if (wire == 0)
        {
            ReadVarint(end);
            return;
        }

        int bytes = wire == 1 ? 8 : 4;
        if (end - _position < bytes)
        {
            throw Error("a number is cut off", _position);
        }

        _position += bytes;
    }

    private long ReadLength(long start, long end)
    {
        ulong length = ReadVarint(end);
        long left = end - _position;
        if (length > (ulong)left)
        {
            string what = end == stream.Length ? "truncated" : "broken";
            throw Error($"{what}: a length of {length} bytes where {left} are left", start);
        }

        return (long)length;
    }

    private ulong ReadVarint(long end)
    {
        ulong value = 0;
        long start = _position;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_position >= end)
            {
                throw Error("truncated: a number is cut off", start);
            }

            byte b = ByteAt(_position++);
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Error("a number of more than ten bytes: this is not protobuf", start);
    }

    private byte ByteAt(long position)
    {
        if (position < _windowStart || position >= _windowStart + _windowLength)
        {
            stream.Position = position;
            _windowStart = position;
            _windowLength = stream.ReadAtLeast(_window, 1, throwOnEndOfStream: false);
            if (_windowLength == 0)
            {
                throw Error("the file became shorter while it was read", position);
            }
        }

        return _window[position - _windowStart];
    }

    private ModelFormatException Error(string problem, long offset)
    {
        var path = new StringBuilder();
        if (_path.Count > MaxPathParts)
        {
            path.Append("..");
        }

        foreach ((string name, int index) in _path.TakeLast(MaxPathParts))
        {
            path.Append(path.Length > 0 ? "." : "").Append(name);
            if (index >= 0)
            {
                path.Append('[').Append(index).Append(']');
            }
        }

        return new ModelFormatException(
            format, problem, file, path.Length > 0 ? path.ToString() : null, offset);
    }
}
