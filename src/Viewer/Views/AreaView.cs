using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>What of an area is drawn.</summary>
[Flags]
internal enum AreaStyle
{
    /// <summary>The area, tinted.</summary>
    Fill = 1,

    /// <summary>A line along its border.</summary>
    Lines = 2,

    /// <summary>The area in full colour, on black.</summary>
    Opaque = 4,
}

/// <summary>The areas of a plane of classes, or of one class's probability.</summary>
internal sealed class AreaView(
    string id, string name, string description, ViewPlane plane, AreaStyle style)
    : View(id, name, description)
{
    public override bool HasOpacity => (style & AreaStyle.Opaque) == 0;

    public override string Lack => plane == ViewPlane.Truth
        ? DifferenceView.NoTruth
        : "there is no mask: no segmenter";

    public override bool CanShow(StreamView stream) =>
        stream[plane] is not null || (plane == ViewPlane.Truth && stream.HasTruth);

    public override bool Needs(ViewPlane asked) => asked == plane;

    internal override ViewPass CreatePass(GlDevice device) => new Pass(device, plane, style);

    /// <summary>
    /// shaders/overlay.frag, compiled once for each kind of mask and of line that is drawn: a
    /// software rasteriser walks through both sides of every branch, so parts that are not wanted
    /// are better not there.
    /// </summary>
    private sealed class Pass(GlDevice device, ViewPlane plane, AreaStyle style) : ViewPass
    {
        private const float ContourWidth = 2;

        private readonly Variant?[] _variants = new Variant?[6]; // by kind of mask, then of line

        private enum Lines
        {
            None,
            ByField,
            ByTexels,
        }

        public override void Draw(ViewContext context)
        {
            if ((style & AreaStyle.Opaque) == 0)
            {
                context.DrawVideo();
            }

            if (context.Stream[plane] is not { } mask)
            {
                return;
            }

            Lines lines = Lines.None;
            float lineWidth = ContourWidth * Math.Max(context.Target.ContentScale, 1);
            var pixelsPerTexel = context.PixelsPerTexel(mask);
            if ((style & AreaStyle.Lines) != 0)
            {
                // The field's distances reach half a texel; a line has half a pixel of smooth rim.
                bool fits = lineWidth + 1 <= MathF.Min(pixelsPerTexel.X, pixelsPerTexel.Y);
                lines = fits ? Lines.ByField : Lines.ByTexels;
            }

            int probability = mask.Kind == MaskKind.Probability ? 1 : 0;
            ref Variant? variant = ref _variants[(3 * probability) + (int)lines];
            variant ??= new Variant(device, probability, (int)lines);
            ShaderProgram program = variant.Program;
            context.Use(program);
            program.Set(variant.Mask, 0);
            program.Set(variant.Palette, 1);
            program.Set(variant.Threshold, mask.Threshold);
            program.Set(variant.PixelsPerTexel, pixelsPerTexel);
            program.Set(variant.LineWidth, lineWidth);
            program.Set(
                variant.Fill,
                (style & AreaStyle.Opaque) != 0 ? 1
                : (style & AreaStyle.Fill) != 0 ? context.Opacity
                : 0);
            // Lines are thin: they reach full opacity where areas are still half transparent.
            program.Set(variant.Contour, Math.Min(2 * context.Opacity, 1));
            context.Textures.BindPalette(1);
            context.Textures.BindPlane(plane, 0);
            context.DrawOver();
        }

        public override void Dispose()
        {
            foreach (Variant? variant in _variants)
            {
                variant?.Program.Dispose();
            }

            Array.Clear(_variants);
        }

        private sealed class Variant
        {
            public readonly ShaderProgram Program;
            public readonly int Mask;
            public readonly int Palette;
            public readonly int Threshold;
            public readonly int PixelsPerTexel;
            public readonly int LineWidth;
            public readonly int Fill;
            public readonly int Contour;

            public Variant(GlDevice device, int probability, int lines)
            {
                Program = new ShaderProgram(
                    device, "picture.vert", "overlay.frag",
                    $"#define PROBABILITY {probability}\n#define LINES {lines}\n");
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
}
