using System.Globalization;
using System.Text.RegularExpressions;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests;

/// <summary>Maps as pictures.</summary>
public partial class AttributionPictureTests
{
    [Test]
    public void ColoursAreThoseOfTheViewer()
    {
        string shader = File.ReadAllText(Path.Combine(Repository(), "shaders", "colormap.glsl"));
        float[][] steps =
        [
            .. Triple().Matches(shader).Select(m => m.Groups.Values.Skip(1)
                .Select(g => float.Parse(g.Value, CultureInfo.InvariantCulture)).ToArray()),
        ];
        Assert.That(steps, Has.Length.EqualTo(7));
        for (int i = 0; i <= 20; i++)
        {
            float t = i / 20f;
            var (red, green, blue) = ColourMap.Viridis(t);
            int[] expected =
            [
                .. Enumerable.Range(0, 3).Select(c => (int)Math.Round(255 * Math.Clamp(
                    steps.Aggregate(0f, (level, step) => (level * t) + step[c]), 0, 1))),
            ];
            Assert.That(new int[] { red, green, blue }, Is.EqualTo(expected));
        }
    }

    [Test]
    public void TheOverlayIsBrightWhereTheMapIs()
    {
        var frame = new Frame();
        frame.Resize(4, 1, PixelFormat.Bgr24);
        frame.Pixels.Fill(100);
        byte[] rgb = AttributionPicture.Overlay(
            frame, new AttributionMap(4, 1, [0, 0.5f, 1, 0], isSigned: false));
        Assert.That(rgb[6] + rgb[7], Is.GreaterThan(rgb[0] + rgb[1] + 100));
        byte[] last = rgb[9..];
        Assert.That(rgb[..3], Is.EqualTo(last), "both say nothing");

        byte[] signed = AttributionPicture.Overlay(
            frame, new AttributionMap(4, 1, [0, -2, 2, 1], isSigned: true));
        Assert.That(signed[..3], Is.EqualTo(new byte[] { 100, 100, 100 }), "nothing said");
        Assert.That(signed[5], Is.GreaterThan(signed[3]), "blue against");
        Assert.That(signed[6], Is.GreaterThan(signed[8]), "orange for");
        Assert.That(
            () => AttributionPicture.Overlay(
                frame, new AttributionMap(2, 2, new float[4], isSigned: false)),
            Throws.ArgumentException.With.Message.Contains("2x2"));
    }

    [GeneratedRegex(@"vec3\((-?[\d.]+), (-?[\d.]+), (-?[\d.]+)\)")]
    private static partial Regex Triple();

    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RealtimeVision.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("the repository");
    }
}
