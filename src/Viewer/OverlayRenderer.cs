using System.Numerics;
using RealtimeVision.Runtime.Live;
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
/// Draws a <see cref="ViewerState"/> with OpenGL 3.3 core or OpenGL ES 3.0: the video with its
/// right aspect between black bars, the mask over it, labels, numbers and help on top. Window and
/// headless rendering both use it; so can a game that has a context of its own.
/// </summary>
/// <remarks>
/// All calls, <see cref="Dispose"/> too, come with the context current that was so at construction.
/// It sets the OpenGL state it needs and does not put back what was there. After the first picture
/// of a size it allocates no managed memory, except for characters that it has not drawn before.
/// </remarks>
public sealed class OverlayRenderer : IDisposable
{
    private const float ContourWidth = 2;

    private readonly GlDevice _device;
    private readonly GL _gl;
    private readonly ShaderProgram _video;
    private readonly VideoUniforms _videoAt;
    private readonly OverlayPrograms _overlay;
    private readonly StreamingTexture _frame;
    private readonly StreamingTexture _mask;
    private readonly StreamingTexture _palette;
    private readonly HudRenderer _hud;
    private readonly Stack<IDisposable> _owned = [];
    private uint _noVertices;
    private ViewerState? _uploadedState;
    private long _uploadedRevision;
    private Palette? _uploadedPalette;
    private int _uploadedPaletteRevision;

    /// <summary>Compiles the shaders and makes the textures.</summary>
    /// <param name="gl">OpenGL whose context is current on this thread.</param>
    /// <exception cref="ViewerException">
    /// OpenGL is older than 3.3 (ES 3.0), or a shader does not compile: its file and line are
    /// named.
    /// </exception>
    public OverlayRenderer(GL gl)
    {
        _gl = gl;
        _device = new GlDevice(gl);
        try
        {
            _video = Own(new ShaderProgram(_device, "picture.vert", "video.frag"));
            _videoAt = new VideoUniforms(_video);
            _overlay = Own(new OverlayPrograms(_device));
            _frame = Own(new StreamingTexture(_device, "the frame", TextureMinFilter.Linear));
            _mask = Own(new StreamingTexture(_device, "the mask", TextureMinFilter.Nearest));
            _palette = Own(new StreamingTexture(_device, "the palette", TextureMinFilter.Nearest));
            _hud = Own(new HudRenderer(_device));
            _noVertices = gl.GenVertexArray();
            _device.LiveObjects++;
            _device.Check("making the renderer");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>OpenGL objects that this renderer has made and not yet deleted.</summary>
    internal int LiveObjects => _device.LiveObjects;

    /// <summary>
    /// Draws a picture into the framebuffer that is bound. A target without area draws nothing.
    /// </summary>
    /// <exception cref="ViewerException">
    /// The frame is larger than OpenGL's textures, or OpenGL reports an error.
    /// </exception>
    public void Render(ViewerState state, RenderTarget target)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (target.Width <= 0 || target.Height <= 0)
        {
            return;
        }

        Upload(state);
        _gl.Viewport(0, 0, (uint)target.Width, (uint)target.Height);
        _gl.Disable(EnableCap.DepthTest);
        _gl.Disable(EnableCap.CullFace);
        _gl.Disable(EnableCap.ScissorTest);
        _gl.Disable(EnableCap.Blend);
        _gl.ColorMask(true, true, true, true);
        _gl.ClearColor(0, 0, 0, 1);
        _gl.Clear(ClearBufferMask.ColorBufferBit);

        _gl.BindVertexArray(_noVertices);
        if (state.Frame is { Width: > 0 } frame)
        {
            Vector4 rectangle = Letterbox(frame.Width, frame.Height, target.Width, target.Height);
            if (state.Mode != OverlayMode.MaskOnly)
            {
                DrawVideo(rectangle, target);
            }

            if (state.Mask is { } mask && state.Mode != OverlayMode.Off)
            {
                DrawMask(state, mask, rectangle, target);
            }
        }

        _hud.Render(state, target);
        _gl.BindVertexArray(0);
        _device.Check("drawing a picture");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? resource))
        {
            resource.Dispose();
        }

        if (_noVertices != 0)
        {
            _gl.DeleteVertexArray(_noVertices);
            _device.LiveObjects--;
            _noVertices = 0;
        }
    }

    /// <summary>
    /// The largest rectangle of the picture's aspect in the middle of the target: left, top, width
    /// and height in whole pixels, so that a picture of the target's size is copied texel for
    /// pixel.
    /// </summary>
    internal static Vector4 Letterbox(int width, int height, int targetWidth, int targetHeight)
    {
        double scale = Math.Min((double)targetWidth / width, (double)targetHeight / height);
        int w = Math.Clamp((int)Math.Round(width * scale), 1, targetWidth);
        int h = Math.Clamp((int)Math.Round(height * scale), 1, targetHeight);
        return new Vector4((targetWidth - w) / 2, (targetHeight - h) / 2, w, h);
    }

    private static float Up(RenderTarget target) => target.TopDown ? -1 : 1;

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Push(resource);
        return resource;
    }

    private void Upload(ViewerState state)
    {
        if (!ReferenceEquals(state, _uploadedState) || state.Revision != _uploadedRevision)
        {
            if (state.Frame is { Width: > 0 } frame)
            {
                _frame.Upload(frame.Pixels, frame.Width, frame.Height, frame.Channels);
                Swizzle(frame.Format);
            }

            if (state.Mask is { } mask)
            {
                _mask.Upload(mask.Values.Span, mask.Width, mask.Height, 1);
            }

            _uploadedState = state;
            _uploadedRevision = state.Revision;
        }

        Palette palette = state.Palette;
        if (!ReferenceEquals(palette, _uploadedPalette)
            || palette.Revision != _uploadedPaletteRevision)
        {
            _palette.Upload(palette.Rgba, Palette.Size, 1, 4);
            _uploadedPalette = palette;
            _uploadedPaletteRevision = palette.Revision;
        }
    }

    private void Swizzle(Runtime.Live.PixelFormat format)
    {
        switch (format)
        {
            case Runtime.Live.PixelFormat.Bgr24 or Runtime.Live.PixelFormat.Bgra32:
                _frame.Swizzle(2, 1, 0);
                break;
            case Runtime.Live.PixelFormat.Gray8:
                _frame.Swizzle(0, 0, 0);
                break;
            default:
                _frame.Swizzle(0, 1, 2);
                break;
        }
    }

    private void DrawVideo(Vector4 rectangle, RenderTarget target)
    {
        _video.Use();
        _video.Set(_videoAt.Rectangle, rectangle);
        _video.Set(_videoAt.TargetSize, new Vector2(target.Width, target.Height));
        _video.Set(_videoAt.Up, Up(target));
        _video.Set(_videoAt.Frame, 0);
        _frame.Bind(0);
        _gl.DrawArrays(PrimitiveType.TriangleStrip, 0, 4);
    }

    private void DrawMask(
        ViewerState state, in MaskView mask, Vector4 rectangle, RenderTarget target)
    {
        OverlayMode mode = state.Mode;
        if (mode == OverlayMode.HeatMap && mask.Kind == MaskKind.Classes)
        {
            mode = OverlayMode.Mask;
        }

        _palette.Bind(1);
        _mask.Bind(0);
        _gl.Enable(EnableCap.Blend);
        _gl.BlendFuncSeparate(
            BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha,
            BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha);
        _overlay.Use(
            mode, mask, state.Opacity, rectangle, target,
            ContourWidth * Math.Max(target.ContentScale, 1));
        _gl.DrawArrays(PrimitiveType.TriangleStrip, 0, 4);
        _gl.Disable(EnableCap.Blend);
    }

    private readonly struct VideoUniforms(ShaderProgram program)
    {
        public readonly int Rectangle = program.Locate("uRectangle");
        public readonly int TargetSize = program.Locate("uTargetSize");
        public readonly int Up = program.Locate("uUp");
        public readonly int Frame = program.Locate("uFrame");
    }
}
