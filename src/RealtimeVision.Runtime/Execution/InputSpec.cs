using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Execution;

/// <summary>
/// What a graph has to know of an input: its shape; and its elements, where they decide shapes
/// (<see cref="TensorDeclaration.DecidesShapes"/>). Compared by content.
/// </summary>
public readonly struct InputSpec : IEquatable<InputSpec>
{
    /// <summary>An input of this shape.</summary>
    public InputSpec(Shape shape) => Shape = shape;

    /// <summary>An input with these elements, which must not change any more.</summary>
    public InputSpec(Tensor elements)
    {
        ArgumentNullException.ThrowIfNull(elements);
        Shape = elements.Shape;
        Elements = elements;
    }

    /// <summary>Sizes, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>The elements; null where only the shape is known.</summary>
    public Tensor? Elements { get; }

    /// <summary>An input of this shape.</summary>
    public static implicit operator InputSpec(Shape shape) => new(shape);

    /// <summary>An input with these elements.</summary>
    public static implicit operator InputSpec(Tensor elements) => new(elements);

    /// <summary>
    /// What a declared input is to be known by: the elements of one that decides shapes, the shape
    /// of any other.
    /// </summary>
    public static InputSpec Of(TensorDeclaration declaration, Tensor tensor) =>
        declaration.DecidesShapes ? new(tensor) : new(tensor.Shape);

    /// <inheritdoc/>
    public bool Equals(InputSpec other) =>
        Shape == other.Shape
        && (Elements is null) == (other.Elements is null)
        && (Elements is null || Elements.Bytes.SequenceEqual(other.Elements!.Bytes));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is InputSpec other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Shape);
        if (Elements is not null)
        {
            hash.AddBytes(Elements.Bytes);
        }

        return hash.ToHashCode();
    }

    /// <summary>Compares by content.</summary>
    public static bool operator ==(InputSpec a, InputSpec b) => a.Equals(b);

    /// <summary>Compares by content.</summary>
    public static bool operator !=(InputSpec a, InputSpec b) => !a.Equals(b);
}
