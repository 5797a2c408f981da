using System.Runtime.InteropServices;

namespace RealtimeVision.Runtime.Data;

/// <summary>An array of a .npy file: its type, shape and row-major elements.</summary>
public sealed class NpyArray
{
    private readonly byte[] _bytes;
    private readonly long[] _shape;

    internal NpyArray(StorageType type, long[] shape, byte[] bytes)
    {
        Type = type;
        _shape = shape;
        _bytes = bytes;
    }

    /// <summary>Type of the elements as the file has them.</summary>
    public StorageType Type { get; }

    /// <summary>The shape, outermost side first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The elements as little-endian bytes, row-major.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Number of elements.</summary>
    public int Count => _bytes.Length / Type.Size();

    /// <summary>The elements as they are.</summary>
    /// <typeparam name="T">The type that <see cref="Type"/> names.</typeparam>
    /// <exception cref="InvalidOperationException">The array holds another type.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        if (StorageTypes.Of<T>() != Type)
        {
            throw new InvalidOperationException(
                $"The array holds {Type} elements, not {StorageTypes.Of<T>()}.");
        }

        return MemoryMarshal.Cast<byte, T>(_bytes);
    }

    /// <summary>A copy of the elements, converted to float from whatever type they have.</summary>
    public float[] ToSingles()
    {
        float[] elements = GC.AllocateUninitializedArray<float>(Count);
        StorageTypes.ToSingle(Type, _bytes, elements);
        return elements;
    }

    /// <summary>A copy of the elements of an integer or boolean array.</summary>
    /// <exception cref="InvalidDataException">The array holds floats.</exception>
    /// <exception cref="OverflowException">An unsigned element is larger than a long.</exception>
    public long[] ToInt64s()
    {
        if (Type.IsFloat())
        {
            throw new InvalidDataException(
                $"The array holds {Type} elements where integers belong.");
        }

        long[] elements = GC.AllocateUninitializedArray<long>(Count);
        StorageTypes.ToInt64(Type, _bytes, elements);
        return elements;
    }
}
