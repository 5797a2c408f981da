using System.Text.Json.Nodes;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// What <c>rtv live</c> tells at its end: counts and frames a second of the whole run; latencies and
/// scores of the models, device and source that it names, which are those it had last.
/// </summary>
internal sealed record LiveReport
{
    public required string Source { get; init; }

    public required string Model { get; init; }

    public required string Device { get; init; }

    /// <summary>Frames that engines were given.</summary>
    public required long Frames { get; init; }

    public required long Processed { get; init; }

    public required long Dropped { get; init; }

    public required double FramesPerSecond { get; init; }

    public required double P50 { get; init; }

    public required double P95 { get; init; }

    public required double P99 { get; init; }

    /// <summary>Managed bytes of the whole process, decoder apart, after warm-up.</summary>
    public required double AllocatedBytesPerFrame { get; init; }

    /// <summary>Mean IoU against the street's truth; null where that is not known.</summary>
    public double? MeanIoU { get; init; }

    /// <summary>Share of frames whose weather was told; null where that is not known.</summary>
    public double? WeatherAccuracy { get; init; }

    /// <summary>Share of frames whose motion was told; null where that is not known.</summary>
    public double? MotionAccuracy { get; init; }

    public string? Snapshot { get; init; }

    public string? Record { get; init; }

    /// <summary>What was taught; null where nothing was to be.</summary>
    public TeachingStatus? Taught { get; init; }

    /// <summary>Where the taught classifier was saved; null where it was not.</summary>
    public string? Classifier { get; init; }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["source"] = Source,
            ["model"] = Model,
            ["device"] = Device,
            ["frames"] = Frames,
            ["processed"] = Processed,
            ["dropped"] = Dropped,
            ["fps"] = Math.Round(FramesPerSecond, 2),
            ["latency_p50_ms"] = Math.Round(P50, 3),
            ["latency_p95_ms"] = Math.Round(P95, 3),
            ["latency_p99_ms"] = Math.Round(P99, 3),
            ["allocated_bytes_per_frame"] = Math.Round(AllocatedBytesPerFrame, 2),
            ["snapshot"] = Snapshot,
            ["record"] = Record,
        };
        foreach ((string name, _, double score) in Scores())
        {
            json[name] = Math.Round(score, 4);
        }

        if (Taught is { } taught)
        {
            json["taught"] = new JsonObject(taught.Classes.Select(
                c => KeyValuePair.Create<string, JsonNode?>(c.Name, c.Frames)));
            json["taught_accuracy"] = taught.Accuracy is { } accuracy ? Math.Round(accuracy, 4) : null;
            json["training_seconds"] = taught.TrainingTime is { } time ? Math.Round(time.TotalSeconds, 3) : null;
            json["classifier"] = Classifier;
        }

        return json;
    }

    public string ToText() =>
        $"{Source}: {Frames} frames, {Processed} processed, {Dropped} dropped by {Model} on {Device}\n"
        + $"{FramesPerSecond:F1} frames/s, latency {P50:F1} ms median, {P95:F1} ms 95 %, {P99:F1} ms 99 %"
        + string.Concat(Scores().Select(s => $"\n{s.Words} {s.Score:P1}"))
        + (Taught is null ? "" : $"\ntaught  {string.Join(", ", Taught.Classes.Select(c => $"{c.Name} ({c.Frames})"))}: {Taught}")
        + (Classifier is null ? "" : $"\nmodel   {Classifier}")
        + (Snapshot is null ? "" : $"\npicture {Snapshot}")
        + (Record is null ? "" : $"\nvideo   {Record}");

    /// <summary>What is known of the truth: a field's name, words for it, and the score.</summary>
    private IEnumerable<(string Name, string Words, double Score)> Scores()
    {
        if (MeanIoU is { } meanIoU)
        {
            yield return ("mean_iou", "mean IoU", meanIoU);
        }

        if (WeatherAccuracy is { } weather)
        {
            yield return ("weather_accuracy", "weather right", weather);
        }

        if (MotionAccuracy is { } motion)
        {
            yield return ("motion_accuracy", "motion right", motion);
        }
    }
}
