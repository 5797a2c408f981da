using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace RealtimeVision.Viewer;

/// <summary>
/// One instance for shaders/hud.vert: a glyph, a rounded rectangle, a line or a picture.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct HudQuad(Vector4 Rectangle, Vector4 Shape, uint Color);

/// <summary>
/// Collects the quads of one picture in drawing order. Coordinates are pixels from the top left
/// corner; colours are bytes R, G, B, A from the lowest up, straight alpha.
/// </summary>
internal sealed class HudBatch(TextAtlas atlas, PictureAtlas pictures)
{
    private const int Ellipsis = 0x2026;
    private HudQuad[] _quads = new HudQuad[1024];
    private int _count;

    public ReadOnlySpan<HudQuad> Quads => _quads.AsSpan(0, _count);

    public void Clear() => _count = 0;

    /// <summary>A filled rounded rectangle, or with a stroke only its rim.</summary>
    public void Panel(
        float x, float y, float width, float height, float radius, uint color, float stroke = 0)
    {
        var shape = new Vector4(Math.Min(radius, Math.Min(width, height) / 2), stroke, 0, 1);
        Add(new HudQuad(new Vector4(x, y, width, height), shape, color));
    }

    /// <summary>A line with round ends between the middles of its ends.</summary>
    public void Line(float x0, float y0, float x1, float y1, float width, uint color)
    {
        float inset = (width / 2) + 1;
        bool rises = (x1 - x0) * (y1 - y0) < 0;
        Add(new HudQuad(
            new Vector4(
                MathF.Min(x0, x1) - inset, MathF.Min(y0, y1) - inset,
                MathF.Abs(x1 - x0) + (2 * inset), MathF.Abs(y1 - y0) + (2 * inset)),
            new Vector4(width / 2, rises ? 1 : 0, 0, 2),
            color));
    }

    /// <summary>A thumbnail, stretched.</summary>
    public void Picture(
        float x, float y, float width, float height, Thumbnail thumbnail, byte opacity = 255)
    {
        if (pictures.Get(thumbnail) is var (column, row))
        {
            Add(new HudQuad(
                new Vector4(x, y, width, height), new Vector4(column, row, 0, 3),
                ((uint)opacity << 24) | 0xFFFFFF));
        }
    }

    /// <summary>Width of a line of text in pixels.</summary>
    public float Measure(ReadOnlySpan<char> text, TextStyle style)
    {
        float width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += atlas.Get(style, rune.Value, 0).Advance;
        }

        return width;
    }

    /// <summary>
    /// A line of text; one wider than <paramref name="limit"/> ends in an ellipsis.
    /// </summary>
    /// <param name="text">The characters, drawn from left to right without shaping.</param>
    /// <param name="x">Left end.</param>
    /// <param name="baseline">The line that letters stand on; rounded to a whole pixel.</param>
    /// <param name="style">Face and size.</param>
    /// <param name="color">Colour.</param>
    /// <param name="limit">Most pixels it may take.</param>
    /// <returns>Right end.</returns>
    public float Text(
        ReadOnlySpan<char> text, float x, float baseline, TextStyle style, uint color,
        float limit = float.PositiveInfinity)
    {
        float end = x + limit;
        bool cut = limit < float.PositiveInfinity && Measure(text, style) > limit;
        if (cut)
        {
            end -= atlas.Get(style, Ellipsis, 0).Advance;
        }

        foreach (Rune rune in text.EnumerateRunes())
        {
            float next = x + atlas.Get(style, rune.Value, 0).Advance;
            if (cut && next > end)
            {
                break;
            }

            Add(rune.Value, x, baseline, style, color);
            x = next;
        }

        if (cut)
        {
            Add(Ellipsis, x, baseline, style, color);
            x += atlas.Get(style, Ellipsis, 0).Advance;
        }

        return x;
    }

    /// <summary>Breaks a text into lines between words; the last one has all that is left.</summary>
    /// <param name="text">The characters.</param>
    /// <param name="style">Face and size.</param>
    /// <param name="limit">Most pixels of a line; a longer word has one for itself.</param>
    /// <param name="lines">Gets the lines, as many as fit.</param>
    /// <returns>How many there are.</returns>
    public int Wrap(
        ReadOnlySpan<char> text, TextStyle style, float limit, Span<Range> lines)
    {
        int count = 0;
        int begin = 0;
        while (begin < text.Length && count < lines.Length)
        {
            int end = text.Length;
            while (count < lines.Length - 1 && Measure(text[begin..end], style) > limit
                && text[begin..end].LastIndexOf(' ') is > 0 and var space)
            {
                end = begin + space;
            }

            lines[count++] = begin..end;
            begin = end + 1;
        }

        return count;
    }

    /// <summary>A line of text that ends at <paramref name="right"/>.</summary>
    public void TextRight(
        ReadOnlySpan<char> text, float right, float baseline, TextStyle style, uint color,
        float limit = float.PositiveInfinity) =>
        Text(text, right - Math.Min(Measure(text, style), limit), baseline, style, color, limit);

    private void Add(int rune, float x, float baseline, TextStyle style, uint color)
    {
        // To the nearest phase, which may be the next pixel's first.
        int phases = TextAtlas.Phases(style);
        int steps = (int)MathF.Round(x * phases);
        int column = (int)MathF.Floor(steps / (float)phases);
        Glyph glyph = atlas.Get(style, rune, steps - column * phases);
        if (glyph.Width > 0)
        {
            Add(new HudQuad(
                new Vector4(
                    column + glyph.Left, MathF.Round(baseline) + glyph.Top,
                    glyph.Width, glyph.Height),
                new Vector4(glyph.X, glyph.Y, 0, 0),
                color));
        }
    }

    private void Add(in HudQuad quad)
    {
        if (_count == _quads.Length)
        {
            Array.Resize(ref _quads, _quads.Length * 2);
        }

        _quads[_count++] = quad;
    }
}
