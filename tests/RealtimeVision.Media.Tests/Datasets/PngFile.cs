using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace RealtimeVision.Media.Tests.Datasets;

/// <summary>Writes PNG files of indices, with every filter in turn.</summary>
internal static class PngFile
{
    /// <param name="path">The file.</param>
    /// <param name="indices">One number a pixel.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="bits">1, 2, 4 or 8.</param>
    /// <param name="color">0 grey, 3 palette.</param>
    /// <param name="interlace">What the header says of it.</param>
    public static void Write(
        string path, byte[] indices, int width, int bits = 8, byte color = 3, byte interlace = 0)
    {
        int height = indices.Length / width, stride = ((width * bits) + 7) / 8;
        using var data = new MemoryStream();
        using (var packed = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] above = new byte[stride];
            for (int y = 0; y < height; y++)
            {
                byte[] row = new byte[stride];
                for (int x = 0; x < width; x++)
                {
                    row[x * bits / 8] |=
                        (byte)(indices[(y * width) + x] << (8 - bits - (x * bits % 8)));
                }

                packed.WriteByte((byte)(y % 5));
                packed.Write(Filter(y % 5, row, above));
                above = row;
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)bits, color, interlace);
        byte[] palette = [.. Enumerable.Range(0, 3 << bits).Select(i => (byte)(7 * i))];
        byte[] content = data.ToArray();
        using FileStream file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        WriteChunk(file, "IHDR", header);
        if (color == 3)
        {
            WriteChunk(file, "PLTE", palette);
        }

        // Two chunks, as large files have them.
        WriteChunk(file, "IDAT", content.AsSpan(0, content.Length / 2));
        WriteChunk(file, "IDAT", content.AsSpan(content.Length / 2));
        WriteChunk(file, "IEND", []);
    }

    private static byte[] Filter(int filter, byte[] row, byte[] above)
    {
        byte[] result = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            int a = i > 0 ? row[i - 1] : 0, b = above[i], c = i > 0 ? above[i - 1] : 0;
            int p = a + b - c;
            int paeth = Math.Abs(p - a) <= Math.Abs(p - b) && Math.Abs(p - a) <= Math.Abs(p - c)
                ? a
                : Math.Abs(p - b) <= Math.Abs(p - c) ? b : c;
            int[] predicted = [0, a, b, (a + b) / 2, paeth];
            result[i] = (byte)(row[i] - predicted[filter]);
        }

        return result;
    }

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        byte[] chunk = [.. Encoding.ASCII.GetBytes(type), .. data];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(chunk));
        file.Write(number);
    }

    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}
