using System.Text.Json.Nodes;

namespace RealtimeVision.Cli.Live;

/// <summary>What <c>rtv live</c> tells at its end.</summary>
internal sealed record LiveReport
{
    public required string Source { get; init; }

    public required string Model { get; init; }

    public required string Device { get; init; }

    /// <summary>Frames that the source gave.</summary>
    public required long Frames { get; init; }

    public required long Processed { get; init; }

    public required long Dropped { get; init; }

    public required double FramesPerSecond { get; init; }

    public required double P50 { get; init; }

    public required double P95 { get; init; }

    public required double P99 { get; init; }

    /// <summary>Managed bytes of the whole process, decoder apart, after warm-up.</summary>
    public required double AllocatedBytesPerFrame { get; init; }

    public string? Snapshot { get; init; }

    public string? Record { get; init; }

    public JsonObject ToJson() => new()
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

    public string ToText() =>
        $"{Source}: {Frames} frames, {Processed} processed, {Dropped} dropped by {Model} on {Device}\n"
        + $"{FramesPerSecond:F1} frames/s, latency {P50:F1} ms median, {P95:F1} ms 95 %, {P99:F1} ms 99 %"
        + (Snapshot is null ? "" : $"\npicture {Snapshot}")
        + (Record is null ? "" : $"\nvideo   {Record}");
}
