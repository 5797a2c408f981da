namespace RealtimeVision.Runtime.Training;

/// <summary>Comparing scores.</summary>
internal static class MetricDirections
{
    /// <summary>
    /// Whether a score is better than another by more than a margin. One that is not finite never
    /// is, and any other is better than none.
    /// </summary>
    public static bool IsBetter(
        this MetricDirection direction, double score, double? than, double margin = 0) =>
        double.IsFinite(score) && (than is not { } other
            || (direction == MetricDirection.LowerIsBetter
                ? score < other - margin
                : score > other + margin));
}
