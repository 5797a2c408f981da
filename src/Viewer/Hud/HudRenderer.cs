using System.Numerics;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>Draws the heads-up display in one instanced call.</summary>
internal sealed unsafe class HudRenderer : IDisposable
{
    private readonly GlDevice _device;
    private readonly GL _gl;
    private readonly ShaderProgram _program;
    private readonly TextAtlas _atlas;
    private readonly PictureAtlas _pictures;
    private readonly HudBatch _batch;
    private readonly HudLayout _layout;
    private readonly int _targetSize;
    private readonly int _up;
    private readonly int _atlasUnit;
    private readonly int _picturesUnit;
    private uint _vertices;
    private readonly uint _instances;

    public HudRenderer(GlDevice device)
    {
        _device = device;
        _gl = device.Gl;
        _program = new ShaderProgram(device, "hud.vert", "hud.frag");
        _targetSize = _program.Locate("uTargetSize");
        _up = _program.Locate("uUp");
        _atlasUnit = _program.Locate("uAtlas");
        _atlas = new TextAtlas(device);
        _picturesUnit = _program.Locate("uPictures");
        _pictures = new PictureAtlas(device);
        _batch = new HudBatch(_atlas, _pictures);
        _layout = new HudLayout(_batch);
        _vertices = _gl.GenVertexArray();
        _instances = _gl.GenBuffer();
        device.LiveObjects += 2;
        _gl.BindVertexArray(_vertices);
        _gl.BindBuffer(BufferTargetARB.ArrayBuffer, _instances);
        Attribute(0, VertexAttribPointerType.Float, false, offset: 0);
        Attribute(1, VertexAttribPointerType.Float, false, offset: sizeof(Vector4));
        Attribute(2, VertexAttribPointerType.UnsignedByte, true, offset: 2 * sizeof(Vector4));
        _gl.BindVertexArray(0);
    }

    public void Render(ViewerState state, RenderTarget target)
    {
        // Where the atlas overflows half way, the glyphs placed so far are void: lay out once more.
        int generation;
        int attempts = 0;
        do
        {
            generation = _atlas.Generation;
            _pictures.Begin();
            _batch.Clear();
            _layout.Draw(state, target);
        }
        while (generation != _atlas.Generation && ++attempts < 3);

        ReadOnlySpan<HudQuad> quads = _batch.Quads;
        if (quads.IsEmpty)
        {
            return;
        }

        _gl.BindVertexArray(_vertices);
        _gl.BindBuffer(BufferTargetARB.ArrayBuffer, _instances);
        fixed (HudQuad* data = quads)
        {
            _gl.BufferData(
                BufferTargetARB.ArrayBuffer, (nuint)(quads.Length * sizeof(HudQuad)), data,
                BufferUsageARB.StreamDraw);
        }

        _program.Use();
        _program.Set(_targetSize, new Vector2(target.Width, target.Height));
        _program.Set(_up, target.TopDown ? -1f : 1f);
        _program.Set(_atlasUnit, 0);
        _program.Set(_picturesUnit, 1);
        _pictures.Bind(1);
        _atlas.Bind(0);
        _gl.Enable(EnableCap.Blend);
        _gl.BlendFuncSeparate(
            BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha,
            BlendingFactor.One, BlendingFactor.OneMinusSrcAlpha);
        _gl.DrawArraysInstanced(PrimitiveType.TriangleStrip, 0, 4, (uint)quads.Length);
        _gl.Disable(EnableCap.Blend);
    }

    public void Dispose()
    {
        if (_vertices == 0)
        {
            return;
        }

        _gl.DeleteVertexArray(_vertices);
        _gl.DeleteBuffer(_instances);
        _vertices = 0;
        _device.LiveObjects -= 2;
        _pictures.Dispose();
        _atlas.Dispose();
        _program.Dispose();
    }

    private void Attribute(uint index, VertexAttribPointerType type, bool normalised, int offset)
    {
        _gl.EnableVertexAttribArray(index);
        _gl.VertexAttribPointer(
            index, 4, type, normalised, (uint)sizeof(HudQuad), (void*)offset);
        _gl.VertexAttribDivisor(index, 1);
    }
}
