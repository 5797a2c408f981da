using RealtimeVision.Kernels.Devices.Gpu.OpenGl;
using RealtimeVision.Runtime.Live;
using Silk.NET.OpenGL;
using PixelFormat = Silk.NET.OpenGL.PixelFormat;

namespace RealtimeVision.Viewer;

/// <summary>
/// A texture whose texels are written again and again. Bytes go through two pixel buffers in turn,
/// so that the driver may still copy from one while the next picture is written to the other.
/// </summary>
internal sealed unsafe class StreamingTexture : IDisposable
{
    private readonly GlDevice _device;
    private readonly GL _gl;
    private readonly string _name;
    private readonly uint[] _buffers = new uint[2];
    private TextureMinFilter _filter;
    private SharedPixelBuffer? _shared;
    private uint _handle;
    private int _next;
    private int _channels;
    private (int Red, int Green, int Blue) _swizzle = (-1, -1, -1);

    /// <param name="device">Where it lives.</param>
    /// <param name="name">What it holds, for messages: "the frame".</param>
    /// <param name="filter">Between texels, linear or nearest.</param>
    public StreamingTexture(GlDevice device, string name, TextureMinFilter filter)
    {
        _device = device;
        _gl = device.Gl;
        _name = name;
        _filter = filter;
        _gl.GenBuffers(_buffers);
        device.LiveObjects += 2;
    }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Writes all texels; makes the texture anew where size or channels changed.</summary>
    /// <param name="pixels">Row-major, no padding: width x height x channels bytes.</param>
    /// <param name="width">Texels.</param>
    /// <param name="height">Texels.</param>
    /// <param name="channels">1, 3 or 4.</param>
    public void Upload(ReadOnlySpan<byte> pixels, int width, int height, int channels)
    {
        if (width != Width || height != Height || channels != _channels)
        {
            Create(width, height, channels);
        }

        nuint size = (nuint)pixels.Length;
        _gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, _buffers[_next]);
        _next ^= 1;

        // New storage each time: the driver hands out a fresh block while the old one is still in
        // use.
        _gl.BufferData(BufferTargetARB.PixelUnpackBuffer, size, null, BufferUsageARB.StreamDraw);
        void* mapped = _gl.MapBufferRange(
            BufferTargetARB.PixelUnpackBuffer, 0, size,
            MapBufferAccessMask.WriteBit | MapBufferAccessMask.InvalidateBufferBit);
        if (mapped == null)
        {
            throw new ViewerException($"OpenGL has no memory for {_name}, {width}x{height}");
        }

        pixels.CopyTo(new Span<byte>(mapped, pixels.Length));
        _gl.UnmapBuffer(BufferTargetARB.PixelUnpackBuffer);
        CopyFromBuffer();
        _gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
    }

    /// <summary>Writes all texels from where a device has computed them.</summary>
    /// <returns>False where they are released; the texels are undefined then.</returns>
    /// <exception cref="Kernels.Devices.DeviceException">The driver refuses.</exception>
    public bool TryUpload(DeviceImage image, GlSharing sharing)
    {
        PixelBox part = image.Part;
        if (part.Width != Width || part.Height != Height || image.Channels != _channels)
        {
            Create(part.Width, part.Height, image.Channels);
        }

        if (_shared is null || !ReferenceEquals(_shared.Sharing, sharing)
            || _shared.Bytes < image.Buffer.Length)
        {
            _shared?.Dispose();
            _shared = null;
            _shared = new SharedPixelBuffer(_device, sharing, image.Buffer.Capacity);
        }

        if (!_shared.TryFill(image.Buffer))
        {
            return false;
        }

        _gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, _shared.Handle);
        _gl.PixelStore(PixelStoreParameter.UnpackRowLength, image.RowLength);
        _gl.PixelStore(PixelStoreParameter.UnpackSkipRows, part.Y);
        _gl.PixelStore(PixelStoreParameter.UnpackSkipPixels, part.X);
        CopyFromBuffer();
        _gl.PixelStore(PixelStoreParameter.UnpackRowLength, 0);
        _gl.PixelStore(PixelStoreParameter.UnpackSkipRows, 0);
        _gl.PixelStore(PixelStoreParameter.UnpackSkipPixels, 0);
        _gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
        return true;
    }

    /// <summary>
    /// Says which stored channel (0 to 3) the shader sees as red, green and blue.
    /// </summary>
    public void Swizzle(int red, int green, int blue)
    {
        if (_swizzle == (red, green, blue))
        {
            return;
        }

        _swizzle = (red, green, blue);
        _gl.BindTexture(TextureTarget.Texture2D, _handle);
        Set(TextureParameterName.TextureSwizzleR, (int)GLEnum.Red + red);
        Set(TextureParameterName.TextureSwizzleG, (int)GLEnum.Red + green);
        Set(TextureParameterName.TextureSwizzleB, (int)GLEnum.Red + blue);
    }

    /// <summary>Chooses what lies between texels.</summary>
    public void Filter(TextureMinFilter filter)
    {
        if (_filter != filter)
        {
            _filter = filter;
            _gl.BindTexture(TextureTarget.Texture2D, _handle);
            SetFilter();
        }
    }

    public void Bind(int unit)
    {
        _gl.ActiveTexture(TextureUnit.Texture0 + unit);
        _gl.BindTexture(TextureTarget.Texture2D, _handle);
    }

    public void Dispose()
    {
        DeleteTexture();
        _shared?.Dispose();
        _shared = null;
        if (_buffers[0] != 0)
        {
            _gl.DeleteBuffers(_buffers);
            Array.Clear(_buffers);
            _device.LiveObjects -= 2;
        }
    }

    /// <summary>Copies the buffer that is bound, as much of it as the texture has.</summary>
    private void CopyFromBuffer()
    {
        _gl.BindTexture(TextureTarget.Texture2D, _handle);
        // Rows of three-byte pixels start anywhere, not at multiples of four.
        _gl.PixelStore(PixelStoreParameter.UnpackAlignment, 1);
        _gl.TexSubImage2D(
            TextureTarget.Texture2D, 0, 0, 0, (uint)Width, (uint)Height, FormatOf(_channels),
            PixelType.UnsignedByte, null);
    }

    private static PixelFormat FormatOf(int channels) => channels switch
    {
        1 => PixelFormat.Red,
        3 => PixelFormat.Rgb,
        _ => PixelFormat.Rgba,
    };

    private void Create(int width, int height, int channels)
    {
        if (Math.Max(width, height) > _device.MaxTextureSize)
        {
            throw new ViewerException(
                $"{_name} is {width}x{height}; OpenGL here draws at most "
                + $"{_device.MaxTextureSize} pixels a side");
        }

        DeleteTexture();
        _handle = _gl.GenTexture();
        _device.LiveObjects++;
        (Width, Height, _channels) = (width, height, channels);
        _swizzle = (-1, -1, -1);
        _gl.BindTexture(TextureTarget.Texture2D, _handle);
        SetFilter();
        Set(TextureParameterName.TextureWrapS, (int)TextureWrapMode.ClampToEdge);
        Set(TextureParameterName.TextureWrapT, (int)TextureWrapMode.ClampToEdge);
        Set(TextureParameterName.TextureMaxLevel, 0);
        InternalFormat stored = channels switch
        {
            1 => InternalFormat.R8,
            3 => InternalFormat.Rgb8,
            _ => InternalFormat.Rgba8,
        };
        _gl.TexImage2D(
            TextureTarget.Texture2D, 0, stored, (uint)width, (uint)height, 0, FormatOf(channels),
            PixelType.UnsignedByte, null);
        _device.Check($"making the texture of {_name}, {width}x{height}");
    }

    private void SetFilter()
    {
        Set(TextureParameterName.TextureMinFilter, (int)_filter);
        Set(TextureParameterName.TextureMagFilter, (int)_filter);
    }

    private void Set(TextureParameterName parameter, int value) =>
        _gl.TexParameter(TextureTarget.Texture2D, parameter, value);

    private void DeleteTexture()
    {
        if (_handle != 0)
        {
            _gl.DeleteTexture(_handle);
            _device.LiveObjects--;
            _handle = 0;
        }

        (Width, Height) = (0, 0);
    }
}
