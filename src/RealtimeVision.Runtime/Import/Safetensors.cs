using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Import;

/// <summary>
/// A safetensors file, open for reading: named tensors and a dictionary of strings. The header is
/// checked as a whole when the file is opened; elements are read when they are asked for. Format:
/// https://github.com/huggingface/safetensors#format.
/// </summary>
public sealed partial class Safetensors : IDisposable
{
    private const string FormatName = "safetensors";
    private const string MetadataKey = "__metadata__";
    private const int MaxHeaderBytes = 100_000_000;

    private static readonly (string Code, StorageType Type)[] TypeCodes =
    [
        ("F32", StorageType.Float32), ("F64", StorageType.Float64), ("F16", StorageType.Float16),
        ("BF16", StorageType.BFloat16), ("I8", StorageType.Int8), ("I16", StorageType.Int16),
        ("I32", StorageType.Int32), ("I64", StorageType.Int64), ("U8", StorageType.UInt8),
        ("U16", StorageType.UInt16), ("U32", StorageType.UInt32), ("U64", StorageType.UInt64),
        ("BOOL", StorageType.Bool),
    ];

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly OrderedDictionary<string, SafetensorsEntry> _tensors = [];

    private Safetensors(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>The strings of <c>__metadata__</c>; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _tensors;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ModelFormatException">
    /// The file is missing, unreadable, truncated or no safetensors file; a tensor's type is
    /// unknown, its size is not that of its shape, or tensors overlap or leave holes.
    /// </exception>
    public static Safetensors Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw Bad(path, Directory.Exists(path) ? "it is a directory" : "there is no such file");
        }

        SafeFileHandle? file = null;
        try
        {
            // The length is read before the file is opened: opening a pipe would wait for a writer.
            long length = new FileInfo(path).Length;
            if (length < 8)
            {
                throw Bad(path, $"the file has {length} bytes, too few for a header");
            }

            file = File.OpenHandle(path);
            var opened = new Safetensors(path, file);
            opened.ReadHeader(length);
            return opened;
        }
        catch (Exception e)
        {
            file?.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw Bad(path, $"it cannot be read: {e.Message}", inner: e);
            }

            throw;
        }
    }

    /// <summary>The elements of a tensor as floats; any type is converted.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    /// <exception cref="ModelFormatException">
    /// The file became shorter or cannot be read.
    /// </exception>
    public float[] ToSingles(string name)
    {
        float[] elements = GC.AllocateUninitializedArray<float>(Entry(name).Count);
        CopyTo(name, elements);
        return elements;
    }

    /// <summary>As <see cref="ToSingles"/>, into memory of the caller.</summary>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    /// <exception cref="ModelFormatException">
    /// The file became shorter or cannot be read.
    /// </exception>
    public void CopyTo(string name, Span<float> destination)
    {
        SafetensorsEntry entry = Entry(name);
        if (destination.Length != entry.Count)
        {
            throw new ArgumentException($"'{name}' has {entry.Count} elements, the destination "
                + $"{destination.Length}.", nameof(destination));
        }

        if (entry.Type == StorageType.Float32)
        {
            Read(entry, MemoryMarshal.AsBytes(destination));
        }
        else
        {
            StorageTypes.ToSingle(entry.Type, ToBytes(name), destination);
        }
    }

    /// <summary>The elements of an integer or boolean tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    /// <exception cref="ModelFormatException">
    /// The tensor is of floats or of too large integers, or the file became shorter or cannot be
    /// read.
    /// </exception>
    public long[] ToInt64s(string name)
    {
        SafetensorsEntry entry = Entry(name);
        if (entry.Type.IsFloat())
        {
            throw Bad(_path, $"{entry.Type} elements where integers belong", $"tensor '{name}'");
        }

        long[] elements = GC.AllocateUninitializedArray<long>(entry.Count);
        try
        {
            StorageTypes.ToInt64(entry.Type, ToBytes(name), elements);
        }
        catch (OverflowException e)
        {
            throw Bad(_path, "an element exceeds 63 bits", $"tensor '{name}'", e);
        }

        return elements;
    }

    /// <summary>The elements of a tensor as the file has them.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    /// <exception cref="ModelFormatException">
    /// The file became shorter or cannot be read.
    /// </exception>
    public byte[] ToBytes(string name)
    {
        SafetensorsEntry entry = Entry(name);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)entry.ByteCount));
        Read(entry, bytes);
        return bytes;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static ModelFormatException Bad(
        string path, string problem, string? field = null, Exception? inner = null) =>
        new(FormatName, problem, path, field, innerException: inner);

    private void ReadHeader(long fileLength)
    {
        Span<byte> prefix = stackalloc byte[32];
        prefix = prefix[..RandomAccess.Read(_file, prefix, 0)];
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)(fileLength - 8) || headerLength > MaxHeaderBytes)
        {
            string? found = FileSignature.Describe(prefix);
            throw Bad(_path, found is not (null or "a safetensors file")
                ? $"the file looks like {found}"
                : $"truncated or not safetensors: a header of {headerLength} bytes in a file of "
                    + $"{fileLength}");
        }

        byte[] header = new byte[headerLength];
        ReadFully(header, 8);
        try
        {
            using var json = JsonDocument.Parse(
                header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            ReadTensors(json.RootElement, 8 + (long)headerLength, fileLength);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Bad(_path, $"its header is not what the format asks for: {e.Message}", inner: e);
        }
    }

    private void ReadTensors(JsonElement root, long dataStart, long fileLength)
    {
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.NameEquals(MetadataKey))
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                {
                    _metadata.Add(entry.Name, entry.Value.GetString() ?? "");
                }
            }
            else
            {
                _tensors.Add(property.Name, ReadEntry(property, dataStart, fileLength));
            }
        }

        // Tensors must tile the data: whatever lies in a hole or twice in the file is not what it
        // seems.
        long end = dataStart;
        foreach (SafetensorsEntry entry in _tensors.Values.OrderBy(t => t.Offset)
            .ThenBy(t => t.ByteCount))
        {
            if (entry.Offset != end)
            {
                throw Bad(_path, entry.Offset < end ? "it overlaps the tensor before it"
                    : "there is a hole before it", $"tensor '{entry.Name}'");
            }

            end += entry.ByteCount;
        }

        if (end != fileLength)
        {
            throw Bad(_path, $"{fileLength - end} bytes after the last tensor");
        }
    }

    private SafetensorsEntry ReadEntry(JsonProperty property, long dataStart, long fileLength)
    {
        string field = $"tensor '{property.Name}'";
        if (!property.Value.TryGetProperty("dtype", out JsonElement dtype)
            || !property.Value.TryGetProperty("shape", out JsonElement sides)
            || !property.Value.TryGetProperty("data_offsets", out JsonElement offsets)
            || offsets.GetArrayLength() != 2)
        {
            throw Bad(_path, "dtype, shape or data_offsets is missing", field);
        }

        string? code = dtype.GetString();
        int found = Array.FindIndex(TypeCodes, entry => entry.Code == code);
        if (found < 0)
        {
            throw Bad(_path, $"elements of type '{code}' are not supported", field);
        }

        StorageType type = TypeCodes[found].Type;
        long[] shape = [.. sides.EnumerateArray().Select(side => side.GetInt64())];
        int count = StorageTypes.ElementCount(shape)
            ?? throw Bad(_path, $"the shape [{string.Join(", ", shape)}] is negative or too large",
                field);
        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        if (begin < 0 || end < begin || end > fileLength - dataStart)
        {
            throw Bad(_path, $"bytes {begin} to {end} where the file has {fileLength - dataStart} "
                + "bytes of data: truncated?", field);
        }

        if (end - begin != (long)count * type.Size())
        {
            throw Bad(_path, $"{end - begin} bytes where the shape [{string.Join(", ", shape)}] of "
                + $"{code} takes {(long)count * type.Size()}", field);
        }

        if (end - begin > Array.MaxLength)
        {
            throw Bad(_path, $"{end - begin} bytes are more than an array holds", field);
        }

        return new SafetensorsEntry(property.Name, type, shape, dataStart + begin, end - begin);
    }

    private SafetensorsEntry Entry(string name) =>
        _tensors.TryGetValue(name, out SafetensorsEntry? entry) ? entry
            : throw new KeyNotFoundException($"{_path} has no tensor '{name}'.");

    private void Read(SafetensorsEntry entry, Span<byte> destination)
    {
        try
        {
            ReadFully(destination, entry.Offset);
        }
        catch (IOException e)
        {
            throw Bad(_path, $"it cannot be read: {e.Message}", $"tensor '{entry.Name}'", e);
        }
    }

    private void ReadFully(Span<byte> destination, long offset)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(_file, destination, offset);
            if (read == 0)
            {
                throw Bad(_path, "the file became shorter while it was read");
            }

            destination = destination[read..];
            offset += read;
        }
    }
}
