using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Elements of <see cref="TensorProto"/> messages as typed arrays, and the way back.
/// </summary>
public static class OnnxTensor
{
    private const string TooLarge = "an element exceeds 63 bits";

    /// <summary>
    /// Elements that the shape of <paramref name="tensor"/> has. Says nothing of the elements there
    /// are.
    /// </summary>
    /// <exception cref="ModelFormatException">
    /// A dimension is negative or the shape too large.
    /// </exception>
    public static int ElementCount(TensorProto tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return StorageTypes.ElementCount(CollectionsMarshal.AsSpan(tensor.Dims))
            ?? throw Bad(tensor,
                $"the shape [{string.Join(", ", tensor.Dims)}] is negative or too large");
    }

    /// <summary>
    /// How the elements are stored; null for strings, complex, 8-bit float and 4-bit types.
    /// </summary>
    public static StorageType? StorageOf(OnnxDataType type) => type switch
    {
        OnnxDataType.Float => StorageType.Float32,
        OnnxDataType.Double => StorageType.Float64,
        OnnxDataType.Float16 => StorageType.Float16,
        OnnxDataType.BFloat16 => StorageType.BFloat16,
        OnnxDataType.Int8 => StorageType.Int8,
        OnnxDataType.Int16 => StorageType.Int16,
        OnnxDataType.Int32 => StorageType.Int32,
        OnnxDataType.Int64 => StorageType.Int64,
        OnnxDataType.UInt8 => StorageType.UInt8,
        OnnxDataType.UInt16 => StorageType.UInt16,
        OnnxDataType.UInt32 => StorageType.UInt32,
        OnnxDataType.UInt64 => StorageType.UInt64,
        OnnxDataType.Bool => StorageType.Bool,
        _ => null,
    };

    /// <summary>
    /// The elements as floats, row-major; any float or integer type is converted.
    /// </summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="external">Reads external data; null for a model without a directory.</param>
    /// <exception cref="ModelFormatException">
    /// The elements are not as many as the shape says, of another kind, or cannot be found.
    /// </exception>
    public static float[] ToSingles(TensorProto tensor, OnnxExternalData? external = null)
    {
        int count = CheckedCount(tensor, external);
        float[] elements = GC.AllocateUninitializedArray<float>(count);
        Decode(tensor, elements, external);
        return elements;
    }

    /// <summary>
    /// As <see cref="ToSingles"/>, into memory of the caller, such as a weight's buffer.
    /// </summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="destination">As long as the tensor has elements.</param>
    /// <param name="external">Reads external data; null for a model without a directory.</param>
    /// <exception cref="ModelFormatException">As for <see cref="ToSingles"/>.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public static void CopyTo(
        TensorProto tensor, Span<float> destination, OnnxExternalData? external = null)
    {
        int count = CheckedCount(tensor, external);
        if (destination.Length != count)
        {
            throw new ArgumentException(
                $"A tensor of {count} elements does not fill {destination.Length}.",
                nameof(destination));
        }

        Decode(tensor, destination, external);
    }

    /// <summary>The elements of an integer or boolean tensor, row-major.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="external">Reads external data; null for a model without a directory.</param>
    /// <exception cref="ModelFormatException">
    /// As for <see cref="ToSingles"/>, or the tensor is not of integers or booleans.
    /// </exception>
    public static long[] ToInt64s(TensorProto tensor, OnnxExternalData? external = null)
    {
        int count = CheckedCount(tensor, external);
        StorageType storage = StorageOf(tensor.DataType)!.Value;
        if (storage.IsFloat())
        {
            throw Bad(tensor, $"{tensor.DataType} elements where integers belong");
        }

        long[] elements = GC.AllocateUninitializedArray<long>(count);
        if (HasRawBytes(tensor))
        {
            try
            {
                StorageTypes.ToInt64(storage, RawBytes(tensor, count, external), elements);
            }
            catch (OverflowException)
            {
                throw Bad(tensor, TooLarge);
            }
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                elements[i] = tensor.DataType switch
                {
                    OnnxDataType.Int64 => tensor.Int64Data[i],
                    OnnxDataType.UInt32 or OnnxDataType.UInt64 =>
                        tensor.UInt64Data[i] <= long.MaxValue ? (long)tensor.UInt64Data[i]
                            : throw Bad(tensor, TooLarge),
                    _ => tensor.Int32Data[i],
                };
            }
        }

        return elements;
    }

    /// <summary>A float tensor; its elements are stored raw.</summary>
    /// <exception cref="ArgumentException">Shape and number of elements differ.</exception>
    public static TensorProto Create(
        string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> elements) =>
        Create(name, shape, OnnxDataType.Float, elements);

    /// <summary>An integer tensor; its elements are stored raw.</summary>
    /// <exception cref="ArgumentException">Shape and number of elements differ.</exception>
    public static TensorProto Create(
        string name, ReadOnlySpan<long> shape, ReadOnlySpan<long> elements) =>
        Create(name, shape, OnnxDataType.Int64, elements);

    /// <summary>A half-precision tensor; its elements are stored raw.</summary>
    /// <exception cref="ArgumentException">Shape and number of elements differ.</exception>
    public static TensorProto Create(
        string name, ReadOnlySpan<long> shape, ReadOnlySpan<Half> elements) =>
        Create(name, shape, OnnxDataType.Float16, elements);

    internal static ModelFormatException Bad(TensorProto tensor, string problem) =>
        new(OnnxModelFile.FormatName, problem, fieldPath: $"tensor '{tensor.Name}'");

    private static TensorProto Create<T>(
        string name, ReadOnlySpan<long> shape, OnnxDataType type, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        if (StorageTypes.ElementCount(shape) != elements.Length)
        {
            string sides = string.Join(", ", shape.ToArray());
            throw new ArgumentException($"[{sides}] does not have {elements.Length} elements.");
        }

        var tensor = new TensorProto
        {
            Name = name,
            DataType = type,
            RawData = MemoryMarshal.AsBytes(elements).ToArray(),
        };
        tensor.Dims.AddRange(shape);
        return tensor;
    }

    private static void Decode(
        TensorProto tensor, Span<float> destination, OnnxExternalData? external)
    {
        if (tensor.DataLocation == OnnxDataLocation.External
            && tensor.DataType == OnnxDataType.Float)
        {
            external!.Read(tensor, MemoryMarshal.AsBytes(destination));
            return;
        }

        if (HasRawBytes(tensor))
        {
            StorageType storage = StorageOf(tensor.DataType)!.Value;
            StorageTypes.ToSingle(
                storage, RawBytes(tensor, destination.Length, external), destination);
            return;
        }

        if (tensor.DataType == OnnxDataType.Float)
        {
            CollectionsMarshal.AsSpan(tensor.FloatData).CopyTo(destination);
            return;
        }

        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = tensor.DataType switch
            {
                OnnxDataType.Double => (float)tensor.DoubleData[i],
                OnnxDataType.Float16 =>
                    (float)BitConverter.UInt16BitsToHalf((ushort)tensor.Int32Data[i]),
                OnnxDataType.BFloat16 =>
                    BitConverter.UInt32BitsToSingle((uint)tensor.Int32Data[i] << 16),
                OnnxDataType.Int64 => tensor.Int64Data[i],
                OnnxDataType.UInt32 or OnnxDataType.UInt64 => tensor.UInt64Data[i],
                _ => tensor.Int32Data[i],
            };
        }
    }

    private static bool HasRawBytes(TensorProto tensor) =>
        tensor.RawData is not null || tensor.DataLocation == OnnxDataLocation.External;

    private static ReadOnlySpan<byte> RawBytes(
        TensorProto tensor, int count, OnnxExternalData? external)
    {
        if (tensor.DataLocation != OnnxDataLocation.External)
        {
            return tensor.RawData;
        }

        byte[] bytes = new byte[count * StorageOf(tensor.DataType)!.Value.Size()];
        external!.Read(tensor, bytes);
        return bytes;
    }

    /// <summary>The element count, after checking that just as many elements are there.</summary>
    private static int CheckedCount(TensorProto tensor, OnnxExternalData? external)
    {
        int count = ElementCount(tensor);
        if (StorageOf(tensor.DataType) is not { } storage)
        {
            throw Bad(tensor, $"elements of type {tensor.DataType} are not supported");
        }

        long bytes = (long)count * storage.Size();
        if (bytes > Array.MaxLength)
        {
            throw Bad(tensor, $"{bytes} bytes are more than an array holds");
        }

        if (tensor.DataLocation == OnnxDataLocation.External)
        {
            if (external is null)
            {
                throw Bad(tensor, "its data is in another file, but the model has no directory");
            }

            external.Check(tensor, bytes);
            return count;
        }

        if (tensor.RawData is { } raw)
        {
            return raw.Length == bytes ? count : throw Bad(tensor,
                $"{raw.Length} bytes where the shape [{string.Join(", ", tensor.Dims)}] of "
                + $"{tensor.DataType} takes {bytes}");
        }

        int found = tensor.DataType switch
        {
            OnnxDataType.Float => tensor.FloatData.Count,
            OnnxDataType.Double => tensor.DoubleData.Count,
            OnnxDataType.Int64 => tensor.Int64Data.Count,
            OnnxDataType.UInt32 or OnnxDataType.UInt64 => tensor.UInt64Data.Count,
            _ => tensor.Int32Data.Count,
        };
        return found == count ? count : throw Bad(tensor,
            $"{found} elements where the shape [{string.Join(", ", tensor.Dims)}] has {count}");
    }
}
