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

    internal override ViewPass CreatePass(GlDevice device) =>
        new Pass(device, plane, style);

    /// <summary>
    /// Areas by shaders/area.frag, and what has a border by shaders/overlay.frag, compiled once for
    /// each kind of mask and of line that is drawn: a software rasteriser walks through both sides of
    /// every branch, so parts that are not wanted are better not there.
    /// </summary>
    private sealed class Pass : ViewPass
    {
        private const float ContourWidth = 2;

        private readonly GlDevice _device;
        private readonly ViewPlane _plane;
        private readonly AreaStyle _style;
        private readonly MaskParts _parts = new();
        private readonly PartBuffer _buffer;
        private readonly Variant?[] _variants = new Variant?[6]; // by kind of mask, then of line
        private AreaProgram? _areas;

        public Pass(GlDevice device, ViewPlane plane, AreaStyle style)
        {
            (_device, _plane, _style) = (device, plane, style);
            _buffer = new PartBuffer(device);
        }

        private enum Lines
        {
            None,
            ByField,
            ByTexels,
        }

        public override void Draw(ViewContext context)
        {
            if ((_style & AreaStyle.Opaque) == 0)
            {
                context.DrawVideo();
            }

            if (context.Stream[_plane] is not { } mask)
            {
                return;
            }

            Lines lines = Lines.None;
            float lineWidth = ContourWidth * Math.Max(context.Target.ContentScale, 1);
            var pixelsPerTexel = context.PixelsPerTexel(mask);
            float smallest = MathF.Min(pixelsPerTexel.X, pixelsPerTexel.Y);
            if ((_style & AreaStyle.Lines) != 0)
            {
                // The field's distances reach half a texel; a line has half a pixel of smooth rim.
                lines = lineWidth + 1 <= smallest ? Lines.ByField : Lines.ByTexels;
            }

            float fill = (_style & AreaStyle.Opaque) != 0 ? 1
                : (_style & AreaStyle.Fill) != 0 ? context.Opacity
                : 0;
            context.Textures.BindPalette(1);
            if (context.Textures.BindPlane(_plane, 0))
            {
                // What a GPU has computed, a GPU draws, to which borders cost nothing.
                _parts.BuildWhole();
            }
            else
            {
                // A pixel is drawn from the four texels around it; a wide line looks further.
                float reach = lines == Lines.ByTexels ? 0.5f * (lineWidth + 1) / smallest : 0;
                _parts.Build(mask, 1 + (int)MathF.Ceiling(reach));
            }

            DrawAreas(context, fill);
            DrawBorders(context, mask, lines, lineWidth, fill);
        }

        public override void Dispose()
        {
            foreach (Variant? variant in _variants)
            {
                variant?.Program.Dispose();
            }

            Array.Clear(_variants);
            _areas?.Program.Dispose();
            _areas = null;
            _buffer.Dispose();
        }

        private void DrawAreas(ViewContext context, float fill)
        {
            if (fill == 0 || _parts.Areas.IsEmpty)
            {
                return;
            }

            _areas ??= new AreaProgram(_device);
            context.Use(_areas.Program);
            _areas.Program.Set(_areas.Palette, 1);
            _areas.Program.Set(_areas.Fill, fill);
            _buffer.DrawOver(_parts.Areas, context);
        }

        private void DrawBorders(
            ViewContext context, in MaskView mask, Lines lines, float lineWidth, float fill)
        {
            int probability = mask.Kind == MaskKind.Probability ? 1 : 0;
            ref Variant? variant = ref _variants[(3 * probability) + (int)lines];
            variant ??= new Variant(_device, probability, (int)lines);
            ShaderProgram program = variant.Program;
            context.Use(program);
            program.Set(variant.Mask, 0);
            program.Set(variant.Palette, 1);
            program.Set(variant.Threshold, mask.Threshold);
            program.Set(variant.PixelsPerTexel, context.PixelsPerTexel(mask));
            program.Set(variant.LineWidth, lineWidth);
            program.Set(variant.Fill, fill);

            // Lines are thin: they reach full opacity where areas are still half transparent.
            program.Set(variant.Contour, Math.Min(2 * context.Opacity, 1));
            _buffer.DrawOver(_parts.Borders, context);
        }

        private sealed class AreaProgram
        {
            public readonly ShaderProgram Program;
            public readonly int Palette;
            public readonly int Fill;

            public AreaProgram(GlDevice device)
            {
                Program = new ShaderProgram(device, "part.vert", "area.frag", "#define FLAT\n");
                Palette = Program.Find("uPalette");
                Fill = Program.Find("uFill");
            }
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
                    device, "part.vert", "overlay.frag",
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
