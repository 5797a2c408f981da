using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security;
using System.Text;

namespace RealtimeVision.Media;

/// <summary>
/// Writes HTML line by line. What stands in the braces of an interpolated string is escaped, so
/// that no name or recipe can become markup; numbers are written alike in every culture.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>Writes markup and a line feed.</summary>
    public void Line([InterpolatedStringHandlerArgument("")] ref Markup markup) =>
        _text.Append('\n');

    /// <summary>Writes text that is markup already, from this library alone.</summary>
    public void Raw(string markup) => _text.Append(markup);

    public override string ToString() => _text.ToString();

    [InterpolatedStringHandler]
    public readonly ref struct Markup
    {
        private readonly StringBuilder _text;

        // The compiler hands over the two lengths.
        public Markup(int literalLength, int formattedCount, HtmlWriter writer)
        {
            _text = writer._text;
            _text.EnsureCapacity(_text.Length + literalLength + (8 * formattedCount));
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(string? text) => _text.Append(SecurityElement.Escape(text));

        public void AppendFormatted<T>(T value, string? format = null)
            where T : IFormattable =>
            AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));
    }
}
