using System.Globalization;

namespace RealtimeVision.Media;

/// <summary>Colours of classes in masks.</summary>
internal static class ClassColours
{
    /// <summary>The colour of a class, as 0xRRGGBBAA.</summary>
    public static uint Of(ClassResults? classes, int index) =>
        classes is not null && index < classes.Colours.Count
            ? classes.Colours[index]
            : PascalVoc(index);

    /// <summary>The colour of a class in CSS.</summary>
    public static string Css(ClassResults? classes, int index) =>
        "#" + Of(classes, index).ToString("x8", CultureInfo.InvariantCulture);

    // The challenge's own rule: the index's bits, three by three, from the top bits of the channels
    // downwards.
    private static uint PascalVoc(int index)
    {
        uint red = 0, green = 0, blue = 0;
        uint rest = (uint)index;
        for (int bit = 7; bit >= 0; bit--, rest >>= 3)
        {
            red |= (rest & 1) << bit;
            green |= ((rest >> 1) & 1) << bit;
            blue |= ((rest >> 2) & 1) << bit;
        }

        return (red << 24) | (green << 16) | (blue << 8) | 255;
    }
}
