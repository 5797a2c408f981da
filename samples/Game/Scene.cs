using System.Diagnostics;
using RealtimeVision.Runtime.Live;
using Silk.NET.OpenGL;
using GlPixelFormat = Silk.NET.OpenGL.PixelFormat;

/// <summary>The game's picture: a street, drawn by one shader.</summary>
internal sealed unsafe class Scene
{
    private const string Corners =
        "out vec2 place; void main() { place = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;"
        + " gl_Position = vec4(place, 0.0, 1.0); }";

    private readonly GL _gl;
    private readonly uint _program;
    private readonly (int Time, int Strength) _uniforms;

    public Scene(GL gl, int width, int height)
    {
        _gl = gl;
        bool isEmbedded = gl.GetStringS(StringName.Version).StartsWith("OpenGL ES", StringComparison.Ordinal);
        string head = isEmbedded ? "#version 300 es\nprecision highp float;\n" : "#version 330\n";
        using var file = new StreamReader(GetType().Assembly.GetManifestResourceStream("scene.frag")!);
        _program = gl.CreateProgram();
        Compile(ShaderType.VertexShader, head + Corners);
        Compile(ShaderType.FragmentShader, head + file.ReadToEnd());
        gl.LinkProgram(_program);
        gl.UseProgram(_program);
        _uniforms = (gl.GetUniformLocation(_program, "time"), gl.GetUniformLocation(_program, "strength"));
        gl.BindVertexArray(gl.GenVertexArray());
        gl.BindTexture(TextureTarget.Texture2D, gl.GenTexture());
        gl.TexParameter(TextureTarget.Texture2D, TextureParameterName.TextureMinFilter, (int)GLEnum.Nearest);
        gl.PixelStore(PixelStoreParameter.UnpackAlignment, 1);
        uint color = gl.GenRenderbuffer();
        Target = gl.GenFramebuffer();
        gl.BindFramebuffer(FramebufferTarget.Framebuffer, Target);
        gl.BindRenderbuffer(RenderbufferTarget.Renderbuffer, color);
        gl.RenderbufferStorage(RenderbufferTarget.Renderbuffer, InternalFormat.Rgba8, (uint)width, (uint)height);
        gl.FramebufferRenderbuffer(
            GLEnum.Framebuffer, GLEnum.ColorAttachment0, GLEnum.Renderbuffer, color);
    }

    /// <summary>The framebuffer that the network sees.</summary>
    public uint Target { get; }

    /// <summary>Draws the street into a framebuffer, tinted by the mask as strongly as said.</summary>
    public void Draw(uint framebuffer, (int Width, int Height) size, TimeSpan time, float strength)
    {
        _gl.BindFramebuffer(FramebufferTarget.Framebuffer, framebuffer);
        _gl.Viewport(0, 0, (uint)size.Width, (uint)size.Height);
        _gl.Uniform1(_uniforms.Time, (float)time.TotalSeconds);
        _gl.Uniform1(_uniforms.Strength, strength);
        _gl.DrawArrays(PrimitiveType.Triangles, 0, 3);
    }

    /// <summary>Takes the newest mask to the GPU.</summary>
    public void SetMask(VisionResult result) => _gl.TexImage2D(
        TextureTarget.Texture2D, 0, InternalFormat.R8, (uint)result.MaskWidth, (uint)result.MaskHeight, 0,
        GlPixelFormat.Red, PixelType.UnsignedByte, result.Mask);

    private void Compile(ShaderType type, string source)
    {
        uint shader = _gl.CreateShader(type);
        _gl.ShaderSource(shader, source);
        _gl.CompileShader(shader);
        _gl.AttachShader(_program, shader);
        Trace.Assert(_gl.GetShader(shader, GLEnum.CompileStatus) != 0, _gl.GetShaderInfoLog(shader));
    }
}
