using System.Runtime.InteropServices;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>Parts of a mask as instances of a quad, drawn by programs of part.vert.</summary>
internal sealed unsafe class PartBuffer : IDisposable
{
    private readonly GlDevice _device;
    private readonly GL _gl;
    private readonly uint _instances;
    private uint _vertices;

    public PartBuffer(GlDevice device)
    {
        _device = device;
        _gl = device.Gl;
        _vertices = _gl.GenVertexArray();
        _instances = _gl.GenBuffer();
        device.LiveObjects += 2;
        _gl.BindVertexArray(_vertices);
        _gl.BindBuffer(BufferTargetARB.ArrayBuffer, _instances);
        Attribute(0, 4, 0);
        Attribute(1, 1, 4 * sizeof(float));
    }

    /// <summary>Draws the parts over what is there, alpha premultiplied.</summary>
    public void DrawOver(ReadOnlySpan<MaskPart> parts, ViewContext context)
    {
        if (parts.IsEmpty)
        {
            return;
        }

        _gl.BindVertexArray(_vertices);
        _gl.BindBuffer(BufferTargetARB.ArrayBuffer, _instances);
        _gl.BufferData(
            BufferTargetARB.ArrayBuffer, MemoryMarshal.AsBytes(parts), BufferUsageARB.StreamDraw);
        context.BeginBlending();
        _gl.DrawArraysInstanced(PrimitiveType.TriangleStrip, 0, 4, (uint)parts.Length);
        context.EndBlending();
    }

    public void Dispose()
    {
        if (_vertices != 0)
        {
            _gl.DeleteVertexArray(_vertices);
            _gl.DeleteBuffer(_instances);
            _device.LiveObjects -= 2;
            _vertices = 0;
        }
    }

    private void Attribute(uint index, int floats, int offset)
    {
        _gl.EnableVertexAttribArray(index);
        _gl.VertexAttribPointer(
            index, floats, VertexAttribPointerType.Float, false, (uint)sizeof(MaskPart),
            (void*)offset);
        _gl.VertexAttribDivisor(index, 1);
    }
}
