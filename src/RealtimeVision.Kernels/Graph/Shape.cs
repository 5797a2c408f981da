using System.Collections.Immutable;

namespace RealtimeVision.Kernels.Graph;

/// <summary>
/// Sizes of a tensor, outermost first. Pictures are [N, H, W, C]. All sizes are known: a graph is
/// made for the sizes that it runs at (a model is what makes graphs). Compared by content.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _sizes;

    /// <summary>Makes a shape; no sizes make a scalar.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        foreach (int size in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(sizes));
        }

        _sizes = [.. sizes];
    }

    /// <summary>Number of dimensions; 0 for a scalar.</summary>
    public int Rank => _sizes.IsDefault ? 0 : _sizes.Length;

    /// <summary>All sizes.</summary>
    public ReadOnlySpan<int> Sizes => _sizes.IsDefault ? [] : _sizes.AsSpan();

    /// <summary>Product of all sizes; 1 for a scalar.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (int size in Sizes)
            {
                count = checked(count * size);
            }

            return count;
        }
    }

    /// <summary>Pictures in a batch, of [N, H, W, C].</summary>
    public int N => Picture(0);

    /// <summary>Rows, of [N, H, W, C].</summary>
    public int H => Picture(1);

    /// <summary>Columns, of [N, H, W, C].</summary>
    public int W => Picture(2);

    /// <summary>Channels, of [N, H, W, C].</summary>
    public int C => Picture(3);

    /// <summary>The size of a dimension; a negative one counts from the end.</summary>
    public int this[int dimension] => _sizes[dimension < 0 ? dimension + Rank : dimension];

    /// <summary>Compares by content.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>Compares by content.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>
    /// Product of the sizes from dimension <paramref name="from"/> up to, not with,
    /// <paramref name="to"/>.
    /// </summary>
    public long Product(int from, int to)
    {
        long product = 1;
        for (int i = from; i < to; i++)
        {
            product = checked(product * _sizes[i]);
        }

        return product;
    }

    /// <summary>The same shape with one size replaced.</summary>
    public Shape With(int dimension, int size) =>
        new(_sizes.SetItem(dimension < 0 ? dimension + Rank : dimension, size).AsSpan());

    /// <summary>Elements between neighbours of each dimension, row-major.</summary>
    public int[] Strides()
    {
        var strides = new int[Rank];
        int stride = 1;
        for (int i = Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride = checked(stride * _sizes[i]);
        }

        return strides;
    }

    /// <summary>
    /// The shape that two shapes broadcast to, aligned at the last dimension (NumPy's rule).
    /// </summary>
    /// <exception cref="ShapeException">A pair of sizes differs and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        var sizes = new int[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= sizes.Length; i++)
        {
            int x = i <= a.Rank ? a[-i] : 1;
            int y = i <= b.Rank ? b[-i] : 1;
            if (x != y && x != 1 && y != 1)
            {
                throw new ShapeException($"{a} and {b} do not broadcast: {x} against {y}");
            }

            sizes[^i] = x == 1 ? y : x;
        }

        return new Shape(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int size in Sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>The sizes as <c>[1, 224, 224, 3]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Sizes.ToArray())}]";

    private int Picture(int dimension) => Rank == 4
        ? _sizes[dimension]
        : throw new ShapeException($"{this} is no picture batch [N, H, W, C]");
}

/// <summary>Shapes or types that do not fit an operator; the message names both sides.</summary>
public sealed class ShapeException : Exception
{
    /// <summary>Makes the error.</summary>
    public ShapeException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>Element type and shape of a tensor.</summary>
/// <param name="Element">What an element is; <see cref="ElementType.None"/> where there is no
/// tensor.</param>
/// <param name="Shape">Its sizes.</param>
public readonly record struct TensorType(ElementType Element, Shape Shape)
{
    /// <summary>An optional input that is absent.</summary>
    public static TensorType Absent => default;

    /// <summary>True where there is a tensor.</summary>
    public bool IsPresent => Element != ElementType.None;

    /// <summary>Bytes of the tensor, row-major without gaps.</summary>
    public long Bytes => Shape.Count * Element.Size();

    /// <summary>A tensor of 32-bit floats.</summary>
    public static TensorType Float(params ReadOnlySpan<int> sizes) => new(ElementType.Float32, new Shape(sizes));

    /// <summary>The type as <c>Float32[1, 8]</c>.</summary>
    public override string ToString() => IsPresent ? $"{Element}{Shape}" : "absent";
}
