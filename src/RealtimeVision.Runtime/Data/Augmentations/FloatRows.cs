using System.Numerics;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Loops over rows of floats, a vector at a time. Each element is computed alone and without fused
/// rounding, so that the width of the vectors changes nothing.
/// </summary>
internal static class FloatRows
{
    /// <summary>Bytes as numbers from 0 to 1.</summary>
    public static void FromBytes(ReadOnlySpan<byte> source, Span<float> target)
    {
        const float Unit = 1 / 255f;
        int i = 0, step = Vector<byte>.Count, quarter = Vector<float>.Count;
        for (; i <= source.Length - step; i += step)
        {
            Vector.Widen(
                new Vector<byte>(source[i..]),
                out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
            Vector.Widen(high, out Vector<uint> c, out Vector<uint> d);
            (ToSingle(a) * Unit).CopyTo(target[i..]);
            (ToSingle(b) * Unit).CopyTo(target[(i + quarter)..]);
            (ToSingle(c) * Unit).CopyTo(target[(i + (2 * quarter))..]);
            (ToSingle(d) * Unit).CopyTo(target[(i + (3 * quarter))..]);
        }

        for (; i < source.Length; i++)
        {
            target[i] = source[i] * Unit;
        }
    }

    /// <summary><c>target += source * factor</c>.</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> source, float factor)
    {
        int i = 0;
        for (; i <= target.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> sum =
                new Vector<float>(target[i..]) + (new Vector<float>(source[i..]) * factor);
            sum.CopyTo(target[i..]);
        }

        for (; i < target.Length; i++)
        {
            target[i] += source[i] * factor;
        }
    }

    /// <summary>
    /// Two rows become <c>a * share + b * (1 - share)</c> and <c>b * share + a * (1 - share)</c>.
    /// </summary>
    public static void Mix(Span<float> a, Span<float> b, float share)
    {
        float rest = 1 - share;
        int i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = new Vector<float>(a[i..]);
            var y = new Vector<float>(b[i..]);
            ((x * share) + (y * rest)).CopyTo(a[i..]);
            ((y * share) + (x * rest)).CopyTo(b[i..]);
        }

        for (; i < a.Length; i++)
        {
            (a[i], b[i]) = ((a[i] * share) + (b[i] * rest), (b[i] * share) + (a[i] * rest));
        }
    }

    /// <summary><c>x * factor + offset</c>, no less than 0 and no more than 1.</summary>
    public static void ScaleAndClamp(Span<float> values, float factor, float offset)
    {
        foreach (ref float value in values)
        {
            value = Math.Clamp((value * factor) + offset, 0, 1);
        }
    }

    /// <summary><c>x * scale + offset</c>, with factors that repeat every so many values.</summary>
    /// <param name="values">What is changed in place.</param>
    /// <param name="scale">Factors, repeated to a whole number of vectors.</param>
    /// <param name="offset">Offsets, as many.</param>
    public static void ScaleRepeated(
        Span<float> values, ReadOnlySpan<float> scale, ReadOnlySpan<float> offset)
    {
        for (; values.Length >= scale.Length; values = values[scale.Length..])
        {
            for (int k = 0; k < scale.Length; k += Vector<float>.Count)
            {
                Vector<float> x = new(values[k..]);
                ((x * new Vector<float>(scale[k..])) + new Vector<float>(offset[k..]))
                    .CopyTo(values[k..]);
            }
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] * scale[i]) + offset[i];
        }
    }

    /// <summary>The same pixel again and again.</summary>
    public static void FillPixels(Span<float> pixels, ReadOnlySpan<float> pixel)
    {
        for (; !pixels.IsEmpty; pixels = pixels[pixel.Length..])
        {
            pixel.CopyTo(pixels);
        }
    }

    // Pixels fit a signed integer, whose conversion every machine has.
    private static Vector<float> ToSingle(Vector<uint> x) =>
        Vector.ConvertToSingle(Vector.AsVectorInt32(x));
}
