using System.Globalization;

namespace RealtimeVision.Runtime.Live;

/// <summary>What a <see cref="LoopMeter"/> has measured.</summary>
public sealed record LoopSummary
{
    /// <summary>How long turns take, of those that count.</summary>
    public required LatencySummary Turn { get; init; }

    /// <summary>How long ticks of the engine take.</summary>
    public required LatencySummary Tick { get; init; }

    /// <summary>
    /// What the loop's thread computes in a tick: unlike the clock, it stands still while other
    /// programs have the core. Null but on Linux, which alone tells it finely enough.
    /// </summary>
    public LatencySummary? TickCpu { get; init; }

    /// <summary>Garbage collections of each generation, in the whole process.</summary>
    public required IReadOnlyList<int> Collections { get; init; }

    /// <summary>Managed bytes that the whole process has allocated.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>A line for each distribution, in milliseconds, and one for the collector.</summary>
    public override string ToString()
    {
        var collected = Collections.Select((count, i) => $"{count} of gen {i}");
        string[] lines =
        [
            Line("frame", Turn),
            Line("tick", Tick),
            .. TickCpu is { } cpu ? [Line("tick cpu", cpu)] : Array.Empty<string>(),
            $"collections: {string.Join(", ", collected)}; "
                + $"{AllocatedBytes} bytes allocated in {Turn.Count} frames",
        ];
        return string.Join(Environment.NewLine, lines);
    }

    private static string Line(string name, LatencySummary s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name} ms: p50 {s.P50.TotalMilliseconds:F2}, p95 {s.P95.TotalMilliseconds:F2}, "
        + $"p99 {s.P99.TotalMilliseconds:F2}, max {s.Max.TotalMilliseconds:F2}");
}
