using System.Globalization;

namespace RealtimeVision.Viewer;

/// <summary>
/// Writes a line of text into the caller's buffer; what does not fit is left out. Unlike string
/// interpolation it boxes no number, not even in code that the JIT has yet to optimise.
/// </summary>
internal ref struct TextBuilder(Span<char> buffer)
{
    private readonly Span<char> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<char> Text => _buffer[.._length];

    public TextBuilder Add(ReadOnlySpan<char> text)
    {
        int count = Math.Min(text.Length, _buffer.Length - _length);
        text[..count].CopyTo(_buffer[_length..]);
        _length += count;
        return this;
    }

    /// <summary>A number with some decimals.</summary>
    public TextBuilder Add(double value, ReadOnlySpan<char> format)
    {
        value.TryFormat(_buffer[_length..], out int count, format, CultureInfo.InvariantCulture);
        _length += count;
        return this;
    }

    /// <summary>Frames a second; a dash before they are known.</summary>
    public TextBuilder AddFrameRate(in HudValues hud) =>
        hud.HasFrameRate ? Add(hud.FrameRate, "F1") : Add("\u2013");

    /// <summary>A count, its thousands apart.</summary>
    public TextBuilder Add(long value)
    {
        value.TryFormat(_buffer[_length..], out int count, "N0", CultureInfo.InvariantCulture);
        _length += count;
        return this;
    }
}
