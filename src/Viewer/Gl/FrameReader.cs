using RealtimeVision.Runtime.Live;
using Silk.NET.OpenGL;
using GlPixelFormat = Silk.NET.OpenGL.PixelFormat;

namespace RealtimeVision.Viewer;

/// <summary>A framebuffer that is drawn into and read back.</summary>
internal sealed unsafe class FrameReader(GlDevice device) : IDisposable
{
    private readonly GL _gl = device.Gl;
    private byte[] _rgba = [];
    private uint _framebuffer;
    private uint _color;
    private int _width;
    private int _height;

    public int LiveObjects => device.LiveObjects;

    /// <summary>Makes the framebuffer the target of drawing, in the given size.</summary>
    public void Bind(int width, int height)
    {
        if (width == _width && height == _height)
        {
            _gl.BindFramebuffer(FramebufferTarget.Framebuffer, _framebuffer);
            return;
        }

        Dispose();
        _framebuffer = _gl.GenFramebuffer();
        _color = _gl.GenRenderbuffer();
        device.LiveObjects += 2;
        _gl.BindRenderbuffer(RenderbufferTarget.Renderbuffer, _color);
        _gl.RenderbufferStorage(
            RenderbufferTarget.Renderbuffer, InternalFormat.Rgba8, (uint)width, (uint)height);
        _gl.BindFramebuffer(FramebufferTarget.Framebuffer, _framebuffer);
        _gl.FramebufferRenderbuffer(
            FramebufferTarget.Framebuffer, FramebufferAttachment.ColorAttachment0,
            RenderbufferTarget.Renderbuffer, _color);
        GLEnum status = _gl.CheckFramebufferStatus(FramebufferTarget.Framebuffer);
        if (status != GLEnum.FramebufferComplete)
        {
            Dispose();
            device.Check($"making a framebuffer of {width}x{height}");
            throw new ViewerException($"OpenGL cannot draw into {width}x{height} pixels: {status}");
        }

        (_width, _height) = (width, height);
    }

    /// <summary>Reads what was drawn, lowest row of OpenGL first.</summary>
    public void Read(Frame target)
    {
        _gl.PixelStore(PixelStoreParameter.PackAlignment, 1);
        if (target.Channels == 4)
        {
            Read(target.Pixels, GlPixelFormat.Rgba);
        }
        else if (!device.IsEmbedded)
        {
            Read(target.Pixels, GlPixelFormat.Rgb);
        }
        else
        {
            // OpenGL ES promises to give RGBA only.
            int pixels = target.Width * target.Height;
            if (_rgba.Length < pixels * 4)
            {
                _rgba = GC.AllocateUninitializedArray<byte>(pixels * 4);
            }

            Read(_rgba, GlPixelFormat.Rgba);
            Span<byte> rgb = target.Pixels;
            for (int i = 0; i < pixels; i++)
            {
                rgb[i * 3] = _rgba[i * 4];
                rgb[i * 3 + 1] = _rgba[i * 4 + 1];
                rgb[i * 3 + 2] = _rgba[i * 4 + 2];
            }
        }

        device.Check("reading a picture back");
    }

    public void Dispose()
    {
        if (_framebuffer != 0)
        {
            _gl.DeleteFramebuffer(_framebuffer);
            _gl.DeleteRenderbuffer(_color);
            device.LiveObjects -= 2;
            _framebuffer = 0;
        }

        (_width, _height) = (0, 0);
    }

    private void Read(Span<byte> bytes, GlPixelFormat format)
    {
        fixed (byte* pointer = bytes)
        {
            _gl.ReadPixels(
                0, 0, (uint)_width, (uint)_height, format, PixelType.UnsignedByte, pointer);
        }
    }
}
