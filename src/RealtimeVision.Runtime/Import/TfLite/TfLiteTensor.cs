using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// A tensor of a network, as its file has it: the schema's tables Tensor and Buffer.
/// </summary>
internal sealed class TfLiteTensor
{
    private static readonly string[] TypeNames =
    [
        "FLOAT32", "FLOAT16", "INT32", "UINT8", "INT64", "STRING", "BOOL", "INT16", "COMPLEX64",
        "INT8", "FLOAT64", "COMPLEX128", "UINT64", "RESOURCE", "VARIANT", "UINT32", "UINT16",
        "INT4", "BFLOAT16",
    ];

    private readonly FlatTable _table;
    private readonly byte _type;
    private readonly int[] _sizes;
    private HostTensor? _constant;

    private TfLiteTensor(FlatTable table, int index, int[] sizes, int[] signature)
    {
        _table = table;
        _sizes = sizes;
        _type = table.UInt8(1, "type");
        string name = table.Text(3, "name");
        Name = name.Length > 0 ? name : $"tensor {index}";
        Dimensions = [.. sizes.Select((size, i) => signature.Length > 0 && signature[i] < 0
            ? new Dimension(-1) : new Dimension(size))];
        IsVariable = table.Flag(5, "is_variable");
        IsSparse = table.Has(6);
        IsQuantised = Storage is StorageType.Int8 or StorageType.Int16 || TypeName == "INT4"
            || (Storage == StorageType.UInt8
                && table.Table(4, "quantization")?.Count(2, sizeof(float), "scale") > 0);
    }

    /// <summary>Its name; a number where the file gives none.</summary>
    public string Name { get; set; }

    /// <summary>Sizes, outermost first, those that the caller chooses as free ones.</summary>
    public IReadOnlyList<Dimension> Dimensions { get; }

    /// <summary>Where it is in the model.</summary>
    public string Path => _table.Path;

    /// <summary>The schema's word for the type of its elements.</summary>
    public string TypeName => _type < TypeNames.Length ? TypeNames[_type] : $"type {_type}";

    /// <summary>How its elements are stored; null for types that are not read.</summary>
    public StorageType? Storage => TypeName switch
    {
        "FLOAT32" => StorageType.Float32,
        "FLOAT16" => StorageType.Float16,
        "FLOAT64" => StorageType.Float64,
        "BFLOAT16" => StorageType.BFloat16,
        "INT32" => StorageType.Int32,
        "INT64" => StorageType.Int64,
        "INT16" => StorageType.Int16,
        "INT8" => StorageType.Int8,
        "UINT8" => StorageType.UInt8,
        "UINT16" => StorageType.UInt16,
        "UINT32" => StorageType.UInt32,
        "BOOL" => StorageType.Bool,
        _ => null,
    };

    /// <summary>True where its integers stand for other numbers.</summary>
    public bool IsQuantised { get; }

    /// <summary>True for what lasts from run to run.</summary>
    public bool IsVariable { get; }

    /// <summary>True where its zeros are left out of the file.</summary>
    public bool IsSparse { get; }

    /// <summary>The elements that are in the file; empty for what is computed.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <summary>True where its elements are in the file.</summary>
    public bool HasData => !Data.IsEmpty;

    /// <summary>True where it has no elements: the shape of a scalar, for one.</summary>
    public bool IsEmpty => _sizes.Contains(0);

    /// <summary>Reads a tensor.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="index">Its number.</param>
    /// <param name="buffers">What each of the model's buffers holds.</param>
    public static TfLiteTensor Read(
        FlatTable table, int index, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        int[] sizes = table.Ints(0, "shape");
        int[] signature = table.Ints(7, "shape_signature");
        if (sizes.Any(size => size < 0) || signature.Any(size => size < -1))
        {
            throw table.Bad($"[{string.Join(", ", sizes)}] is no shape", "shape");
        }

        if (signature.Length > 0 && signature.Length != sizes.Length)
        {
            throw table.Bad(
                $"{signature.Length} sizes where the shape has {sizes.Length}", "shape_signature");
        }

        int buffer = table.Index(2, "buffer");
        if (buffer >= buffers.Count)
        {
            throw table.Bad($"there is no buffer {buffer} among {buffers.Count}", "buffer");
        }

        var tensor = new TfLiteTensor(table, index, sizes, signature) { Data = buffers[buffer] };
        tensor.CheckData();
        return tensor;
    }

    /// <summary>
    /// The elements that are in the file, decoded when they are asked for; null where there are
    /// none, or none that can be read.
    /// </summary>
    public HostTensor? Constant
    {
        get
        {
            if (_constant is null && (HasData || IsEmpty) && !IsSparse && Storage is { } storage)
            {
                _constant = Decode(storage);
            }

            return _constant;
        }
    }

    /// <summary>An error in this tensor.</summary>
    public ModelFormatException Bad(string problem, string? field = null) =>
        _table.Bad(problem, field);

    private HostTensor Decode(StorageType storage)
    {
        var shape = new Shape(_sizes);
        int count = (int)shape.Count;
        if (storage.IsFloat())
        {
            var floats = new float[count];
            StorageTypes.ToSingle(storage, Data.Span, floats);
            return new HostTensor(Name, shape, floats, isFixed: true);
        }

        var integers = new long[count];
        StorageTypes.ToInt64(storage, Data.Span, integers);
        return new HostTensor(Name, storage, shape, integers, isFixed: true);
    }

    private void CheckData()
    {
        if (!HasData || IsSparse || Storage is not { } storage)
        {
            return;
        }

        int? count = StorageTypes.ElementCount([.. _sizes.Select(size => (long)size)]);
        if (count is not { } elements || (long)elements * storage.Size() != Data.Length)
        {
            throw Bad(
                $"its buffer has {Data.Length} bytes, {TypeName} "
                + $"[{string.Join(", ", _sizes)}] takes others", "buffer");
        }
    }
}
