namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// One table of a FlatBuffers file. Fields go by their number in the schema; a field that is left
/// out has its default. Errors name the field and its byte.
/// </summary>
internal readonly struct FlatTable
{
    // A table starts with the distance back to the list of its fields, which starts with its own
    // length and the table's, two bytes each.
    private const int VtableHead = 4;

    private readonly FlatFile _file;
    private readonly int _position;
    private readonly int _length;
    private readonly int _vtable;
    private readonly int _vtableLength;

    /// <summary>A table at a place, its list of fields checked.</summary>
    public FlatTable(FlatFile file, int position, string path)
    {
        _file = file;
        _position = position;
        Path = path;
        file.Require(position, sizeof(int), path);
        long vtable = position - (long)file.Int32(position);
        file.Require(vtable, VtableHead, path);
        _vtable = (int)vtable;
        _vtableLength = file.UInt16(_vtable);
        _length = file.UInt16(_vtable + 2);
        file.Require(_vtable, _vtableLength, path);
        file.Require(position, _length, path);
        file.Spend(1, path, position);
        if (_vtableLength < VtableHead || _vtableLength % 2 != 0 || _length < sizeof(int))
        {
            throw file.Bad("the list of a table's fields is damaged", path, vtable);
        }
    }

    /// <summary>Where it is in the model: <c>subgraphs[0].operators[3]</c>.</summary>
    public string Path { get; }

    /// <summary>True where the field is there.</summary>
    public bool Has(int field) => Find(field, 1, "") != 0;

    /// <summary>A 32-bit integer.</summary>
    public int Int(int field, string name, int missing = 0) =>
        Find(field, sizeof(int), name) is > 0 and var at ? _file.Int32(at) : missing;

    /// <summary>An unsigned 32-bit integer that is an index.</summary>
    public int Index(int field, string name) => Int(field, name) is >= 0 and var index ? index
        : throw Bad($"{unchecked((uint)Int(field, name))} is no index", name);

    /// <summary>An unsigned 64-bit integer.</summary>
    public ulong UInt64(int field, string name) =>
        Find(field, sizeof(ulong), name) is > 0 and var at ? _file.UInt64(at) : 0;

    /// <summary>A byte: an enumeration or a boolean.</summary>
    public byte UInt8(int field, string name) =>
        Find(field, 1, name) is > 0 and var at ? _file.UInt8(at) : (byte)0;

    /// <summary>A boolean.</summary>
    public bool Flag(int field, string name) => UInt8(field, name) != 0;

    /// <summary>A 32-bit float.</summary>
    public float Float(int field, string name) =>
        Find(field, sizeof(float), name) is > 0 and var at ? _file.Single(at) : 0;

    /// <summary>A string; empty where it is left out.</summary>
    public string Text(int field, string name)
    {
        var (position, count) = Vector(field, 1, name);
        _file.Spend(count, Sub(name), position);
        return _file.Text(position, count);
    }

    /// <summary>A vector of bytes, not copied; empty where it is left out.</summary>
    public ReadOnlyMemory<byte> Bytes(int field, string name)
    {
        var (position, count) = Vector(field, 1, name);
        return _file.Bytes(position, count);
    }

    /// <summary>A vector of 32-bit integers; empty where it is left out.</summary>
    public int[] Ints(int field, string name)
    {
        var (position, count) = Vector(field, sizeof(int), name);
        _file.Spend(count, Sub(name), position);
        var values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = _file.Int32(position + (i * sizeof(int)));
        }

        return values;
    }

    /// <summary>Number of elements of a vector; 0 where it is left out.</summary>
    public int Count(int field, int elementBytes, string name) =>
        Vector(field, elementBytes, name).Count;

    /// <summary>A table; null where it is left out.</summary>
    public FlatTable? Table(int field, string name) =>
        Find(field, FlatFile.OffsetBytes, name) is > 0 and var at
            ? new FlatTable(_file, _file.Follow(at, Sub(name)), Sub(name))
            : null;

    /// <summary>A vector of tables; empty where it is left out.</summary>
    public FlatTable[] Tables(int field, string name)
    {
        var (position, count) = Vector(field, FlatFile.OffsetBytes, name);
        _file.Spend(count, Sub(name), position);
        var tables = new FlatTable[count];
        for (int i = 0; i < count; i++)
        {
            string path = $"{Sub(name)}[{i}]";
            int at = position + (i * FlatFile.OffsetBytes);
            tables[i] = new FlatTable(_file, _file.Follow(at, path), path);
        }

        return tables;
    }

    /// <summary>An error in a field.</summary>
    public ModelFormatException Bad(string problem, string? name = null) =>
        _file.Bad(problem, name is null ? Path : Sub(name), _position);

    private string Sub(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private (int Position, int Count) Vector(int field, int elementBytes, string name) =>
        Find(field, FlatFile.OffsetBytes, name) is > 0 and var at
            ? _file.Vector(at, elementBytes, Sub(name))
            : (0, 0);

    // Byte of a field that takes so many bytes; 0 where it is left out.
    private int Find(int field, int bytes, string name)
    {
        int entry = VtableHead + (field * 2);
        int offset = entry + 2 <= _vtableLength ? _file.UInt16(_vtable + entry) : 0;
        return offset == 0 ? 0
            : offset >= sizeof(int) && offset + bytes <= _length ? _position + offset
            : throw _file.Bad("a field lies outside its table", Sub(name), _vtable + entry);
    }
}
