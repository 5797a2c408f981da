namespace RealtimeVision.Viewer;

/// <summary>
/// A colour for each of 256 classes. Class 0 is the background: transparent until set.
/// </summary>
public sealed class Palette
{
    /// <summary>Classes a palette has colours for.</summary>
    public const int Size = 256;

    private readonly byte[] _rgba = new byte[Size * 4];

    /// <summary>Makes the standard palette: neighbouring classes differ clearly in hue.</summary>
    public Palette()
    {
        for (int i = 1; i < Size; i++)
        {
            // Steps of the golden angle spread any number of hues; lightness and chroma alternate
            // so that hues that come close after many steps still differ.
            double hue = (i - 1) * 2.399963229728653 + 3.2;
            double lightness = (i % 3) switch { 1 => 0.74, 2 => 0.66, _ => 0.82 };
            (byte red, byte green, byte blue) = FromOklch(lightness, 0.155, hue);
            this[i] = (red, green, blue, 255);
        }
    }

    /// <summary>Counts the changes, so that a renderer knows when to look again.</summary>
    public int Revision { get; private set; }

    /// <summary>256 x RGBA bytes, straight alpha.</summary>
    public ReadOnlySpan<byte> Rgba => _rgba;

    /// <summary>Colour of a class; alpha 0 hides it, alpha scales the overlay's opacity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The class is not 0 to 255.</exception>
    public (byte Red, byte Green, byte Blue, byte Alpha) this[int index]
    {
        get
        {
            Check(index);
            ReadOnlySpan<byte> c = _rgba.AsSpan(index * 4, 4);
            return (c[0], c[1], c[2], c[3]);
        }

        set
        {
            Check(index);
            Span<byte> c = _rgba.AsSpan(index * 4, 4);
            (c[0], c[1], c[2], c[3]) = value;
            Revision++;
        }
    }

    private static void Check(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Size);
    }

    /// <summary>B. Ottosson, "A perceptual color space for image processing", 2020.</summary>
    private static (byte Red, byte Green, byte Blue) FromOklch(
        double lightness, double chroma, double hue)
    {
        double a = chroma * Math.Cos(hue);
        double b = chroma * Math.Sin(hue);
        double l = Math.Pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
        double m = Math.Pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
        double s = Math.Pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        return (
            ToSrgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            ToSrgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            ToSrgb(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));

        static byte ToSrgb(double linear)
        {
            double c = Math.Clamp(linear, 0, 1);
            c = c <= 0.0031308 ? 12.92 * c : 1.055 * Math.Pow(c, 1 / 2.4) - 0.055;
            return (byte)Math.Round(c * 255);
        }
    }
}
