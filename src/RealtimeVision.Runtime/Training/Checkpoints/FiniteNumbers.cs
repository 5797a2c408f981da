using System.Numerics;
using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>Looks for numbers that are NaN or infinite.</summary>
internal static class FiniteNumbers
{
    /// <summary>The first element that is not finite; -1 where all are.</summary>
    public static long IndexOfOther(StorageType type, ReadOnlySpan<byte> elements) => type switch
    {
        StorageType.Float32 => IndexOfAllSet<uint>(elements, 0x7F800000),
        StorageType.Float64 => IndexOfAllSet<ulong>(elements, 0x7FF0000000000000),
        StorageType.Float16 => IndexOfAllSet<ushort>(elements, 0x7C00),
        StorageType.BFloat16 => IndexOfAllSet<ushort>(elements, 0x7F80),
        _ => -1,
    };

    // Numbers whose exponent has all its bits are those that are not finite.
    private static long IndexOfAllSet<T>(ReadOnlySpan<byte> bytes, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        var elements = MemoryMarshal.Cast<byte, T>(bytes);
        var exponents = new Vector<T>(exponent);
        int i = 0;
        for (; i <= elements.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (Vector.EqualsAny(new Vector<T>(elements[i..]) & exponents, exponents))
            {
                break;
            }
        }

        for (; i < elements.Length; i++)
        {
            if ((elements[i] & exponent) == exponent)
            {
                return i;
            }
        }

        return -1;
    }
}
