using System.Numerics;
using RealtimeVision.Kernels.Devices.Gpu.OpenGl;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>What a picture is drawn into: the framebuffer bound at that moment.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="ContentScale">
/// Pixels to one unit of text size: 1 on plain screens, 2 on dense ones.
/// </param>
/// <param name="TopDown">
/// True where the first row in memory shall be the highest, as pictures have it; false for windows.
/// </param>
public readonly record struct RenderTarget(
    int Width, int Height, float ContentScale = 1, bool TopDown = false);

/// <summary>
/// Draws a <see cref="ViewerState"/> with OpenGL 3.3 core or OpenGL ES 3.0: each stream with its
/// right aspect between black bars, as its <see cref="View"/> has it, and labels, numbers, plots
/// and help on top. Window and headless rendering both use it; so can a game that has a context of
/// its own.
/// </summary>
/// <remarks>
/// All calls, <see cref="Dispose"/> too, come with the context current that was so at construction.
/// It sets the OpenGL state it needs and does not put back what was there. After the first picture
/// of a size and view it allocates no managed memory, except for characters that it has not drawn
/// before.
/// </remarks>
public sealed class OverlayRenderer : IDisposable
{
    private readonly GlDevice _device;
    private readonly DeviceSharing _sharing;
    private readonly GL _gl;
    private readonly List<StreamTextures> _streams = [];
    private readonly Dictionary<View, ViewPass> _passes = [];
    private readonly ViewContext _context;
    private readonly HudRenderer _hud;
    private uint _noVertices;

    /// <summary>Compiles the first shaders; a view compiles its own when it is drawn first.</summary>
    /// <param name="gl">OpenGL whose context is current on this thread.</param>
    /// <exception cref="ViewerException">
    /// OpenGL is older than 3.3 (ES 3.0), or a shader does not compile: its file and line are
    /// named.
    /// </exception>
    public OverlayRenderer(GL gl)
        : this(gl, GlSharing.TryOpen)
    {
    }

    /// <summary>With another way of sharing buffers with devices.</summary>
    internal OverlayRenderer(GL gl, OpenSharing openSharing)
    {
        _gl = gl;
        _device = new GlDevice(gl);
        _sharing = new DeviceSharing(openSharing);
        _noVertices = gl.GenVertexArray();
        _device.LiveObjects++;
        _context = new ViewContext(_device, _noVertices);
        _hud = new HudRenderer(_device);
        _device.Check("making the renderer");
    }

    /// <summary>
    /// Why what a GPU has computed is not drawn from where it is, in a sentence; null where it is, or
    /// nothing was kept on a GPU.
    /// </summary>
    public string? SharingProblem => _sharing.Problem;

    /// <summary>OpenGL objects that this renderer has made and not yet deleted.</summary>
    internal int LiveObjects => _device.LiveObjects;

    /// <summary>
    /// Draws a picture into the framebuffer that is bound. A target without area draws nothing.
    /// </summary>
    /// <exception cref="ViewerException">
    /// The frame is larger than OpenGL's textures, a view's shader does not compile, or OpenGL
    /// reports an error.
    /// </exception>
    public void Render(ViewerState state, RenderTarget target)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (target.Width <= 0 || target.Height <= 0)
        {
            return;
        }

        ForgetOthers(state.Streams);
        state.HotSpots.Clear();
        _gl.Viewport(0, 0, (uint)target.Width, (uint)target.Height);
        _gl.Disable(EnableCap.DepthTest);
        _gl.Disable(EnableCap.CullFace);
        _gl.Disable(EnableCap.ScissorTest);
        _gl.Disable(EnableCap.Blend);
        _gl.ColorMask(true, true, true, true);
        _gl.ClearColor(0, 0, 0, 1);
        _gl.Clear(ClearBufferMask.ColorBufferBit);
        _gl.BindVertexArray(_noVertices);
        for (int i = 0; i < state.Streams.Count; i++)
        {
            if (PictureOf(state, i, target) is { } rectangle)
            {
                state.HotSpots.Add(HotSpotKind.Stream, i, rectangle);
                Draw(state, state.Streams[i], rectangle, target);
            }
        }

        _hud.Render(state, target);
        _gl.BindVertexArray(0);
        _device.Check("drawing a picture");
    }

    /// <summary>
    /// Draws a black frame as a state would have it, so that the first picture waits for no
    /// compiler: drivers compile a shader when it is drawn first, for a tenth of a second or more.
    /// </summary>
    /// <param name="state">What will be drawn; may be without frames yet.</param>
    /// <param name="target">What is drawn into; undefined afterwards.</param>
    /// <exception cref="ViewerException">A view's shader does not compile.</exception>
    public void WarmUp(ViewerState state, RenderTarget target)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (target.Width <= 0 || target.Height <= 0)
        {
            return;
        }

        var warm = new ViewerState
        {
            View = state.View, ShowHud = state.ShowHud, ShowLegend = state.ShowLegend,
        };
        var frame = new Runtime.Live.Frame();
        frame.Resize(target.Width, target.Height, Runtime.Live.PixelFormat.Rgb24);
        warm.Labels.Add(new ViewerLabel("0", 0));
        warm.Palette = state.Stream.Palette;

        // Areas of a class, and a border between two.
        const int Side = 32;
        var texels = new byte[Side * Side];
        texels.AsSpan(0, texels.Length / 2).Fill(1);
        warm.Stream.Show(frame, MaskView.OfClasses(texels, Side, Side));
        Render(warm, target);
        texels.AsSpan(0, texels.Length / 2).Fill(byte.MaxValue);
        warm.Stream.Show(frame, MaskView.OfProbability(texels, Side, Side));
        Render(warm, target);
        _gl.Finish();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (StreamTextures stream in _streams)
        {
            stream.Dispose();
        }

        foreach (ViewPass pass in _passes.Values)
        {
            pass.Dispose();
        }

        _streams.Clear();
        _sharing.Dispose();
        _passes.Clear();
        _context.Release();
        _hud.Dispose();
        if (_noVertices != 0)
        {
            _gl.DeleteVertexArray(_noVertices);
            _device.LiveObjects--;
            _noVertices = 0;
        }
    }

    /// <summary>Where a stream's picture is drawn; null where it is not.</summary>
    internal static Vector4? PictureOf(ViewerState state, int index, RenderTarget target)
    {
        bool isAlone = state.IsMaximised || state.Streams.Count == 1;
        if ((isAlone && index != state.Focus)
            || state.Streams[index].Frame is not { Width: > 0 } frame)
        {
            return null;
        }

        Vector4 cell = StreamGrid.CellOf(
            isAlone ? 0 : index, isAlone ? 1 : state.Streams.Count, target.Width, target.Height);
        return StreamGrid.Letterbox(frame.Width, frame.Height, cell);
    }

    private void Draw(
        ViewerState state, StreamView stream, Vector4 rectangle, RenderTarget target)
    {
        StreamTextures textures = TexturesOf(stream);
        _context.Begin(stream, textures, rectangle, target, state.Opacity);
        PassOf(Views.For(state.View, stream)).Draw(_context);
        if (state.Split is { } split)
        {
            _gl.Enable(EnableCap.ScissorTest);
            _gl.Scissor(
                (int)rectangle.X, 0, (uint)MathF.Round(rectangle.Z * split),
                (uint)target.Height);
            _context.DrawVideo(isOriginal: true);
            _gl.Disable(EnableCap.ScissorTest);
        }
    }

    private ViewPass PassOf(View view)
    {
        if (!_passes.TryGetValue(view, out ViewPass? pass))
        {
            pass = view.CreatePass(_device);
            _passes.Add(view, pass);
        }

        return pass;
    }

    private StreamTextures TexturesOf(StreamView stream)
    {
        foreach (StreamTextures known in _streams)
        {
            if (ReferenceEquals(known.Stream, stream))
            {
                return known;
            }
        }

        var made = new StreamTextures(_device, _sharing, stream);
        _streams.Add(made);
        return made;
    }

    /// <summary>Deletes the textures of streams that are not shown any more.</summary>
    private void ForgetOthers(IList<StreamView> streams)
    {
        for (int i = _streams.Count - 1; i >= 0; i--)
        {
            if (!streams.Contains(_streams[i].Stream))
            {
                _streams[i].Dispose();
                _streams.RemoveAt(i);
            }
        }
    }
}
