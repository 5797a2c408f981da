namespace RealtimeVision.Runtime.Import;

/// <summary>
/// Recognises by their first bytes the files that are passed for a model by mistake.
/// </summary>
internal static class FileSignature
{
    /// <summary>What <see cref="Describe"/> calls a safetensors file.</summary>
    public const string Safetensors = "a safetensors file";

    /// <summary>What <see cref="Describe"/> calls a TFLite model.</summary>
    public const string TfLite = "a TFLite model";

    /// <summary>
    /// What the file looks like, such as <c>a PNG picture</c>; null where it is unknown.
    /// </summary>
    public static string? Describe(ReadOnlySpan<byte> head)
    {
        if (head.Length >= 9 && head[8] == (byte)'{' && head[6] == 0 && head[7] == 0)
        {
            return Safetensors;
        }

        if (head.Length >= 8 && head[4..8].SequenceEqual("TFL3"u8))
        {
            return TfLite;
        }

        if (head.Length >= 8 && head[4..8].SequenceEqual("ftyp"u8))
        {
            return "an MP4 video";
        }

        return head switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "a PNG picture",
            [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
            _ when head.StartsWith("PK\x03\x04"u8) => "a zip archive (PyTorch files are, too)",
            [0x1F, 0x8B, ..] => "a gzip archive",
            _ when head.StartsWith("%PDF"u8) => "a PDF document",
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "an HDF5 file (a Keras model?)",
            [0x93, (byte)'N', (byte)'U', (byte)'M', ..] => "a NumPy array",
            _ when head.StartsWith("RIFF"u8) => "a RIFF file",
            _ when head.StartsWith("version https://git-lfs"u8) =>
                "a Git LFS pointer: the model itself was not fetched",
            _ when IsText(head) => "text",
            _ => null,
        };
    }

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        foreach (byte b in head)
        {
            if (b is < 32 and not ((byte)'\n' or (byte)'\r' or (byte)'\t') or > 126)
            {
                return false;
            }
        }

        return head.Length > 0;
    }
}
