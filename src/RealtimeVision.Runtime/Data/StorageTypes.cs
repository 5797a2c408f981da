using System.Numerics;
using System.Runtime.InteropServices;

namespace RealtimeVision.Runtime.Data;

/// <summary>Sizes and conversions of stored elements.</summary>
public static class StorageTypes
{
    /// <summary>Bytes that an element of <paramref name="type"/> takes: 1, 2, 4 or 8.</summary>
    public static int Size(this StorageType type) => type switch
    {
        StorageType.Int8 or StorageType.UInt8 or StorageType.Bool => 1,
        StorageType.Float16 or StorageType.BFloat16 => 2,
        StorageType.Int16 or StorageType.UInt16 => 2,
        StorageType.Float32 or StorageType.Int32 or StorageType.UInt32 => 4,
        _ => 8,
    };

    /// <summary>Whether <paramref name="type"/> is one of the floating-point types.</summary>
    public static bool IsFloat(this StorageType type) => type <= StorageType.BFloat16;

    /// <summary>The storage type of the elements <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">No storage type is the layout of it.</exception>
    public static StorageType Of<T>()
        where T : unmanaged =>
        default(T) switch
        {
            float => StorageType.Float32,
            double => StorageType.Float64,
            Half => StorageType.Float16,
            sbyte => StorageType.Int8,
            short => StorageType.Int16,
            int => StorageType.Int32,
            long => StorageType.Int64,
            byte => StorageType.UInt8,
            ushort => StorageType.UInt16,
            uint => StorageType.UInt32,
            ulong => StorageType.UInt64,
            bool => StorageType.Bool,
            _ => throw new NotSupportedException($"{typeof(T)} has no storage type."),
        };

    /// <summary>
    /// Elements of a shape, the empty shape being a scalar; null where a side is negative or the
    /// number does not fit an array.
    /// </summary>
    public static int? ElementCount(ReadOnlySpan<long> shape)
    {
        long count = 1;
        bool empty = false;
        foreach (long side in shape)
        {
            if (side < 0)
            {
                return null;
            }

            empty |= side == 0;
        }

        if (empty)
        {
            return 0;
        }

        foreach (long side in shape)
        {
            if (side > Array.MaxLength / count)
            {
                return null;
            }

            count *= side;
        }

        return (int)count;
    }

    /// <summary>Converts stored elements of any type to float; wide types are rounded.</summary>
    /// <param name="type">Type of the stored elements.</param>
    /// <param name="source">Their bytes: exactly <c>destination.Length</c> elements.</param>
    /// <param name="destination">Where the floats go.</param>
    public static void ToSingle(
        StorageType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLength(type, source.Length, destination.Length);
        switch (type)
        {
            case StorageType.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case StorageType.Float16:
                ConvertAll<Half, float>(source, destination);
                break;
            case StorageType.BFloat16:
                ReadOnlySpan<ushort> upper = Cast<ushort>(source);
                for (int i = 0; i < upper.Length; i++)
                {
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            default:
                ConvertNumbers(type, source, destination);
                break;
        }
    }

    /// <summary>Converts stored integers or booleans of any width to long.</summary>
    /// <param name="type">Type of the stored elements; no floating-point type.</param>
    /// <param name="source">Their bytes: exactly <c>destination.Length</c> elements.</param>
    /// <param name="destination">Where the integers go.</param>
    /// <exception cref="ArgumentException"><paramref name="type"/> is a float.</exception>
    /// <exception cref="OverflowException">An unsigned element is larger than a long.</exception>
    public static void ToInt64(StorageType type, ReadOnlySpan<byte> source, Span<long> destination)
    {
        CheckLength(type, source.Length, destination.Length);
        if (type.IsFloat())
        {
            throw new ArgumentException($"{type} elements are no integers.", nameof(type));
        }

        if (type == StorageType.Int64)
        {
            source.CopyTo(MemoryMarshal.AsBytes(destination));
        }
        else
        {
            ConvertNumbers(type, source, destination);
        }
    }

    private static void ConvertNumbers<T>(
        StorageType type, ReadOnlySpan<byte> source, Span<T> destination)
        where T : INumberBase<T>
    {
        switch (type)
        {
            case StorageType.Float64:
                ConvertAll<double, T>(source, destination);
                break;
            case StorageType.Int8:
                ConvertAll<sbyte, T>(source, destination);
                break;
            case StorageType.Int16:
                ConvertAll<short, T>(source, destination);
                break;
            case StorageType.Int32:
                ConvertAll<int, T>(source, destination);
                break;
            case StorageType.Int64:
                ConvertAll<long, T>(source, destination);
                break;
            case StorageType.UInt8:
            case StorageType.Bool:
                ConvertAll<byte, T>(source, destination);
                break;
            case StorageType.UInt16:
                ConvertAll<ushort, T>(source, destination);
                break;
            case StorageType.UInt32:
                ConvertAll<uint, T>(source, destination);
                break;
            case StorageType.UInt64:
                ConvertAll<ulong, T>(source, destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown storage type.");
        }
    }

    private static void ConvertAll<TFrom, TTo>(ReadOnlySpan<byte> source, Span<TTo> destination)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        ReadOnlySpan<TFrom> elements = Cast<TFrom>(source);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = TTo.CreateChecked(elements[i]);
        }
    }

    private static ReadOnlySpan<T> Cast<T>(ReadOnlySpan<byte> source)
        where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(source);

    private static void CheckLength(StorageType type, int bytes, int count)
    {
        if (bytes != (long)count * type.Size())
        {
            throw new ArgumentException(
                $"{bytes} bytes are not {count} elements of {type.Size()} bytes.");
        }
    }
}
