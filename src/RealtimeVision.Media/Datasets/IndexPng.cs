using System.Buffers.Binary;
using System.IO.Compression;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Media;

/// <summary>
/// Reads the numbers that a PNG stores, palette indices or grey levels, where a decoder of pictures
/// gives colours. Format: PNG (W3C Recommendation, third edition).
/// </summary>
internal sealed class IndexPng
{
    private const int Grey = 0, Palette = 3;

    private static readonly uint[] Table = MakeTable();

    private IndexPng(int width, int height, byte[] indices)
    {
        Width = width;
        Height = height;
        Indices = indices;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>One byte a pixel, row-major.</summary>
    public byte[] Indices { get; }

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="DatasetException">
    /// The file is missing, damaged, or no PNG of palette or grey with up to 8 bits.
    /// </exception>
    public static IndexPng Load(string path)
    {
        byte[] file = ReadFile(path);
        if (!file.AsSpan().StartsWith(
            (ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]))
        {
            throw new DatasetException(path, "is no PNG; masks are PNG files of class indices");
        }

        int width = 0, height = 0, bits = 0;
        using var packed = new MemoryStream();
        bool ends = false;
        for (int at = 8; !ends;)
        {
            (string type, int length) = ReadChunk(path, file, at);
            ReadOnlySpan<byte> data = file.AsSpan(at + 8, length);
            switch (type)
            {
                case "IHDR":
                    (width, height, bits) = ReadHeader(path, data);
                    break;
                case "IDAT":
                    packed.Write(data);
                    break;
                case "IEND":
                    ends = true;
                    break;
            }

            at += 12 + length;
        }

        if (bits == 0)
        {
            throw new DatasetException(path, "has no IHDR chunk");
        }

        packed.Position = 0;
        return new IndexPng(width, height, Unpack(path, packed, width, height, bits));
    }

    private static (int Width, int Height, int Bits) ReadHeader(
        string path, ReadOnlySpan<byte> header)
    {
        if (header.Length != 13)
        {
            throw new DatasetException(path, $"IHDR chunk has {header.Length} bytes, not 13");
        }

        int width = BinaryPrimitives.ReadInt32BigEndian(header);
        int height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        int bits = header[8], color = header[9];
        if (width <= 0 || height <= 0 || (long)width * height > Array.MaxLength)
        {
            throw new DatasetException(path, $"size is {width}x{height}");
        }

        if (color is not (Grey or Palette) || bits is not (1 or 2 or 4 or 8))
        {
            throw new DatasetException(
                path,
                $"colour type is {color} at {bits} bits; masks have a palette (3) or are grey (0), "
                + "at 1, 2, 4 or 8 bits");
        }

        return header[12] == 0
            ? (width, height, bits)
            : throw new DatasetException(path, "is interlaced, which masks may not be");
    }

    private static (string Type, int Length) ReadChunk(string path, byte[] file, int at)
    {
        if (file.Length - at < 12)
        {
            throw new DatasetException(path, $"is truncated at byte {file.Length}: it has no end");
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
        string type = System.Text.Encoding.ASCII.GetString(file, at + 4, 4);
        if (length > file.Length - at - 12)
        {
            throw new DatasetException(path, $"is truncated within its {type} chunk");
        }

        uint stated = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + (int)length));
        return Crc32(file.AsSpan(at + 4, (int)length + 4)) == stated
            ? (type, (int)length)
            : throw new DatasetException(path, $"is damaged: wrong checksum of its {type} chunk");
    }

    private static byte[] Unpack(string path, Stream packed, int width, int height, int bits)
    {
        int stride = (int)(((long)width * bits + 7) / 8);
        var row = new byte[stride];
        var above = new byte[stride];
        var indices = new byte[width * height];
        try
        {
            using var data = new ZLibStream(packed, CompressionMode.Decompress);
            for (int y = 0; y < height; y++)
            {
                int filter = data.ReadByte();
                data.ReadExactly(row);
                Unfilter(path, filter, row, above);
                Expand(row, bits, indices.AsSpan(y * width, width));
                (row, above) = (above, row);
            }
        }
        catch (EndOfStreamException e)
        {
            throw new DatasetException(path, "is truncated: its data end before the rows do", e);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException(path, $"is damaged: {e.Message}", e);
        }

        return indices;
    }

    // One byte a pixel at most, so the neighbour to the left is the byte before.
    private static void Unfilter(string path, int filter, Span<byte> row, ReadOnlySpan<byte> above)
    {
        if (filter is < 0 or > 4)
        {
            throw new DatasetException(path, $"is damaged: filter {filter} of a row");
        }

        int left = 0, corner = 0;
        for (int i = 0; filter > 0 && i < row.Length; i++)
        {
            int up = above[i];
            row[i] += (byte)(filter switch
            {
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                _ => Paeth(left, up, corner),
            });
            (left, corner) = (row[i], up);
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner), toUp = Math.Abs(left - corner);
        int toCorner = Math.Abs(left + up - (2 * corner));
        return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
    }

    private static void Expand(ReadOnlySpan<byte> row, int bits, Span<byte> indices)
    {
        int each = 8 / bits, mask = (1 << bits) - 1;
        for (int x = 0; x < indices.Length; x++)
        {
            indices[x] = (byte)((row[x / each] >> (8 - bits - (x % each * bits))) & mask);
        }
    }

    internal static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int bit = 0; bit < 8; bit++)
            {
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            }

            table[i] = c;
        }

        return table;
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(path, e.Message, e);
        }
    }
}
