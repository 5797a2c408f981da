using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>
/// How sure the segmenter is of each pixel, through a perceptual colour map: the probability of a
/// mask's one class, or that of the best of several.
/// </summary>
internal sealed class ConfidenceView()
    : View("confidence", "heat map", "How sure the segmenter is, from violet to yellow")
{
    public override string Lack => "nothing says how sure it is: no segmenter";

    public override bool CanShow(StreamView stream) =>
        stream.Mask is { Kind: MaskKind.Probability } || stream[ViewPlane.Confidence] is not null;

    public override bool Needs(ViewPlane plane) => plane == ViewPlane.Confidence;

    internal override (string Least, string Most)? Scale => ("0 %", "100 %");

    internal override ViewPass CreatePass(GlDevice device) => new Pass(device);

    private sealed class Pass : ViewPass
    {
        private readonly ShaderProgram _program;
        private readonly int _values;
        private readonly int _fill;

        public Pass(GlDevice device)
        {
            _program = new ShaderProgram(device, "picture.vert", "heat.frag");
            _values = _program.Find("uValues");
            _fill = _program.Find("uFill");
        }

        public override void Draw(ViewContext context)
        {
            context.DrawVideo();
            context.Use(_program);
            _program.Set(_values, 0);
            _program.Set(_fill, context.Opacity);
            context.Textures.BindPlane(
                context.Stream[ViewPlane.Confidence] is null
                    ? ViewPlane.Mask
                    : ViewPlane.Confidence,
                0);
            context.DrawOver();
        }

        public override void Dispose() => _program.Dispose();
    }
}
