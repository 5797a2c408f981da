namespace RealtimeVision.Viewer;

/// <summary>The video, and nothing over it.</summary>
internal sealed class VideoView() : View("video", "off", "The video alone")
{
    public override bool HasOpacity => false;

    public override string Lack => "";

    public override bool CanShow(StreamView stream) => true;

    internal override ViewPass CreatePass(GlDevice device) => new Pass();

    private sealed class Pass : ViewPass
    {
        public override void Draw(ViewContext context) => context.DrawVideo();

        public override void Dispose()
        {
        }
    }
}
