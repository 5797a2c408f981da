namespace RealtimeVision.Runtime.Training;

/// <summary>
/// The mean of values as they come, each with a weight: the loss of an epoch from those of its
/// batches. Values that are not finite belong to steps that were not taken; they are left out and
/// counted.
/// </summary>
/// <param name="name">Under which it is told; its direction is that of the name.</param>
public sealed class RunningMean(string name = "loss") : IMetricSource
{
    private double _sum;
    private double _weights;

    /// <summary>Under which it is told.</summary>
    public string Name => name;

    /// <summary>How many values the mean is of.</summary>
    public long Count { get; private set; }

    /// <summary>How many values were left out, because they were not finite.</summary>
    public long NonFiniteCount { get; private set; }

    /// <summary>
    /// The weighted mean; 0 where there is no value, NaN where none was finite.
    /// </summary>
    public double Value => Count > 0 ? _sum / _weights : NonFiniteCount > 0 ? double.NaN : 0;

    /// <summary>Takes a value.</summary>
    /// <param name="value">The mean of a batch.</param>
    /// <param name="weight">The number of its samples; positive.</param>
    public void Add(double value, double weight = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(weight);
        if (!double.IsFinite(value))
        {
            NonFiniteCount++;
            return;
        }

        _sum += value * weight;
        _weights += weight;
        Count++;
    }

    /// <inheritdoc/>
    public void Clear()
    {
        _sum = _weights = 0;
        Count = NonFiniteCount = 0;
    }

    /// <inheritdoc/>
    public void AppendTo(MetricSet metrics) => metrics.Add(name, Value);
}
