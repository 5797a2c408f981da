using RealtimeVision.Kernels.Devices.Gpu.OpenGl;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>
/// Renders the viewer's pictures without a window, by the same <see cref="OverlayRenderer"/>, into
/// frames: for snapshots, recordings and tests.
/// </summary>
/// <remarks>
/// Any thread may use it, one at a time: the context is taken and given back in each call.
/// </remarks>
public sealed class HeadlessRenderer : IDisposable
{
    private readonly HeadlessContext _context;
    private readonly OverlayRenderer _renderer;
    private readonly FrameReader _reader;

    /// <summary>Makes a context and the renderer in it.</summary>
    /// <exception cref="ViewerException">
    /// Nothing can draw here; the message has the reasons.
    /// </exception>
    public HeadlessRenderer()
        : this(HeadlessContext.Create())
    {
    }

    /// <summary>Renders in a context that it then owns.</summary>
    /// <exception cref="ViewerException">
    /// The context has no OpenGL 3.3 or OpenGL ES 3.0.
    /// </exception>
    public HeadlessRenderer(HeadlessContext context)
        : this(context, GlSharing.TryOpen)
    {
    }

    /// <summary>With another way of sharing buffers with devices.</summary>
    internal HeadlessRenderer(HeadlessContext context, OpenSharing openSharing)
    {
        _context = context;
        try
        {
            context.MakeCurrent();
            _renderer = new OverlayRenderer(context.Gl, openSharing);
            _reader = new FrameReader(new GlDevice(context.Gl));
            context.Release();
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>What draws: renderer, OpenGL version, and the way the context was made.</summary>
    public string Description => _context.Description;

    /// <summary>
    /// Pixels to one unit of text size; 0, the default, grows text with pictures higher than 720
    /// rows, so that it can be read where they are shown smaller.
    /// </summary>
    public float ContentScale { get; set; }

    /// <inheritdoc cref="OverlayRenderer.SharingProblem"/>
    public string? SharingProblem => _renderer.SharingProblem;

    /// <summary>OpenGL objects made and not yet deleted.</summary>
    internal int LiveObjects => _renderer.LiveObjects + _reader.LiveObjects;

    /// <summary>
    /// Renders a picture of the size of the state's frame. <paramref name="target"/> becomes RGB24
    /// and takes timestamp and index from the frame.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The state has no frame to take the size from.
    /// </exception>
    /// <exception cref="ViewerException">OpenGL reports an error.</exception>
    public void Render(ViewerState state, Frame target)
    {
        Frame frame = state.Frame is { Width: > 0 } shown
            ? shown
            : throw new InvalidOperationException("The state has no frame to take a size from");
        Render(state, target, frame.Width, frame.Height);
    }

    /// <summary>Renders a picture of a given size and byte order.</summary>
    /// <param name="state">What to draw.</param>
    /// <param name="target">
    /// Is given size and format; takes timestamp and index from the frame.
    /// </param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="format">RGB24 or RGBA32.</param>
    /// <exception cref="ArgumentException">The format is another.</exception>
    /// <exception cref="ViewerException">
    /// OpenGL reports an error, or cannot draw this size.
    /// </exception>
    public void Render(
        ViewerState state, Frame target, int width, int height,
        PixelFormat format = PixelFormat.Rgb24)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(target);
        if (format is not (PixelFormat.Rgb24 or PixelFormat.Rgba32))
        {
            throw new ArgumentException($"Pictures are rendered as Rgb24 or Rgba32, not {format}");
        }

        target.Resize(width, height, format);
        float scale = ContentScale > 0 ? ContentScale : Math.Max(1, height / 720f);
        _context.MakeCurrent();
        try
        {
            _reader.Bind(width, height);
            _renderer.Render(state, new RenderTarget(width, height, scale, TopDown: true));
            _reader.Read(target);
        }
        finally
        {
            _context.Release();
        }

        if (state.Frame is { } frame)
        {
            target.Timestamp = frame.Timestamp;
            target.Index = frame.Index;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context.MakeCurrent();
        _reader.Dispose();
        _renderer.Dispose();
        _context.Dispose();
    }
}
