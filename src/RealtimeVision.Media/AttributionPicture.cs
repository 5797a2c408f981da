using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>Maps of attribution, and maps of layers, as pictures.</summary>
public static class AttributionPicture
{
    // The picture stays to be seen below the colours.
    private const float LeastOpacity = 0.25f;
    private const float MostOpacity = 0.8f;

    /// <summary>
    /// The share of a map's magnitudes up to which colours go where nothing else is said: gradients
    /// have few pixels that stand out, of which 1 in 200 may be cut off.
    /// </summary>
    public const double Quantile = 0.995;

    /// <summary>
    /// A map over the frame that it explains. What speaks for the class is yellow and what says
    /// nothing dark violet; with signs, orange speaks for it and blue against it, over a grey
    /// picture.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="map">The map, of the frame's size.</param>
    /// <param name="most">
    /// The magnitude of the strongest colour, so that pictures may share a scale; null for the map's
    /// own, at <see cref="Quantile"/>.
    /// </param>
    /// <returns>The frame's height x width x 3 bytes: red, green, blue.</returns>
    /// <exception cref="ArgumentException">The map has another size.</exception>
    public static byte[] Overlay(Frame frame, AttributionMap map, float? most = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(map);
        if (map.Width != frame.Width || map.Height != frame.Height)
        {
            throw new ArgumentException(
                $"a map of {map.Width}x{map.Height} does not lie over a frame of "
                + $"{frame.Width}x{frame.Height}",
                nameof(map));
        }

        float[] values = map.ScaledBy(most ?? map.MagnitudeAt(Quantile)).Values;
        var (red, green, blue) = Offsets(frame.Format);
        var rgb = new byte[values.Length * 3];
        ReadOnlySpan<byte> pixels = frame.Pixels;
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> pixel = pixels.Slice(i * frame.Channels, frame.Channels);
            (byte r, byte g, byte b) = (pixel[red], pixel[green], pixel[blue]);
            float share = Math.Abs(values[i]);
            if (map.IsSigned)
            {
                byte grey = (byte)((0.299f * r) + (0.587f * g) + (0.114f * b));
                Mix(rgb.AsSpan(3 * i), (grey, grey, grey), ColourMap.Signed(values[i]), share);
            }
            else
            {
                Mix(
                    rgb.AsSpan(3 * i), (r, g, b), ColourMap.Viridis(share),
                    float.Lerp(LeastOpacity, MostOpacity, share));
            }
        }

        return rgb;
    }

    /// <summary>
    /// A map alone: by viridis from 0 to its largest number; with signs, orange and blue on black.
    /// </summary>
    /// <returns>The map's height x width x 3 bytes: red, green, blue.</returns>
    public static byte[] Colours(AttributionMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        float[] values = map.Normalised(Quantile).Values;
        var rgb = new byte[values.Length * 3];
        for (int i = 0; i < values.Length; i++)
        {
            Span<byte> pixel = rgb.AsSpan(3 * i, 3);
            if (map.IsSigned)
            {
                Mix(pixel, default, ColourMap.Signed(values[i]), Math.Abs(values[i]));
            }
            else
            {
                (pixel[0], pixel[1], pixel[2]) = ColourMap.Viridis(values[i]);
            }
        }

        return rgb;
    }

    /// <summary>Levels as colours of viridis.</summary>
    /// <param name="levels">Levels, 0 to 255.</param>
    /// <returns>3 bytes a level: red, green, blue.</returns>
    public static byte[] Colours(ReadOnlySpan<byte> levels)
    {
        var rgb = new byte[levels.Length * 3];
        for (int i = 0; i < levels.Length; i++)
        {
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) =
                ColourMap.Viridis(levels[i] / 255f);
        }

        return rgb;
    }

    private static (int Red, int Green, int Blue) Offsets(PixelFormat format) => format switch
    {
        PixelFormat.Gray8 => (0, 0, 0),
        PixelFormat.Rgb24 or PixelFormat.Rgba32 => (0, 1, 2),
        _ => (2, 1, 0),
    };

    private static void Mix(
        Span<byte> pixel, (byte Red, byte Green, byte Blue) under,
        (byte Red, byte Green, byte Blue) over, float share)
    {
        pixel[0] = Between(under.Red, over.Red, share);
        pixel[1] = Between(under.Green, over.Green, share);
        pixel[2] = Between(under.Blue, over.Blue, share);
    }

    private static byte Between(byte under, byte over, float share) =>
        (byte)Math.Round(float.Lerp(under, over, share));
}
