namespace RealtimeVision.Viewer;

/// <summary>
/// What is inside a network, through a perceptual colour map: a class's map over the video, or maps
/// of a layer in its place. Until it is made ready the video is shown.
/// </summary>
internal sealed class NetworkPlaneView(
    string id, string name, string description, ViewPlane plane, bool isOverVideo)
    : View(id, name, description)
{
    public override bool HasOpacity => isOverVideo;

    public override string Lack => "there is no network to look into";

    public override bool IsOfNetwork => true;

    public override bool CanShow(StreamView stream) => stream.HasNetworks;

    public override bool Needs(ViewPlane wanted) => wanted == plane;

    internal override (string Least, string Most)? Scale =>
        isOverVideo ? ("counts little", "counts most") : ("least of a map", "most");

    internal override ViewPass CreatePass(GlDevice device) => new Pass(device, plane, isOverVideo);

    private sealed class Pass : ViewPass
    {
        private readonly ShaderProgram _program;
        private readonly ViewPlane _plane;
        private readonly bool _isOverVideo;
        private readonly int _values;
        private readonly int _fill;

        public Pass(GlDevice device, ViewPlane plane, bool isOverVideo)
        {
            (_plane, _isOverVideo) = (plane, isOverVideo);
            _program = new ShaderProgram(device, "picture.vert", "heat.frag");
            _values = _program.Find("uValues");
            _fill = _program.Find("uFill");
        }

        public override void Draw(ViewContext context)
        {
            context.DrawVideo();
            if (context.Stream[_plane] is null)
            {
                return;
            }

            context.Use(_program);
            _program.Set(_values, 0);
            _program.Set(_fill, _isOverVideo ? context.Opacity : 1);
            context.Textures.BindPlane(_plane, 0);
            context.DrawOver();
        }

        public override void Dispose() => _program.Dispose();
    }
}
