using System.Globalization;
using System.Text;

namespace RealtimeVision.Media;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Style">Its class in report.css: truth, training, validation, other1...</param>
/// <param name="X">Places, ascending.</param>
/// <param name="Y">Values; where one is not finite, the line has a gap.</param>
internal sealed record PlotLine(
    string Name, string Style, IReadOnlyList<double> X, IReadOnlyList<double> Y);

/// <summary>
/// Lines over one axis, as SVG that takes its colours from the page. Legend and title are HTML
/// above the picture, so that they never lie over a line.
/// </summary>
internal sealed record LinePlot
{
    private const int Height = 250;
    private const int Top = 10;
    private const int Right = 14;
    private const int Bottom = 40;
    private const double DigitWidth = 6.7;

    // Longer lines are drawn by the least and the greatest value in columns this wide.
    private const int ColumnWidth = 2;
    private const int MostMarkedPoints = 40;

    /// <summary>Units of the picture; a page shows 520 of them about as wide as a column.</summary>
    public int Width { get; init; } = 520;

    public required string Title { get; init; }

    public required string XLabel { get; init; }

    /// <summary>In the order of the legend; the first lie above the others.</summary>
    public required IReadOnlyList<PlotLine> Lines { get; init; }

    /// <summary>Whether X counts something, so that its lines are at whole numbers.</summary>
    public bool IsXWhole { get; init; }

    /// <summary>Ends of the axis of values; null for those of the lines.</summary>
    public (double Least, double Most)? YRange { get; init; }

    /// <summary>A place marked by a line over the whole height, and what it is.</summary>
    public (double X, string Name)? Mark { get; init; }

    /// <summary>Whether the line's last value is told beside its name.</summary>
    public bool TellsLast { get; init; }

    public void Write(HtmlWriter html)
    {
        var shown = Lines.SelectMany(l => l.X.Zip(l.Y))
            .Where(p => PlotAxis.CanShow(p.First) && PlotAxis.CanShow(p.Second))
            .ToArray();
        html.Line($"""<figure class="plot">""");
        WriteLegend(html);
        if (shown.Length == 0)
        {
            html.Line($"<p>No finite value.</p>");
        }
        else
        {
            WriteSvg(
                html,
                PlotAxis.Linear(
                    shown.Min(p => p.First), shown.Max(p => p.First), Width / 65, IsXWhole ? 1 : 0,
                    endsAtTicks: false),
                YRange is { } range ? PlotAxis.Linear(range.Least, range.Most, 5)
                    : YAxis(shown.Min(p => p.Second), shown.Max(p => p.Second)));
        }

        html.Line($"</figure>");
    }

    // Losses and rates that fall by orders of magnitude would be a corner on a linear axis.
    private static PlotAxis YAxis(double least, double most) => least > 0 && most / least >= 100
        ? PlotAxis.Logarithmic(least, most)
        : PlotAxis.Linear(least, most, 5);

    private void WriteLegend(HtmlWriter html)
    {
        html.Line($"<figcaption><b>{Title}</b>");
        foreach (PlotLine line in Lines)
        {
            string last = TellsLast && line.Y.Count > 0
                ? " " + ReportNumber.Metric(line.Y[^1])
                : "";
            html.Line(
                $"""<span class="key {line.Style}"><i></i>{line.Name}<em>{last}</em></span>""");
        }

        if (Mark is { } mark)
        {
            html.Line($"""<span class="key mark"><i></i>{mark.Name}</span>""");
        }

        html.Line($"</figcaption>");
    }

    private void WriteSvg(HtmlWriter html, PlotAxis x, PlotAxis y)
    {
        double left = 14 + (DigitWidth * y.Ticks.Max(t => t.Label.Length));
        double AtX(double value) => left + (x.At(value) * (Width - Right - left));
        double AtY(double value) => Height - Bottom - (y.At(value) * (Height - Bottom - Top));
        int end = Width - Right, floor = Height - Bottom;

        html.Line($"""<svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Title}">""");
        html.Line($"""<g class="axis">""");
        foreach (PlotTick tick in y.Ticks)
        {
            double at = AtY(tick.Value);
            html.Line($"""<path d="M{left:0.#} {at:0.#}H{end}"/>""");
            html.Line(
                $"""<text x="{left - 6:0.#}" y="{at + 4:0.#}" class="end">{tick.Label}</text>""");
        }

        foreach (PlotTick tick in x.Ticks)
        {
            double at = AtX(tick.Value);
            html.Line($"""<path d="M{at:0.#} {floor}v4"/>""");
            html.Line(
                $"""<text x="{at:0.#}" y="{floor + 17}" class="middle">{tick.Label}</text>""");
        }

        double middle = (left + end) / 2;
        html.Line($"""<text x="{middle:0.#}" y="{Height - 5}" class="middle">{XLabel}</text>""");
        html.Line($"</g>");
        if (Mark is { } mark && mark.X >= x.From && mark.X <= x.To)
        {
            html.Line($"""<path class="line mark" d="M{AtX(mark.X):0.#} {Top}V{floor}"/>""");
        }

        foreach (PlotLine line in Lines.Reverse())
        {
            html.Line($"""<path class="line {line.Style}" d="{Path(line, AtX, AtY)}"/>""");
            if (line.X.Count <= MostMarkedPoints)
            {
                WritePoints(html, line, AtX, AtY);
            }
        }

        html.Line($"</svg>");
    }

    private void WritePoints(
        HtmlWriter html, PlotLine line, Func<double, double> atX, Func<double, double> atY)
    {
        html.Line($"""<g class="points {line.Style}">""");
        for (int i = 0; i < line.X.Count; i++)
        {
            if (PlotAxis.CanShow(line.Y[i]))
            {
                string told = $"{line.Name}, {XLabel} "
                    + string.Create(CultureInfo.InvariantCulture, $"{line.X[i]:0.###}: ")
                    + ReportNumber.Metric(line.Y[i]);
                html.Line(
                    $"""<circle cx="{atX(line.X[i]):0.#}" cy="{atY(line.Y[i]):0.#}" r="3">""");
                html.Line($"<title>{told}</title></circle>");
            }
        }

        html.Line($"</g>");
    }

    private string Path(
        PlotLine line, Func<double, double> atX, Func<double, double> atY)
    {
        var path = new StringBuilder();
        bool isOpen = false;
        foreach (int i in Drawn(line.Y))
        {
            if (!PlotAxis.CanShow(line.Y[i]))
            {
                isOpen = false;
                continue;
            }

            path.Append(
                CultureInfo.InvariantCulture,
                $"{(isOpen ? 'L' : 'M')}{atX(line.X[i]):0.#} {atY(line.Y[i]):0.#}");
            isOpen = true;
        }

        return path.ToString();
    }

    private IEnumerable<int> Drawn(IReadOnlyList<double> values)
    {
        int columns = Math.Min(Width / ColumnWidth, values.Count);
        for (int column = 0; column < columns; column++)
        {
            int from = (int)((long)column * values.Count / columns);
            int to = (int)((long)(column + 1) * values.Count / columns);
            int least = from, most = from;
            for (int i = from + 1; i < to; i++)
            {
                least = values[i] < values[least] ? i : least;
                most = values[i] > values[most] ? i : most;
            }

            yield return Math.Min(least, most);
            if (least != most)
            {
                yield return Math.Max(least, most);
            }
        }
    }
}
