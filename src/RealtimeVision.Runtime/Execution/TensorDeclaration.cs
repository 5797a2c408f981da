using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Execution;

/// <summary>What the dimensions of a declared tensor mean.</summary>
public enum TensorLayout
{
    /// <summary>Not known, or no picture.</summary>
    Unknown,

    /// <summary>Batch, rows, columns, channels.</summary>
    Nhwc,

    /// <summary>Batch, channels, rows, columns.</summary>
    Nchw,
}

/// <summary>A size that a model declares: fixed, or free and then perhaps named.</summary>
/// <param name="Size">The size; -1 where it is free.</param>
/// <param name="Symbol">Name of a free size; free sizes of one name are equal.</param>
public readonly record struct Dimension(int Size, string? Symbol = null)
{
    /// <summary>True where the caller chooses the size.</summary>
    public bool IsFree => Size < 0;

    /// <summary>A fixed size.</summary>
    public static implicit operator Dimension(int size) => new(size);

    /// <summary>The size, the name, or <c>?</c>.</summary>
    public override string ToString() => IsFree ? Symbol ?? "?" : Size.ToString();
}

/// <summary>An input or output as a model's file declares it, layout included.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Storage">Element type in the file; 64-bit integers run as <see
/// cref="ElementType.Int32"/>.</param>
/// <param name="Dimensions">Sizes, outermost first.</param>
/// <param name="Layout">What the dimensions mean, where that is known.</param>
public sealed record TensorDeclaration(
    string Name,
    StorageType Storage,
    IReadOnlyList<Dimension> Dimensions,
    TensorLayout Layout = TensorLayout.Unknown)
{
    /// <summary>Element type in graphs and at the API.</summary>
    public ElementType Element => Storage switch
    {
        StorageType.Float32 or StorageType.Float64 or StorageType.Float16 or StorageType.BFloat16
            => ElementType.Float32,
        StorageType.UInt8 or StorageType.Bool => ElementType.UInt8,
        _ => ElementType.Int32,
    };

    /// <summary>
    /// True where the elements, not only their number, decide what a graph looks like: the shape
    /// that a Reshape gives, say. They have to be known when a graph is built, and each value has a
    /// plan of its own.
    /// </summary>
    public bool DecidesShapes { get; init; }

    /// <summary>True where no size is free.</summary>
    public bool IsFixed => Dimensions.All(d => !d.IsFree);

    /// <summary>
    /// The declared sizes as a shape, free ones replaced by <paramref name="free"/>.
    /// </summary>
    public Shape ShapeWith(int free) => new([.. Dimensions.Select(d => d.IsFree ? free : d.Size)]);

    /// <summary>
    /// Why a tensor of this type cannot be given for the declaration; null where it can.
    /// </summary>
    public string? Problem(TensorType type)
    {
        bool fits = type.Element == Element && type.Shape.Rank == Dimensions.Count;
        for (int i = 0; fits && i < Dimensions.Count; i++)
        {
            fits = Dimensions[i].IsFree || Dimensions[i].Size == type.Shape[i];
        }

        return fits ? null : $"input '{Name}' has to be {TypeText()}, {type} was given";
    }

    /// <summary>Name and type: <c>x: Float32[batch, 3, 224, 224]</c>.</summary>
    public override string ToString() => $"{Name}: {TypeText()}";

    private string TypeText() => $"{Element}[{string.Join(", ", Dimensions)}]";
}
