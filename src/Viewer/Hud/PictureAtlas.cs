using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>
/// Thumbnails in one texture, each in a cell of its own as long as it is drawn; uploaded when it
/// changes. There is no texture before the first.
/// </summary>
internal sealed unsafe class PictureAtlas(GlDevice device) : IDisposable
{
    // shaders/hud.frag has the size of a cell as well.
    private const int Columns = 8;
    private const int Rows = 4;

    private readonly GL _gl = device.Gl;
    private readonly Cell[] _cells = new Cell[Columns * Rows];
    private uint _texture;
    private long _picture;

    /// <summary>Begins another picture: cells that the last one did not use may be given on.</summary>
    public void Begin() => _picture++;

    public void Bind(int unit)
    {
        _gl.ActiveTexture(TextureUnit.Texture0 + unit);
        _gl.BindTexture(TextureTarget.Texture2D, _texture);
    }

    /// <summary>
    /// Where a thumbnail is in the texture; null where as many others are drawn as there are cells.
    /// </summary>
    public (int X, int Y)? Get(Thumbnail thumbnail)
    {
        int cell = IndexOf(thumbnail);
        if (cell < 0)
        {
            return null;
        }

        ref Cell found = ref _cells[cell];
        (int x, int y) = (cell % Columns * Thumbnail.Width, cell / Columns * Thumbnail.Height);
        if (found.Thumbnail != thumbnail || found.Version != thumbnail.Version)
        {
            Upload(thumbnail, x, y);
        }

        found = new Cell(thumbnail, thumbnail.Version, _picture);
        return (x, y);
    }

    public void Dispose()
    {
        if (_texture != 0)
        {
            _gl.DeleteTexture(_texture);
            device.LiveObjects--;
            _texture = 0;
        }
    }

    // Its own cell, or the one that has not been drawn for longest.
    private int IndexOf(Thumbnail thumbnail)
    {
        int oldest = 0;
        for (int i = 0; i < _cells.Length; i++)
        {
            if (_cells[i].Thumbnail == thumbnail)
            {
                return i;
            }

            oldest = _cells[i].Drawn < _cells[oldest].Drawn ? i : oldest;
        }

        return _cells[oldest].Drawn < _picture ? oldest : -1;
    }

    private void Upload(Thumbnail thumbnail, int x, int y)
    {
        if (_texture == 0)
        {
            Create();
        }

        _gl.BindTexture(TextureTarget.Texture2D, _texture);
        _gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
        fixed (byte* pixels = thumbnail.Pixels)
        {
            _gl.TexSubImage2D(
                TextureTarget.Texture2D, 0, x, y, Thumbnail.Width, Thumbnail.Height,
                PixelFormat.Rgba, PixelType.UnsignedByte, pixels);
        }
    }

    private void Create()
    {
        _texture = _gl.GenTexture();
        device.LiveObjects++;
        _gl.BindTexture(TextureTarget.Texture2D, _texture);
        _gl.TexParameter(
            TextureTarget.Texture2D, TextureParameterName.TextureMinFilter,
            (int)TextureMinFilter.Linear);
        _gl.TexParameter(
            TextureTarget.Texture2D, TextureParameterName.TextureMagFilter,
            (int)TextureMagFilter.Linear);
        _gl.TexParameter(TextureTarget.Texture2D, TextureParameterName.TextureMaxLevel, 0);
        _gl.TexImage2D(
            TextureTarget.Texture2D, 0, InternalFormat.Rgba8, Columns * Thumbnail.Width,
            Rows * Thumbnail.Height, 0, PixelFormat.Rgba, PixelType.UnsignedByte, null);
    }

    private readonly record struct Cell(Thumbnail? Thumbnail, int Version, long Drawn);
}
