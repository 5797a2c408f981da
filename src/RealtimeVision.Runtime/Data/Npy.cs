using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// NumPy's .npy files, versions 1 to 3: reading and writing of float, integer and boolean arrays.
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
public static class Npy
{
    private const int Alignment = 64;
    private const int MaxHeaderBytes = 1 << 16;

    // NumPy's type codes, without the byte order.
    private static readonly (string Code, StorageType Type)[] TypeCodes =
    [
        ("f4", StorageType.Float32), ("f8", StorageType.Float64), ("f2", StorageType.Float16),
        ("i1", StorageType.Int8), ("i2", StorageType.Int16), ("i4", StorageType.Int32),
        ("i8", StorageType.Int64), ("u1", StorageType.UInt8), ("u2", StorageType.UInt16),
        ("u4", StorageType.UInt32), ("u8", StorageType.UInt64), ("b1", StorageType.Bool),
    ];

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P',
        (byte)'Y'];

    /// <summary>Loads an array; one in Fortran order is transposed to row-major.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is no .npy file, is truncated or too long, or holds elements of an unsupported
    /// type.
    /// </exception>
    public static NpyArray Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = File.OpenRead(path);
        try
        {
            return Read(stream);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads an array that takes the rest of a stream that can seek.</summary>
    /// <param name="stream">The stream, at the array's first byte.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Load"/>.</exception>
    public static NpyArray Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> start = stackalloc byte[12];
        int got = stream.ReadAtLeast(start, 10, throwOnEndOfStream: false);
        if (got < 10 || !start.StartsWith(Magic))
        {
            throw new InvalidDataException("not a .npy file: it does not start as one.");
        }

        int version = start[6];
        if (version is < 1 or > 3)
        {
            throw new InvalidDataException($"version {version} of .npy is not known.");
        }

        int prefix = version == 1 ? 10 : 12;
        if (got < prefix)
        {
            throw new InvalidDataException("truncated in its header.");
        }

        long headerLength = version == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (headerLength > MaxHeaderBytes)
        {
            throw new InvalidDataException($"a header of {headerLength} bytes is not plausible.");
        }

        stream.Position += prefix - got;
        byte[] header = new byte[headerLength];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            throw new InvalidDataException("truncated in its header.");
        }

        (StorageType type, bool fortran, long[] shape) = ParseHeader(
            (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(header));
        byte[] bytes = ReadElements(stream, type, shape);
        if (fortran && shape.Length > 1)
        {
            bytes = ToRowMajor(bytes, shape, type.Size());
        }

        return new NpyArray(type, shape, bytes);
    }

    /// <summary>
    /// Writes an array, row-major; an existing file is replaced only once the new is whole.
    /// </summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="shape">The shape, outermost side first.</param>
    /// <param name="elements">
    /// The elements; of a type that <see cref="StorageTypes.Of{T}"/> knows.
    /// </param>
    /// <exception cref="ArgumentException">Shape and number of elements differ.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save<T>(string path, ReadOnlySpan<long> shape, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        byte[] header = Header(StorageTypes.Of<T>(), shape, elements.Length);
        AtomicFile.Write(path, MemoryMarshal.AsBytes(elements), (stream, bytes) =>
        {
            stream.Write(header);
            stream.Write(bytes);
        });
    }

    private static byte[] Header(StorageType type, ReadOnlySpan<long> shape, int count)
    {
        if (StorageTypes.ElementCount(shape) != count)
        {
            string sidesGiven = string.Join(", ", shape.ToArray());
            throw new ArgumentException($"[{sidesGiven}] does not have {count} elements.");
        }

        string code = Array.Find(TypeCodes, entry => entry.Type == type).Code
            ?? throw new NotSupportedException($"NumPy has no type for {type}.");
        char order = type.Size() == 1 ? '|' : '<';
        string sides = string.Join(", ", shape.ToArray()) + (shape.Length == 1 ? "," : "");
        string text = $"{{'descr': '{order}{code}', 'fortran_order': False, 'shape': ({sides}), }}";

        // The data starts at a multiple of 64 bytes; the header ends with a newline.
        int length = (10 + text.Length + 1 + Alignment - 1) / Alignment * Alignment - 10;
        byte[] header = new byte[10 + length];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)length));
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    private static byte[] ReadElements(Stream stream, StorageType type, long[] shape)
    {
        long left = stream.Length - stream.Position;
        int count = StorageTypes.ElementCount(shape)
            ?? throw new InvalidDataException(
                $"the shape [{string.Join(", ", shape)}] is too large.");
        long expected = (long)count * type.Size();
        if (left != expected)
        {
            throw new InvalidDataException($"{left} bytes of elements where the shape "
                + $"[{string.Join(", ", shape)}] of {type} takes {expected}.");
        }

        if (expected > Array.MaxLength)
        {
            throw new InvalidDataException($"{expected} bytes are more than an array holds.");
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)expected);
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] ToRowMajor(byte[] source, long[] shape, int size)
    {
        byte[] target = new byte[source.Length];
        long[] index = new long[shape.Length];
        for (int from = 0; from < source.Length; from += size)
        {
            long to = 0;
            for (int axis = 0; axis < shape.Length; axis++)
            {
                to = to * shape[axis] + index[axis];
            }

            source.AsSpan(from, size).CopyTo(target.AsSpan((int)to * size));
            for (int axis = 0; axis < shape.Length && ++index[axis] == shape[axis]; axis++)
            {
                index[axis] = 0;
            }
        }

        return target;
    }

    private static (StorageType Type, bool Fortran, long[] Shape) ParseHeader(string header)
    {
        string descr = Literal(header, "descr", '\'', '\'');
        string order = Value(header, "fortran_order").TrimStart();
        string sides = Literal(header, "shape", '(', ')');
        if (descr.Length != 3 || descr[0] is not ('<' or '|' or '=' or '>'))
        {
            throw new InvalidDataException($"elements of type '{descr}' are not supported.");
        }

        if (descr[0] == '>' && descr[2] != '1')
        {
            throw new InvalidDataException($"big-endian elements ('{descr}') are not supported.");
        }

        int found = Array.FindIndex(TypeCodes, entry => entry.Code == descr[1..]);
        if (found < 0)
        {
            throw new InvalidDataException($"elements of type '{descr}' are not supported.");
        }

        bool fortran = order.StartsWith("True", StringComparison.Ordinal);
        if (!fortran && !order.StartsWith("False", StringComparison.Ordinal))
        {
            throw new InvalidDataException("its header says no fortran_order.");
        }

        string[] parts = sides.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        long[] shape = new long[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(
                parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out shape[i]))
            {
                throw new InvalidDataException($"no array has the shape ({sides}).");
            }
        }

        return (TypeCodes[found].Type, fortran, shape);
    }

    private static string Literal(string header, string key, char open, char close)
    {
        string value = Value(header, key).TrimStart();
        int end = value.Length > 0 && value[0] == open ? value.IndexOf(close, 1) : -1;
        return end > 0 ? value[1..end]
            : throw new InvalidDataException($"its header has no readable '{key}'.");
    }

    private static string Value(string header, string key)
    {
        int at = header.IndexOf($"'{key}':", StringComparison.Ordinal);
        return at >= 0 ? header[(at + key.Length + 3)..]
            : throw new InvalidDataException($"its header has no '{key}'.");
    }
}
