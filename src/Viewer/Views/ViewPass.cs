using System.Numerics;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>What draws a view, in one context of OpenGL.</summary>
internal abstract class ViewPass : IDisposable
{
    /// <summary>Draws it; blending is off, and is left off.</summary>
    public abstract void Draw(ViewContext context);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Where a view is drawn, and what of.</summary>
/// <param name="device">Where it is drawn.</param>
/// <param name="noVertices">A vertex array without attributes.</param>
internal sealed class ViewContext(GlDevice device, uint noVertices)
{
    private ShaderProgram? _video;

    /// <summary>OpenGL, with an empty vertex array bound.</summary>
    public GL Gl { get; } = device.Gl;

    /// <summary>The stream.</summary>
    public StreamView Stream { get; private set; } = new();

    /// <summary>The stream's bytes on the GPU.</summary>
    public StreamTextures Textures { get; private set; } = null!;

    /// <summary>Left, top, width and height of the picture in pixels of the target.</summary>
    public Vector4 Rectangle { get; private set; }

    /// <summary>What is drawn into.</summary>
    public RenderTarget Target { get; private set; }

    /// <summary>Opacity of what lies over the video.</summary>
    public float Opacity { get; private set; }

    /// <summary>Pixels of the target to a texel of a plane.</summary>
    public Vector2 PixelsPerTexel(in MaskView plane) =>
        new(Rectangle.Z / plane.Width, Rectangle.W / plane.Height);

    public void Begin(
        StreamView stream, StreamTextures textures, Vector4 rectangle, RenderTarget target,
        float opacity)
    {
        Stream = stream;
        Textures = textures;
        Rectangle = rectangle;
        Target = target;
        Opacity = opacity;
    }

    /// <summary>Draws the frame, or the frame without its background effect.</summary>
    public void DrawVideo(bool isOriginal = false)
    {
        _video ??= new ShaderProgram(device, "picture.vert", "video.frag");
        Use(_video);
        Textures.BindFrame(0, isOriginal, Rectangle);
        Gl.DrawArrays(PrimitiveType.TriangleStrip, 0, 4);
    }

    /// <summary>Takes a program that begins with picture.vert or part.vert.</summary>
    public void Use(ShaderProgram program)
    {
        program.Use();
        program.Set(program.Rectangle, Rectangle);
        program.Set(program.TargetSize, new Vector2(Target.Width, Target.Height));
        program.Set(program.Up, Target.TopDown ? -1f : 1f);
    }

    /// <summary>Draws the picture's rectangle over what is there, alpha premultiplied.</summary>
    public void DrawOver()
    {
        BeginBlending();
        Gl.DrawArrays(PrimitiveType.TriangleStrip, 0, 4);
        EndBlending();
    }

    /// <summary>Lets what is drawn, alpha premultiplied, lie over what is there.</summary>
    public void BeginBlending()
    {
        Gl.Enable(EnableCap.Blend);
        Gl.BlendFuncSeparate(
            BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha,
            BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha);
    }

    /// <summary>Lets what is drawn replace what is there, without vertices of its own.</summary>
    public void EndBlending()
    {
        Gl.Disable(EnableCap.Blend);
        Gl.BindVertexArray(noVertices);
    }

    public void Release()
    {
        _video?.Dispose();
        _video = null;
    }
}
