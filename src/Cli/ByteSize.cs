using System.Globalization;

namespace RealtimeVision.Cli;

/// <summary>Amounts of memory as people write them: <c>512M</c>, <c>1.5G</c>, <c>65536</c>.</summary>
internal static class ByteSize
{
    private const string Units = "KMGT";

    /// <summary>
    /// Reads an amount: a number, and K, M, G or T for powers of 1024, with <c>B</c> or <c>iB</c>
    /// behind it or not.
    /// </summary>
    /// <param name="text">What is written.</param>
    /// <param name="bytes">Bytes, at least 1.</param>
    /// <returns>False where it is no such amount, or not a positive one.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        text = text.Trim();
        if (text.EndsWith("B", StringComparison.OrdinalIgnoreCase))
        {
            text = text[..^1];
        }

        bool isBinary = text.EndsWith("i", StringComparison.OrdinalIgnoreCase);
        text = isBinary ? text[..^1] : text;
        int unit = text.IsEmpty ? -1 : Units.IndexOf(char.ToUpperInvariant(text[^1]));
        if (unit >= 0)
        {
            text = text[..^1].TrimEnd();
        }
        else if (isBinary)
        {
            return false;
        }

        decimal scale = 1L << (10 * (unit + 1));
        if (!decimal.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            || number > long.MaxValue / scale)
        {
            return false;
        }

        bytes = (long)(number * scale);
        return bytes > 0;
    }
}
