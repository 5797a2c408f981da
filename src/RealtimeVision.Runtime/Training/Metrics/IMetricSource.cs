namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Something that gathers predictions over an epoch and tells metrics of them at its end.
/// </summary>
public interface IMetricSource
{
    /// <summary>Forgets all that was gathered.</summary>
    void Clear();

    /// <summary>Appends what was gathered up to now, under its usual names.</summary>
    /// <param name="metrics">Takes the values.</param>
    void AppendTo(MetricSet metrics);
}
