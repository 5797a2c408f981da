using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Execution;

/// <summary>
/// A tensor in the program's memory, owned by whoever holds it: row-major, without gaps.
/// </summary>
public sealed class Tensor
{
    private readonly byte[] _data;

    /// <summary>Makes a tensor of zeros.</summary>
    /// <exception cref="ArgumentException">The type is absent.</exception>
    public Tensor(TensorType type)
        : this(type, new byte[type.Bytes])
    {
    }

    /// <summary>Makes a tensor of bytes, which are not copied.</summary>
    /// <param name="type">Element type and shape.</param>
    /// <param name="data">The elements, little-endian.</param>
    /// <exception cref="ArgumentException">The array's length is not that of the type.</exception>
    public Tensor(TensorType type, byte[] data)
    {
        if (!type.IsPresent || data.LongLength != type.Bytes)
        {
            throw new ArgumentException(
                $"{data.LongLength} bytes given, {type} has {type.Bytes}", nameof(data));
        }

        Type = type;
        _data = data;
    }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>What an element is.</summary>
    public ElementType ElementType => Type.Element;

    /// <summary>Sizes, outermost first.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>All elements as bytes.</summary>
    public Span<byte> Bytes => _data;

    /// <summary>Makes a tensor of copied floats, integers or bytes.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="int"/> or <see
    /// cref="byte"/>.</typeparam>
    /// <exception cref="ArgumentException">There are not as many as the shape has.</exception>
    /// <exception cref="NotSupportedException">No tensor has such elements.</exception>
    public static Tensor Of<T>(Shape shape, params ReadOnlySpan<T> elements)
        where T : unmanaged =>
        new(new TensorType(ElementTypeOf<T>(), shape), MemoryMarshal.AsBytes(elements).ToArray());

    /// <summary>The elements, to read and to write.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="int"/> or <see
    /// cref="byte"/>.</typeparam>
    /// <exception cref="InvalidOperationException">The tensor has other elements.</exception>
    public Span<T> As<T>()
        where T : unmanaged =>
        ElementTypeOf<T>() == Type.Element
            ? MemoryMarshal.Cast<byte, T>(_data.AsSpan())
            : throw new InvalidOperationException(
                $"a tensor of type {Type} has no elements of type {typeof(T).Name}");

    /// <inheritdoc/>
    public override string ToString() => Type.ToString();

    private static ElementType ElementTypeOf<T>() =>
        typeof(T) == typeof(float) ? ElementType.Float32
        : typeof(T) == typeof(int) ? ElementType.Int32
        : typeof(T) == typeof(byte) ? ElementType.UInt8
        : throw new NotSupportedException($"no tensor has elements of type {typeof(T).Name}");
}
