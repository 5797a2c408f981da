using System.Buffers.Binary;
using System.Text;

namespace RealtimeVision.Media;

/// <summary>Chunks of text of a PNG file (ISO/IEC 15948, 11.3.4).</summary>
internal static class PngText
{
    /// <summary>Bytes of the signature and the header chunk, which every PNG begins with.</summary>
    public const int HeaderBytes = 8 + 12 + 13;

    private const int MostKeyword = 79;

    /// <summary>A chunk for each text: tEXt where it is ASCII, else iTXt.</summary>
    /// <exception cref="ArgumentException">A keyword is not 1 to 79 printable ASCII characters.
    /// </exception>
    public static byte[] Chunks(IReadOnlyDictionary<string, string> texts)
    {
        using var chunks = new MemoryStream();
        foreach ((string keyword, string text) in texts)
        {
            if (keyword.Length is 0 or > MostKeyword
                || keyword.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                throw new ArgumentException(
                    $"'{keyword}' is no keyword of a PNG: 1 to 79 printable ASCII characters make "
                    + "one",
                    nameof(texts));
            }

            bool isAscii = Ascii.IsValid(text);
            // After the keyword iTXt has: not compressed, by no method, no language, no translation.
            byte[] data =
            [
                .. Encoding.ASCII.GetBytes(keyword), 0,
                .. isAscii ? ReadOnlySpan<byte>.Empty : [0, 0, 0, 0],
                .. Encoding.UTF8.GetBytes(text),
            ];
            Write(chunks, isAscii ? "tEXt"u8 : "iTXt"u8, data);
        }

        return chunks.ToArray();
    }

    private static void Write(MemoryStream target, ReadOnlySpan<byte> type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        target.Write(number);
        byte[] checkedPart = [.. type, .. data];
        target.Write(checkedPart);
        BinaryPrimitives.WriteUInt32BigEndian(number, IndexPng.Crc32(checkedPart));
        target.Write(number);
    }
}
