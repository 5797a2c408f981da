using System.Buffers.Binary;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// An array of bytes in the IDX format of MNIST (https://yann.lecun.com/exdb/mnist): two zero
/// bytes, the element type, the number of dimensions, each size as a big-endian integer, the
/// elements.
/// </summary>
public sealed class IdxArray
{
    private const byte UnsignedByte = 0x08;

    private IdxArray(Shape shape, byte[] bytes)
    {
        Shape = shape;
        Bytes = bytes;
    }

    /// <summary>Sizes, outermost first: [N, H, W] of pictures, [N] of labels.</summary>
    public Shape Shape { get; }

    /// <summary>The elements, row-major.</summary>
    public byte[] Bytes { get; }

    /// <summary>Reads a file, packed where its name ends with <c>.gz</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rank">Number of dimensions that are expected; null where any is.</param>
    /// <exception cref="DatasetException">
    /// The file is missing, no IDX file of bytes, of another rank, or its length is not what its
    /// header says; the message names the field.
    /// </exception>
    public static IdxArray Load(string path, int? rank = null)
    {
        byte[] file = DataFile.ReadAllBytes(path);
        if (file.Length < 4)
        {
            throw new DatasetException(path, $"is truncated: {file.Length} bytes, no magic number");
        }

        if (file[0] != 0 || file[1] != 0)
        {
            throw new DatasetException(
                path,
                $"is no IDX file: its magic number starts with 0x{file[0]:x2}{file[1]:x2}, not 0");
        }

        if (file[2] != UnsignedByte)
        {
            throw new DatasetException(
                path, $"element type is 0x{file[2]:x2}; only unsigned bytes (0x08) are read");
        }

        int dimensions = file[3];
        if (dimensions == 0 || (rank ?? dimensions) != dimensions)
        {
            throw new DatasetException(
                path, $"number of dimensions is {dimensions}, {rank ?? 1} expected");
        }

        int header = 4 + (4 * dimensions);
        if (file.Length < header)
        {
            throw new DatasetException(
                path,
                $"is truncated: {file.Length} bytes, {dimensions} sizes end at byte {header}");
        }

        var sizes = new int[dimensions];
        long count = 1;
        for (int i = 0; i < dimensions; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(4 + (4 * i)));
            if (size > int.MaxValue || (count *= size) > Array.MaxLength)
            {
                throw new DatasetException(path, $"size {i} is {size}: too large to hold");
            }

            sizes[i] = (int)size;
        }

        if (file.Length - header != count)
        {
            string problem = file.Length - header < count ? "is truncated" : "is too long";
            throw new DatasetException(
                path,
                $"{problem}: {file.Length - header} bytes of elements, sizes {new Shape(sizes)} "
                + $"ask for {count}");
        }

        return new IdxArray(new Shape(sizes), file[header..]);
    }
}
