using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media;

/// <summary>A fact of a training.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value, with its unit.</param>
public readonly record struct ReportFact(string Name, string Value);

/// <summary>The metrics of a model or a baseline.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Metrics">Its metrics, on the same samples as those it stands beside.</param>
public sealed record ComparedMetrics(string Name, MetricSet Metrics);

/// <summary>The metrics of one epoch.</summary>
/// <param name="Epoch">Its number; the first is 1.</param>
/// <param name="Training">Metrics of the training samples: <c>loss</c> and others.</param>
/// <param name="Validation">
/// Metrics of the validation samples under the same names; null where there was no validation.
/// </param>
/// <param name="LearningRate">The learning rate of its last step.</param>
public sealed record EpochMetrics(
    int Epoch, MetricSet Training, MetricSet? Validation = null, double? LearningRate = null)
{
    /// <summary>An epoch of a trainer, which counts from 0.</summary>
    public static EpochMetrics Of(EpochRecord record) => new(
        record.Epoch + 1,
        new MetricSet { { "loss", record.Loss } },
        record.Validation.Count > 0 ? record.Validation : null,
        record.LearningRate);
}

/// <summary>Predictions of classes against their truth.</summary>
public sealed record ClassResults
{
    /// <summary>Takes the counts and the names.</summary>
    /// <exception cref="ArgumentException">There are more or fewer names than classes.</exception>
    public ClassResults(ConfusionMatrix matrix, IReadOnlyList<string> names)
    {
        if (names.Count != matrix.ClassCount)
        {
            throw new ArgumentException(
                $"{names.Count} names for {matrix.ClassCount} classes", nameof(names));
        }

        Matrix = matrix;
        Names = names;
    }

    /// <summary>The counts.</summary>
    public ConfusionMatrix Matrix { get; }

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Whether pixels were counted: then IoU is shown for each class, and shares instead of counts.
    /// </summary>
    public bool IsOfPixels { get; init; }

    /// <summary>
    /// Colours of the classes in masks, as 0xRRGGBBAA; empty for those of the PASCAL VOC challenge.
    /// </summary>
    public IReadOnlyList<uint> Colours { get; init; } = [];
}

/// <summary>A part of a series, what was forecast of it, and what baselines say.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Truth">What was, in the units of the series, not normalised.</param>
/// <param name="Forecast">What the model said, one value for each true one.</param>
public sealed record SeriesForecast(
    string Name, IReadOnlyList<float> Truth, IReadOnlyList<float> Forecast)
{
    /// <summary>The row of the first value in the series.</summary>
    public long Start { get; init; }

    /// <summary>What a row is: <c>hour</c>, <c>day</c>.</summary>
    public string Step { get; init; } = "row";

    /// <summary>Forecasts without a model, by name: persistence, seasonal naive.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<float> Values)> Baselines { get; init; } = [];
}

/// <summary>A picture of a report.</summary>
public sealed record ReportPicture
{
    /// <summary>Takes pixels; they are not copied.</summary>
    /// <param name="pixels">Height x width x channels bytes, rows without gaps.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="format">What the bytes of a pixel are.</param>
    /// <exception cref="ArgumentException">
    /// There are not as many bytes as the size asks for.
    /// </exception>
    public ReportPicture(byte[] pixels, int width, int height, PixelFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        long bytes = (long)width * height * Frame.ChannelsOf(format);
        if (pixels.Length != bytes)
        {
            throw new ArgumentException(
                $"{pixels.Length} bytes given, {width}x{height} {format} has {bytes}",
                nameof(pixels));
        }

        (Pixels, Width, Height, Format) = (pixels, width, height, format);
    }

    /// <summary>Height x width x channels bytes.</summary>
    public byte[] Pixels { get; }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>What the bytes of a pixel are.</summary>
    public PixelFormat Format { get; }
}

/// <summary>Classes of pixels in a report.</summary>
public sealed record ReportMask
{
    /// <summary>Takes labels; they are not copied.</summary>
    /// <param name="labels">Height x width classes; what is no class (255) is left empty.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <exception cref="ArgumentException">
    /// There are not as many labels as the size asks for.
    /// </exception>
    public ReportMask(int[] labels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (labels.Length != (long)width * height)
        {
            throw new ArgumentException(
                $"{labels.Length} labels given, {width}x{height} has {(long)width * height}",
                nameof(labels));
        }

        (Labels, Width, Height) = (labels, width, height);
    }

    /// <summary>Height x width classes.</summary>
    public int[] Labels { get; }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }
}

/// <summary>One sample with what was predicted of it.</summary>
/// <param name="Name">The sample's name in its dataset.</param>
/// <param name="Pictures">The picture, or frames of a clip in their order.</param>
public sealed record ReportPrediction(string Name, IReadOnlyList<ReportPicture> Pictures)
{
    /// <summary>What is true; null where a mask says it.</summary>
    public string? Truth { get; init; }

    /// <summary>What was predicted; null where a mask says it.</summary>
    public string? Prediction { get; init; }

    /// <summary>How bad it is, as <c>loss 5.21</c> or <c>IoU 0.31</c>; null not to tell.</summary>
    public string? Score { get; init; }

    /// <summary>The true classes of the pixels.</summary>
    public ReportMask? TruthMask { get; init; }

    /// <summary>The predicted classes of the pixels.</summary>
    public ReportMask? PredictionMask { get; init; }
}
