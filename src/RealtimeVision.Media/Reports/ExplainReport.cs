namespace RealtimeVision.Media;

/// <summary>
/// How a model was explained, as plain data that becomes one HTML file, in the style of
/// <see cref="TrainingReport"/>.
/// </summary>
public sealed record ExplainReport
{
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
        if (picture.Deletion.Count + picture.Insertion.Count > 0)
        {
            html.Line($"""<div class="plots">""");
            Plot(html, "deletion: the lower, the better", picture.Deletion);
            Plot(html, "insertion: the higher, the better", picture.Insertion);
            html.Line($"</div>");
        }

        html.Line($"</section>");
    }

    private static void Write(HtmlWriter html, IReadOnlyList<ExplainedView> views)
    {
        html.Line($"""<div class="predictions">""");
        foreach (ExplainedView view in views)
        {
            (int width, int height) =
                PictureData.ShownSize(view.Picture.Width, view.Picture.Height);
            html.Line($"""<figure><div class="row"><span><img width="{width}" """);
            html.Line($"""height="{height}" alt="{view.Name}" """);
            html.Line($"""src="{PictureData.Of(view.Picture)}"></span></div>""");
            html.Line($"<figcaption><b>{view.Name}</b>");
            html.Line($"<small>{view.Note}</small></figcaption></figure>");
        }

        html.Line($"</div>");
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
                Lines =
                [
                    .. curves.Select((c, i) => new PlotLine(
                        $"{c.Name} {ReportNumber.Metric(c.Curve.Area)}", $"series{i % 4}",
                        c.Curve.Shares, c.Curve.Confidences)),
                ],
            }.Write(html);
        }
    }
}

/// <summary>A picture that was explained.</summary>
/// <param name="Name">Its file.</param>
/// <param name="Said">What the model says of it, as a sentence.</param>
/// <param name="Views">The picture, and a view a method.</param>
public sealed record ExplainedPicture(
    string Name, string Said, IReadOnlyList<ExplainedView> Views)
{
    /// <summary>Curves of deletion, one a method; empty where they were not asked for.</summary>
    public IReadOnlyList<ExplainedCurve> Deletion { get; init; } = [];

    /// <summary>Curves of insertion, one a method.</summary>
    public IReadOnlyList<ExplainedCurve> Insertion { get; init; } = [];
}

/// <summary>A view of a picture or of a model.</summary>
/// <param name="Name">The method.</param>
/// <param name="Picture">What is seen.</param>
/// <param name="Note">What it is of: a layer, a class; may be empty.</param>
public sealed record ExplainedView(string Name, ReportPicture Picture, string Note = "");

/// <summary>A curve of a method.</summary>
/// <param name="Name">The method.</param>
/// <param name="Curve">The curve.</param>
public sealed record ExplainedCurve(
    string Name, Runtime.Explain.PerturbationCurve Curve);
