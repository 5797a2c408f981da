namespace RealtimeVision.Media;

/// <summary>
/// How a model was explained, as plain data that becomes one HTML file, in the style of
/// <see cref="TrainingReport"/>.
/// </summary>
public sealed record ExplainReport
{
    private const int LargestShown = 520;
    private const int SmallestShown = 240;

    /// <summary>The heading: the model's name.</summary>
    public required string Title { get; init; }

    /// <summary>Facts by name: the device, the layer, the command.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>The pictures that were explained, in their order.</summary>
    public IReadOnlyList<ExplainedPicture> Pictures { get; init; } = [];

    /// <summary>What is the model's alone: its filters.</summary>
    public IReadOnlyList<ExplainedView> Filters { get; init; } = [];

    /// <summary>The report as HTML; lines end with a line feed.</summary>
    public string ToHtml()
    {
        var html = new HtmlWriter();
        ReportPage.Begin(html, Title);
        foreach (ExplainedPicture picture in Pictures)
        {
            Write(html, picture);
        }

        if (Filters.Count > 0)
        {
            html.Line($"<section>");
            html.Line($"<h2>Filters</h2>");
            Write(html, Filters);
            html.Line($"</section>");
        }

        if (Facts.Count > 0)
        {
            html.Line($"<section>");
            html.Line($"<h2>How it was explained</h2>");
            FactsSection.Write(html, Facts);
            html.Line($"</section>");
        }

        ReportPage.End(html);
        return html.ToString();
    }

    /// <summary>Writes the report; the file appears whole or not at all.</summary>
    /// <param name="path">The file to create or replace; its directory must exist.</param>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    public void Write(string path) => ReportPage.Write(path, ToHtml());

    private static void Write(HtmlWriter html, ExplainedPicture picture)
    {
        html.Line($"<section>");
        html.Line($"<h2>{picture.Name}</h2>");
        html.Line($"<p>{picture.Said}</p>");
        Write(html, picture.Views);
        if (picture.Probabilities.Count + picture.Deletion.Count + picture.Insertion.Count > 0)
        {
            html.Line($"""<div class="plots">""");
            int? clip = picture.FrameShares.FirstOrDefault()?.First;
            Plot(html, "what the model says, frame by frame", picture.Probabilities, clip);
            Plot(html, "what each frame has of a map", picture.FrameShares, null);
            Plot(html, "deletion: the lower, the better", picture.Deletion);
            Plot(html, "insertion: the higher, the better", picture.Insertion);
            html.Line($"</div>");
        }

        html.Line($"</section>");
    }

    private static void Write(HtmlWriter html, IReadOnlyList<ExplainedView> views)
    {
        html.Line($"""<div class="predictions explained">""");
        foreach (ExplainedView view in views)
        {
            string kind = view.Frames.Count > 0 ? "whole" : "single";
            html.Line($"""<figure class="{kind}"><div class="row">""");
            if (view.Frames.Count == 0)
            {
                WriteImage(html, view.Picture, view.Name, "", SmallestShown);
            }

            foreach ((ReportPicture picture, string caption) in view.Frames)
            {
                WriteImage(html, picture, view.Name, caption, 0);
            }

            html.Line($"</div>");
            if (view.Scale is { } scale)
            {
                html.Line($"""<div class="scale">{scale.Least}<i style="background:""");
                html.Line($"""{scale.Gradient()}"></i>{scale.Most} {scale.Unit}</div>""");
            }

            html.Line($"<figcaption><b>{view.Name}</b> {view.Note}");
            html.Line($"""<small class="said">{view.Description}</small></figcaption></figure>""");
        }

        html.Line($"</div>");
    }

    private static void WriteImage(
        HtmlWriter html, ReportPicture picture, string name, string caption, int smallest)
    {
        (int width, int height) = PictureData.ShownSize(
            picture.Width, picture.Height, LargestShown, smallest);
        html.Line($"""<span><img width="{width}" height="{height}" alt="{name}" """);
        html.Line($"""src="{PictureData.Of(picture, LargestShown)}">""");
        html.Line($"<small>{caption}</small></span>");
    }

    private static void Plot(
        HtmlWriter html, string title, IReadOnlyList<FrameLine> lines, int? clip)
    {
        if (lines.Count > 0)
        {
            new LinePlot
            {
                Title = title,
                XLabel = "frame",
                IsXWhole = true,
                Mark = clip is { } first ? (first, "the clip begins") : null,
                YRange = (0, Math.Max(lines.Max(l => l.Values.Max()), 0.01)),
                Lines =
                [
                    .. lines.Select((l, i) => new PlotLine(
                        l.Name, StyleOf(i),
                        [.. l.Values.Select((_, frame) => (double)(l.First + frame))], l.Values)),
                ],
            }.Write(html);
        }
    }

    private static void Plot(
        HtmlWriter html, string title, IReadOnlyList<ExplainedCurve> curves)
    {
        if (curves.Count > 0)
        {
            new LinePlot
            {
                Title = title,
                XLabel = "share of the pixels",
                YRange = (0, Math.Max(curves.Max(c => c.Curve.Confidences.Max()), 0.01)),
                Lines =
                [
                    .. curves.Select((c, i) => new PlotLine(
                        $"{c.Name} {ReportNumber.Metric(c.Curve.Area)}", StyleOf(i),
                        c.Curve.Shares, c.Curve.Confidences)),
                ],
            }.Write(html);
        }
    }

    // More lines than there are colours are dashed.
    private static string StyleOf(int line) =>
        line < 4 ? $"series{line}" : $"baseline{(line - 4) % 3}";
}
