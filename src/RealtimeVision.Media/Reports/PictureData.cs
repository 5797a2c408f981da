using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>Pictures and masks as addresses that hold them (data URIs).</summary>
internal static class PictureData
{
    // Side in pixels up to which a picture is kept whole, and without loss.
    private const int LargestKept = 128;
    private const int LargestSide = 320;
    private const int SmallestShown = 112;

    /// <summary>The size on the page, which keeps the aspect.</summary>
    public static (int Width, int Height) ShownSize(
        int width, int height, int largest = LargestSide, int smallest = SmallestShown)
    {
        int side = Math.Max(width, height);
        double scale = side > largest ? (double)largest / side
            : side < smallest ? (smallest + side - 1) / side
            : 1;
        return (Scaled(width, scale), Scaled(height, scale));
    }

    /// <summary>A picture; large ones are reduced.</summary>
    public static string Of(ReportPicture picture, int largest = LargestSide)
    {
        bool isSmall = Math.Max(picture.Width, picture.Height) <= LargestKept;
        byte[] encoded = Picture.EncodePreview(
            picture.Pixels, picture.Width, picture.Height, picture.Format, largest,
            isExact: isSmall);
        return $"data:image/{(isSmall ? "png" : "jpeg")};base64,{Convert.ToBase64String(encoded)}";
    }

    /// <summary>A mask in the colours of its classes; what is no class is transparent.</summary>
    public static string Of(ReportMask mask, ClassResults? classes)
    {
        int count = classes?.Matrix.ClassCount ?? 255;
        byte[] rgba = new byte[4 * mask.Labels.Length];
        for (int i = 0; i < mask.Labels.Length; i++)
        {
            if ((uint)mask.Labels[i] < (uint)count)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(
                    rgba.AsSpan(4 * i), ClassColours.Of(classes, mask.Labels[i]));
            }
        }

        byte[] encoded = Picture.EncodePreview(
            rgba, mask.Width, mask.Height, PixelFormat.Rgba32, LargestSide, isExact: true);
        return $"data:image/png;base64,{Convert.ToBase64String(encoded)}";
    }

    private static int Scaled(int length, double scale) =>
        Math.Max(1, (int)Math.Round(length * scale));
}
