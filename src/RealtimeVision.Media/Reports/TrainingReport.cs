using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>
/// What a training came to, as plain data that becomes one HTML file: no script, nothing to fetch,
/// light or dark as the reader's system is. Sections without data are left out.
/// </summary>
/// <remarks>
/// The same data give the same file, byte for byte; times are in <see cref="Finished"/>,
/// <see cref="Duration"/> and <see cref="SamplesPerSecond"/> alone.
/// </remarks>
public sealed record TrainingReport
{
    /// <summary>The heading: what was trained, on what.</summary>
    public required string Title { get; init; }

    /// <summary>When the training ended; null not to tell.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>How long it took, validation with it.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Training samples a second.</summary>
    public double? SamplesPerSecond { get; init; }

    /// <summary>The seed of weights, order and augmentation.</summary>
    public long? Seed { get; init; }

    /// <summary>What it was trained on.</summary>
    public MachineFacts? Machine { get; init; }

    /// <summary>
    /// More facts by name: the command, the number of parameters, the sizes of parts.
    /// </summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>
    /// What a reader has to know: samples left out, steps skipped. Each a sentence.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Metrics of the test set.</summary>
    public MetricSet? Metrics { get; init; }

    /// <summary>
    /// The metrics of others on the same samples: baselines, or other models; shown below
    /// <see cref="Metrics"/>.
    /// </summary>
    public IReadOnlyList<ComparedMetrics> Comparison { get; init; } = [];

    /// <summary>The epochs, in their order.</summary>
    public IReadOnlyList<EpochMetrics> History { get; init; } = [];

    /// <summary>The epoch whose weights were kept; null where none was chosen.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>How classes of pictures or pixels were taken for one another.</summary>
    public ClassResults? Classes { get; init; }

    /// <summary>Predictions of series.</summary>
    public IReadOnlyList<SeriesForecast> Forecasts { get; init; } = [];

    /// <summary>The worst predictions, the worst first.</summary>
    public IReadOnlyList<ReportPrediction> WorstPredictions { get; init; } = [];

    /// <summary>The text of the recipe.</summary>
    public string Recipe { get; init; } = "";

    /// <summary>The report as HTML; lines end with a line feed.</summary>
    public string ToHtml()
    {
        var html = new HtmlWriter();
        ReportPage.Begin(html, Title);
        MetricsSection.Write(html, this);
        CurvesSection.Write(html, this);
        ForecastSection.Write(html, this);
        if (Classes is { } classes)
        {
            IoUSection.Write(html, classes);
            ClassScoresSection.Write(html, classes);
            ConfusionSection.Write(html, classes);
        }

        PredictionsSection.Write(html, this);
        FactsSection.Write(html, this);
        HistorySection.Write(html, this);
        ReportPage.End(html);
        return html.ToString();
    }

    /// <summary>Writes the report; the file appears whole or not at all.</summary>
    /// <param name="path">The file to create or replace; its directory must exist.</param>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    public void Write(string path) => ReportPage.Write(path, ToHtml());
}
