using System.Numerics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>
/// shaders/overlay.frag, compiled once for each kind of mask and of line: a software rasteriser
/// walks through both sides of every branch, so parts that are not wanted are better not there.
/// </summary>
internal sealed class OverlayPrograms : IDisposable
{
    private readonly Variant[] _areas; // by kind of mask, then by kind of line
    private readonly Variant _heat;

    public OverlayPrograms(GlDevice device)
    {
        var made = new List<Variant>();
        try
        {
            for (int i = 0; i < 6; i++)
            {
                made.Add(new Variant(device, probability: i / 3, lines: (Lines)(i % 3), heat: 0));
            }

            _heat = new Variant(device, probability: 1, Lines.None, heat: 1);
        }
        catch
        {
            made.ForEach(variant => variant.Program.Dispose());
            throw;
        }

        _areas = [.. made];
    }

    private enum Lines
    {
        None,
        ByField,
        ByTexels,
    }

    /// <summary>
    /// Sets up the program for a mask, whose texture is bound to unit 0, the palette's to unit 1.
    /// </summary>
    public void Use(
        OverlayMode mode, in MaskView mask, float opacity, Vector4 rectangle, RenderTarget target,
        float lineWidth)
    {
        bool fills = mode
            is OverlayMode.Mask or OverlayMode.MaskAndContours or OverlayMode.HeatMap;
        var pixelsPerTexel = new Vector2(rectangle.Z / mask.Width, rectangle.W / mask.Height);
        Lines lines = Lines.None;
        if (mode is OverlayMode.Contours or OverlayMode.MaskAndContours)
        {
            // The field's distances reach half a texel; a line has half a pixel of smooth rim.
            bool fits = lineWidth + 1 <= MathF.Min(pixelsPerTexel.X, pixelsPerTexel.Y);
            lines = fits ? Lines.ByField : Lines.ByTexels;
        }

        Variant variant = mode == OverlayMode.HeatMap
            ? _heat
            : _areas[(mask.Kind == MaskKind.Probability ? 3 : 0) + (int)lines];
        ShaderProgram program = variant.Program;
        program.Use();
        program.Set(variant.Rectangle, rectangle);
        program.Set(variant.TargetSize, new Vector2(target.Width, target.Height));
        program.Set(variant.Up, target.TopDown ? -1f : 1f);
        program.Set(variant.Mask, 0);
        program.Set(variant.Palette, 1);
        program.Set(variant.Threshold, mask.Threshold);
        program.Set(variant.PixelsPerTexel, pixelsPerTexel);
        program.Set(variant.LineWidth, lineWidth);
        program.Set(variant.Fill, mode == OverlayMode.MaskOnly ? 1 : fills ? opacity : 0);
        // Lines are thin: they reach full opacity where areas are still half transparent.
        program.Set(variant.Contour, Math.Min(2 * opacity, 1));
    }

    public void Dispose()
    {
        foreach (Variant variant in _areas)
        {
            variant.Program.Dispose();
        }

        _heat.Program.Dispose();
    }

    private sealed class Variant
    {
        public readonly ShaderProgram Program;
        public readonly int Rectangle;
        public readonly int TargetSize;
        public readonly int Up;
        public readonly int Mask;
        public readonly int Palette;
        public readonly int Threshold;
        public readonly int PixelsPerTexel;
        public readonly int LineWidth;
        public readonly int Fill;
        public readonly int Contour;

        public Variant(GlDevice device, int probability, Lines lines, int heat)
        {
            Program = new ShaderProgram(
                device, "picture.vert", "overlay.frag",
                $"#define PROBABILITY {probability}\n"
                + $"#define LINES {(int)lines}\n"
                + $"#define HEAT {heat}\n");
            Rectangle = Program.Find("uRectangle");
            TargetSize = Program.Find("uTargetSize");
            Up = Program.Find("uUp");
            Mask = Program.Find("uMask");
            Palette = Program.Find("uPalette");
            Threshold = Program.Find("uThreshold");
            PixelsPerTexel = Program.Find("uPixelsPerTexel");
            LineWidth = Program.Find("uLineWidth");
            Fill = Program.Find("uFill");
            Contour = Program.Find("uContour");
        }
    }
}
