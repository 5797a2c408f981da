using System.Reflection;
using Silk.NET.OpenGL;
using SkiaSharp;

namespace RealtimeVision.Viewer;

/// <summary>Weight of the letters.</summary>
internal enum Face
{
    Regular,
    Medium,
}

/// <summary>A face at a size in whole pixels.</summary>
internal readonly record struct TextStyle(Face Face, int Pixels);

/// <summary>Where a glyph's coverage is in the atlas, and how it sits on the line.</summary>
internal readonly record struct Glyph(
    short X, short Y, short Width, short Height, short Left, short Top, float Advance);

/// <summary>
/// Coverage of glyphs in one texture, rasterised by Skia when first needed, at their exact size and
/// at several positions within a pixel, so that text is crisp and evenly spaced, and changing it
/// costs nothing.
/// </summary>
internal sealed unsafe class TextAtlas : IDisposable
{
    private const int Size = 2048;

    private readonly GlDevice _device;
    private readonly GL _gl;
    private readonly Dictionary<(TextStyle Style, int Rune, int Phase), Glyph> _glyphs = [];
    private readonly HashSet<TextStyle> _styles = [];
    private readonly SKTypeface[] _faces;
    private readonly Dictionary<int, SKTypeface?> _fallbacks = [];
    private uint _texture;
    private int _x;
    private int _y;
    private int _rowHeight;

    public TextAtlas(GlDevice device)
    {
        _device = device;
        _gl = device.Gl;
        _faces = [Load("Roboto-Regular.ttf"), Load("Roboto-Medium.ttf")];
        _texture = _gl.GenTexture();
        device.LiveObjects++;
        _gl.BindTexture(TextureTarget.Texture2D, _texture);
        Set(TextureParameterName.TextureMinFilter, (int)TextureMinFilter.Nearest);
        Set(TextureParameterName.TextureMagFilter, (int)TextureMagFilter.Nearest);
        Set(TextureParameterName.TextureMaxLevel, 0);
        _gl.TexImage2D(
            TextureTarget.Texture2D, 0, InternalFormat.R8, Size, Size, 0, PixelFormat.Red,
            PixelType.UnsignedByte, null);
    }

    /// <summary>
    /// Counts how often the atlas was emptied because it was full: glyphs got before are then void.
    /// </summary>
    public int Generation { get; private set; }

    public void Bind(int unit)
    {
        _gl.ActiveTexture(TextureUnit.Texture0 + unit);
        _gl.BindTexture(TextureTarget.Texture2D, _texture);
    }

    /// <summary>
    /// Positions within a pixel at which a style's glyphs are rasterised: fewer for large ones.
    /// </summary>
    public static int Phases(TextStyle style) => style.Pixels < 20 ? 4 : 2;

    /// <summary>The glyph of a character.</summary>
    /// <param name="style">Face and size.</param>
    /// <param name="rune">Unicode scalar value.</param>
    /// <param name="phase">Where within a pixel it starts, 0 to <see cref="Phases"/> - 1.</param>
    public Glyph Get(TextStyle style, int rune, int phase)
    {
        if (_glyphs.TryGetValue((style, rune, phase), out Glyph glyph))
        {
            return glyph;
        }

        if (_styles.Add(style))
        {
            // As numbers change, letters beside them take every phase sooner or later: have them
            // all now.
            int phases = Phases(style);
            for (int i = ' ' * phases; i < ('~' + 1) * phases; i++)
            {
                if (!_glyphs.ContainsKey((style, i / phases, i % phases)))
                {
                    Add(style, i / phases, i % phases);
                }
            }
        }

        return _glyphs.TryGetValue((style, rune, phase), out glyph)
            ? glyph
            : Add(style, rune, phase);
    }

    public void Dispose()
    {
        if (_texture != 0)
        {
            _gl.DeleteTexture(_texture);
            _device.LiveObjects--;
            _texture = 0;
        }

        foreach (SKTypeface face in _faces)
        {
            face.Dispose();
        }

        foreach (SKTypeface? face in _fallbacks.Values)
        {
            face?.Dispose();
        }

        _fallbacks.Clear();
    }

    private static SKTypeface Load(string file)
    {
        using Stream stream = Assembly.GetExecutingAssembly()
            .GetManifestResourceStream($"fonts/{file}")
            ?? throw new ViewerException($"The font {file} is not part of this program");
        return SKTypeface.FromStream(stream)
            ?? throw new ViewerException($"SkiaSharp cannot read the font {file}");
    }

    /// <summary>A typeface of the system that has a character which ours lack.</summary>
    private SKTypeface? Fallback(int rune)
    {
        if (_fallbacks.TryGetValue(rune, out SKTypeface? known))
        {
            return known;
        }

        SKTypeface? found = SKFontManager.Default.MatchCharacter(rune);
        // Builds of Skia without fontconfig match no character, but do list the fonts there are.
        for (int i = 0; found is null && i < SKFontManager.Default.FontFamilyCount; i++)
        {
            SKTypeface? face = SKFontManager.Default.MatchFamily(
                SKFontManager.Default.GetFamilyName(i));
            if (face is not null && face.ContainsGlyph(rune))
            {
                found = face;
            }
            else
            {
                face?.Dispose();
            }
        }

        _fallbacks.Add(rune, found);
        return found;
    }

    private Glyph Add(TextStyle style, int rune, int phase)
    {
        SKTypeface face = _faces[(int)style.Face];
        if (!face.ContainsGlyph(rune))
        {
            face = Fallback(rune) ?? face;
        }

        using var font = new SKFont(face, style.Pixels)
        {
            Edging = SKFontEdging.Antialias,
            Hinting = SKFontHinting.None,
            Subpixel = true,
        };
        string text = char.ConvertFromUtf32(rune);
        float advance = font.MeasureText(text, out SKRect bounds);
        var glyph = new Glyph(0, 0, 0, 0, 0, 0, advance);
        if (!bounds.IsEmpty)
        {
            float shift = phase / (float)Phases(style);
            // One texel around it for what antialiasing spills.
            int left = (int)MathF.Floor(bounds.Left + shift) - 1;
            int top = (int)MathF.Floor(bounds.Top) - 1;
            int width = Math.Min((int)MathF.Ceiling(bounds.Right + shift) + 1 - left, Size);
            int height = Math.Min((int)MathF.Ceiling(bounds.Bottom) + 1 - top, Size);
            Place(width, height);
            Rasterise(font, text, shift - left, -top, width, height);
            glyph = new Glyph(
                (short)_x, (short)_y, (short)width, (short)height, (short)left, (short)top,
                advance);
            _x += width;
        }

        _glyphs.Add((style, rune, phase), glyph);
        return glyph;
    }

    /// <summary>
    /// Finds room in rows from the top; where there is none, begins with an empty atlas.
    /// </summary>
    private void Place(int width, int height)
    {
        if (_x + width > Size)
        {
            _x = 0;
            _y += _rowHeight;
            _rowHeight = 0;
        }

        if (_y + height > Size)
        {
            _glyphs.Clear();
            _styles.Clear();
            (_x, _y, _rowHeight) = (0, 0, 0);
            Generation++;
        }

        _rowHeight = Math.Max(_rowHeight, height);
    }

    private void Rasterise(SKFont font, string text, float x, float y, int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Alpha8));
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint { IsAntialias = true, Color = SKColors.White })
        {
            canvas.Clear(SKColors.Transparent);
            canvas.DrawText(text, x, y, font, paint);
        }

        _gl.BindTexture(TextureTarget.Texture2D, _texture);
        _gl.BindBuffer(BufferTargetARB.PixelUnpackBuffer, 0);
        _gl.PixelStore(PixelStoreParameter.UnpackAlignment, 1);
        _gl.PixelStore(PixelStoreParameter.UnpackRowLength, bitmap.RowBytes);
        fixed (byte* pixels = bitmap.GetPixelSpan())
        {
            _gl.TexSubImage2D(
                TextureTarget.Texture2D, 0, _x, _y, (uint)width, (uint)height, PixelFormat.Red,
                PixelType.UnsignedByte, pixels);
        }

        _gl.PixelStore(PixelStoreParameter.UnpackRowLength, 0);
    }

    private void Set(TextureParameterName parameter, int value) =>
        _gl.TexParameter(TextureTarget.Texture2D, parameter, value);
}
