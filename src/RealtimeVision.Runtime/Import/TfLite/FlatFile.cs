using System.Text;
using Google.FlatBuffers;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// The bytes of a FlatBuffers file. Nothing in them is trusted: every offset is checked before it
/// is followed, and tables that are reached again and again (a small file can be made to unfold
/// without end) run into a limit.
/// </summary>
internal sealed class FlatFile
{
    /// <summary>Length of an offset to a table, vector or string.</summary>
    public const int OffsetBytes = 4;

    // Writers share strings and empty vectors at most; each element is otherwise there for one
    // reader.
    private const int ReadsPerByte = 8;

    private readonly byte[] _bytes;
    private readonly ByteBuffer _buffer;
    private readonly string? _name;
    private long _readsLeft;

    /// <summary>Takes a file's bytes.</summary>
    /// <param name="bytes">The bytes; kept, and not to be changed any more.</param>
    /// <param name="name">Path of the file, for errors; null for bytes in memory.</param>
    public FlatFile(byte[] bytes, string? name)
    {
        _bytes = bytes;
        _buffer = new ByteBuffer(bytes);
        _name = name;
        _readsLeft = ((long)bytes.Length * ReadsPerByte) + 1024;
    }

    /// <summary>Number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The table that the file starts with.</summary>
    public FlatTable Root() => new(this, Follow(0, "root"), "");

    /// <summary>An error in this file.</summary>
    public ModelFormatException Bad(string problem, string? field = null, long? offset = null) =>
        new(TfLiteModel.FormatName, problem, _name, field, offset);

    public byte UInt8(int position) => _buffer.Get(position);

    public ushort UInt16(int position) => _buffer.GetUshort(position);

    public int Int32(int position) => _buffer.GetInt(position);

    public uint UInt32(int position) => _buffer.GetUint(position);

    public ulong UInt64(int position) => _buffer.GetUlong(position);

    public float Single(int position) => _buffer.GetFloat(position);

    public string Text(int position, int length) =>
        Encoding.UTF8.GetString(_bytes, position, length);

    public ReadOnlyMemory<byte> Bytes(int position, int length) =>
        _bytes.AsMemory(position, length);

    /// <summary>Throws unless so many bytes are there.</summary>
    public void Require(long position, long length, string field)
    {
        if (position < 0 || length < 0 || position > Length - length)
        {
            throw Bad(
                $"{length} bytes are needed, the file has {Length}: it is truncated or damaged",
                field, position);
        }
    }

    /// <summary>The place that the offset at a position means.</summary>
    public int Follow(int position, string field)
    {
        Require(position, OffsetBytes, field);
        long target = position + (long)UInt32(position);
        Require(target, OffsetBytes, field);
        return (int)target;
    }

    /// <summary>
    /// Where a vector's elements are, and how many, once all of them are known to be there.
    /// </summary>
    public (int Position, int Count) Vector(int position, int elementBytes, string field)
    {
        int start = Follow(position, field);
        uint count = UInt32(start);
        Require(start + (long)OffsetBytes, (long)count * elementBytes, field);
        return (start + OffsetBytes, (int)count);
    }

    /// <summary>Counts elements that are taken out one by one.</summary>
    public void Spend(int elements, string field, int position)
    {
        _readsLeft -= elements;
        if (_readsLeft < 0)
        {
            throw Bad("its parts overlap: more is in it than its length allows", field, position);
        }
    }
}
