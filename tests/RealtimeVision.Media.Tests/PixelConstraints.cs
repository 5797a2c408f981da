using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests;

internal static class PixelConstraints
{
    /// <summary>Asserts the colour of a pixel to within what a lossy codec does to it.</summary>
    public static void AssertPixel(
        Frame frame, int x, int y, (int R, int G, int B) expected, int within = 12)
    {
        Span<byte> pixel = frame.Pixels.Slice(((y * frame.Width) + x) * 3, 3);
        (int R, int G, int B) actual = (pixel[0], pixel[1], pixel[2]);
        int difference = Math.Max(
            Math.Abs(actual.R - expected.R),
            Math.Max(Math.Abs(actual.G - expected.G), Math.Abs(actual.B - expected.B)));
        string found = $"({x},{y}) is {actual}, not {expected}";
        Assert.That(difference, Is.LessThanOrEqualTo(within), found);
    }
}
