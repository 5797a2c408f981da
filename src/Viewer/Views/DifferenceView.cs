using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>
/// Where the mask is wrong: there in red over a darkened video, where the truth is known.
/// </summary>
internal sealed class DifferenceView()
    : View("difference", "errors", "Where the mask differs from the truth, in red")
{
    public const string NoTruth =
        "the truth is not known: it is of the street, with a segmenter of its classes";

    public override string Lack => NoTruth;

    public override bool CanShow(StreamView stream) =>
        stream.Mask is { Kind: MaskKind.Classes }
        && (stream.HasTruth || stream[ViewPlane.Truth] is not null);

    public override bool Needs(ViewPlane plane) => plane == ViewPlane.Truth;

    internal override ViewPass CreatePass(GlDevice device) => new Pass(device);

    private sealed class Pass : ViewPass
    {
        private readonly ShaderProgram _program;
        private readonly int _mask;
        private readonly int _truth;
        private readonly int _fill;

        public Pass(GlDevice device)
        {
            _program = new ShaderProgram(device, "picture.vert", "difference.frag");
            _mask = _program.Find("uMask");
            _truth = _program.Find("uTruth");
            _fill = _program.Find("uFill");
        }

        public override void Draw(ViewContext context)
        {
            context.DrawVideo();
            if (context.Stream[ViewPlane.Truth] is null)
            {
                return;
            }

            context.Use(_program);
            _program.Set(_mask, 0);
            _program.Set(_truth, 1);
            _program.Set(_fill, context.Opacity);
            context.Textures.BindPlane(ViewPlane.Truth, 1);
            context.Textures.BindPlane(ViewPlane.Mask, 0);
            context.DrawOver();
        }

        public override void Dispose() => _program.Dispose();
    }
}
