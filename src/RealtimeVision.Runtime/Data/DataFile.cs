using System.IO.Compression;

namespace RealtimeVision.Runtime.Data;

/// <summary>Reads files of data whole; what fails is an error that names the file.</summary>
internal static class DataFile
{
    /// <summary>All bytes of a file, unpacked where its name ends with <c>.gz</c>.</summary>
    /// <exception cref="DatasetException">The file is missing or damaged.</exception>
    public static byte[] ReadAllBytes(string path)
    {
        try
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                return File.ReadAllBytes(path);
            }

            using FileStream packed = File.OpenRead(path);
            using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            unpacked.CopyTo(bytes);
            CheckGzipEnd(path, packed, bytes.Length);
            return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException(path, "there is no such file", e);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException(path, "is no gzip file, or is damaged", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(path, e.Message, e);
        }
    }

    /// <summary><paramref name="name"/> in a folder, or that with <c>.gz</c>.</summary>
    /// <exception cref="DatasetException">Neither is there.</exception>
    public static string Find(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? path
            : File.Exists(path + ".gz") ? path + ".gz"
            : throw new DatasetException(path, "there is no such file, nor one with .gz");
    }

    // The framework's stream takes a file that ends early for one that ends. The last four bytes
    // are the length modulo 2^32 (RFC 1952, section 2.3.1).
    private static void CheckGzipEnd(string path, FileStream packed, long length)
    {
        Span<byte> stated = stackalloc byte[4];
        if (packed.Length < 18)
        {
            throw new DatasetException(path, "is truncated: it is shorter than a gzip header");
        }

        packed.Seek(-4, SeekOrigin.End);
        packed.ReadExactly(stated);
        if (BitConverter.ToUInt32(stated) != (uint)length)
        {
            throw new DatasetException(
                path, $"is truncated: its gzip data end after {length} bytes unpacked");
        }
    }
}
