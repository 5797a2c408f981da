using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Import.Building;

/// <summary>
/// A tensor whose elements are known when a graph is built: an initialiser, a Constant, a size, or
/// what was computed of them. It becomes a <see cref="Variable"/> where a kernel reads it, one for
/// each order of axes, and keeps these: what comes of the file alone is kept by the model, so that
/// its graphs share variables.
/// </summary>
internal sealed class HostTensor : ImportedTensor
{
    private readonly Storage _storage;

    private HostTensor(Storage storage, StorageType type, Shape shape, bool isFixed)
    {
        _storage = storage;
        Type = type;
        Shape = shape;
        IsFixed = isFixed;
    }

    /// <summary>A tensor of floats.</summary>
    public HostTensor(string name, Shape shape, float[] elements, bool isFixed)
        : this(new Storage(name) { Floats = elements }, StorageType.Float32, shape, isFixed)
    {
    }

    /// <summary>A tensor of integers or booleans.</summary>
    public HostTensor(string name, StorageType type, Shape shape, long[] elements, bool isFixed)
        : this(new Storage(name) { Integers = elements }, type, shape, isFixed)
    {
    }

    /// <summary>Element type in the file.</summary>
    public StorageType Type { get; }

    /// <inheritdoc/>
    public override Shape Shape { get; }

    /// <summary>
    /// True where it comes of the file alone; false where it depends on the inputs' sizes.
    /// </summary>
    public bool IsFixed { get; }

    /// <summary>Its name in the file.</summary>
    public string Name => _storage.Name;

    /// <summary>True for elements that run as 32-bit floats.</summary>
    public bool IsFloat => Element == ElementType.Float32;

    /// <summary>Number of elements.</summary>
    public int Count => (int)Shape.Count;

    /// <inheritdoc/>
    public override ElementType Element => ElementOf(Type);

    /// <summary>The elements as floats, row-major; integers are converted.</summary>
    public float[] Floats => _storage.Floats ??= _storage.File is { } file
        ? file.ToSingles()
        : Array.ConvertAll(_storage.Integers!, i => (float)i);

    /// <summary>The elements of a tensor of integers or booleans, row-major.</summary>
    public long[] Integers => _storage.Integers ??= _storage.File!.ToInt64s();

    /// <summary>A tensor of a file; its elements are decoded when they are asked for.</summary>
    public static HostTensor Of(string name, StorageType type, Shape shape, IFileElements file) =>
        new(new Storage(name) { File = file }, type, shape, isFixed: true);

    /// <summary>An input whose elements are known.</summary>
    public static HostTensor Of(Variable variable, StorageType type)
    {
        var shape = variable.Type.Shape;
        return variable.Type.Element switch
        {
            ElementType.Float32 => new HostTensor(
                new Storage(variable.Name) { Floats = variable.As<float>().ToArray() },
                type, shape, isFixed: false),
            ElementType.Int32 => new HostTensor(
                variable.Name, type, shape,
                Array.ConvertAll(variable.As<int>().ToArray(), i => (long)i), isFixed: false),
            _ => new HostTensor(
                variable.Name, type, shape,
                Array.ConvertAll(variable.Data.ToArray(), i => (long)i), isFixed: false),
        };
    }

    /// <summary>A vector of sizes.</summary>
    public static HostTensor Sizes(string name, long[] sizes, bool isFixed = false) =>
        new(name, StorageType.Int64, new Shape(sizes.Length), sizes, isFixed);

    /// <summary>How elements of a file run in a graph.</summary>
    public static ElementType ElementOf(StorageType type) => type switch
    {
        StorageType.UInt8 or StorageType.Bool => ElementType.UInt8,
        _ => type.IsFloat() ? ElementType.Float32 : ElementType.Int32,
    };

    /// <summary>The same elements under other sizes.</summary>
    public HostTensor Reshape(Shape shape) => new(_storage, Type, shape, IsFixed);

    /// <summary>The elements as another type; floats are cut off towards zero.</summary>
    public HostTensor Cast(StorageType type)
    {
        var element = ElementOf(type);
        if (element == ElementType.Float32)
        {
            return IsFloat ? new HostTensor(_storage, type, Shape, IsFixed)
                : new HostTensor(new Storage(Name) { Floats = Floats }, type, Shape, IsFixed);
        }

        var integers = IsFloat ? Array.ConvertAll(Floats, f => (long)f) : Integers;
        if (type == StorageType.Bool)
        {
            integers = IsFloat ? Array.ConvertAll(Floats, f => f != 0 ? 1L : 0)
                : Array.ConvertAll(integers, i => i != 0 ? 1L : 0);
        }

        return new HostTensor(Name, type, Shape, integers, IsFixed);
    }

    /// <summary>A tensor of some of the elements, by their row-major indices.</summary>
    public HostTensor Take(Shape shape, int[] indices) => IsFloat
        ? new HostTensor(
            new Storage(Name) { Floats = Array.ConvertAll(indices, i => Floats[i]) },
            Type, shape, IsFixed)
        : new HostTensor(Name, Type, shape, Array.ConvertAll(indices, i => Integers[i]), IsFixed);

    /// <summary>The same tensor, said to depend on the inputs' sizes or not.</summary>
    public HostTensor WithFixed(bool isFixed) => new(_storage, Type, Shape, isFixed);

    /// <summary>What a mapper makes of the elements, computed once for each purpose.</summary>
    public HostTensor Derive(string purpose, Func<HostTensor, HostTensor> make)
    {
        if (!_storage.Derived.TryGetValue((Shape, purpose), out var derived))
        {
            derived = make(this);
            _storage.Derived.Add((Shape, purpose), derived);
        }

        return derived;
    }

    /// <summary>
    /// The elements as a constant of a graph, with axes in an order of memory and then perhaps
    /// other sizes.
    /// </summary>
    public Variable ToVariable(IntList order, Shape sizes)
    {
        var key = (Shape, order, sizes);
        if (!_storage.Variables.TryGetValue(key, out var variable))
        {
            variable = new Variable(Name, new TensorType(Element, sizes), Bytes(order));
            _storage.Variables.Add(key, variable);
        }

        return variable;
    }

    /// <summary>The elements as they lie in a graph, with axes in an order of memory.</summary>
    public byte[] Bytes(IntList order)
    {
        bool isPermuted = !Axes.AreEquivalent(Shape, order, Axes.Identity(Rank));
        var walk = isPermuted ? IndexWalk.Permutation(Shape, order) : null;
        switch (Element)
        {
            case ElementType.Float32:
                return Copy<float>(Floats, walk);
            case ElementType.Int32:
                return Copy<int>(Array.ConvertAll(Integers, ToInt32), walk);
            default:
                return Copy<byte>(Array.ConvertAll(Integers, i => (byte)i), walk);
        }
    }

    // The largest 64-bit integers stand for "to the end"; they keep that meaning when they are cut.
    private static int ToInt32(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static byte[] Copy<T>(ReadOnlySpan<T> elements, int[]? walk)
        where T : unmanaged
    {
        if (walk is null)
        {
            return MemoryMarshal.AsBytes(elements).ToArray();
        }

        var bytes = GC.AllocateUninitializedArray<byte>(MemoryMarshal.AsBytes(elements).Length);
        var target = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = elements[walk[i]];
        }

        return bytes;
    }

    /// <summary>Elements, shared by tensors that differ in shape only.</summary>
    private sealed class Storage(string name)
    {
        public string Name { get; } = name;

        public IFileElements? File { get; init; }

        public float[]? Floats { get; set; }

        public long[]? Integers { get; set; }

        public Dictionary<(Shape, IntList Order, Shape Sizes), Variable> Variables { get; } = [];

        public Dictionary<(Shape Shape, string Purpose), HostTensor> Derived { get; } = [];
    }
}

/// <summary>Elements in a file, not decoded yet.</summary>
internal interface IFileElements
{
    /// <summary>All elements as floats, row-major.</summary>
    float[] ToSingles();

    /// <summary>All elements of a tensor of integers or booleans, row-major.</summary>
    long[] ToInt64s();
}
