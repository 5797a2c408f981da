namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Errors of numbers against the truth, gathered as they come: all elements of all samples count
/// alike, as one series. Nothing is kept of the numbers but sums.
/// </summary>
public sealed class RegressionScores : IMetricSource
{
    private double _squaredErrors;
    private double _absoluteErrors;
    private double _mean;
    private double _squaredDeviations;

    /// <summary>How many numbers were compared.</summary>
    public long Count { get; private set; }

    /// <summary>
    /// How many pairs held a number that is not finite. One of them makes the scores NaN: a model
    /// that gives such predictions is not to look better than it is.
    /// </summary>
    public long NonFiniteCount { get; private set; }

    /// <summary>The mean of the squared errors; 0 where nothing was compared.</summary>
    public double MeanSquaredError => Count == 0 ? 0 : _squaredErrors / Count;

    /// <summary>The square root of <see cref="MeanSquaredError"/>, in units of the truth.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    /// <summary>The mean of the errors' magnitudes; 0 where nothing was compared.</summary>
    public double MeanAbsoluteError => Count == 0 ? 0 : _absoluteErrors / Count;

    /// <summary>
    /// R squared, the coefficient of determination: 1 less the squared errors over the squared
    /// deviations of the truth from its mean. 1 is perfect, 0 what the mean would do, and less is
    /// possible. 0 where <see cref="IsR2Defined"/> is false.
    /// </summary>
    public double R2 => IsR2Defined ? 1 - (_squaredErrors / _squaredDeviations) : 0;

    /// <summary>Whether the truth varies, without which R squared divides by zero.</summary>
    public bool IsR2Defined => NonFiniteCount > 0 || _squaredDeviations > 0;

    /// <summary>Takes numbers.</summary>
    /// <param name="truth">The truth.</param>
    /// <param name="prediction">As many predictions, in the same units.</param>
    /// <exception cref="ArgumentException">The two differ in length.</exception>
    public void Add(ReadOnlySpan<float> truth, ReadOnlySpan<float> prediction)
    {
        if (truth.Length != prediction.Length)
        {
            throw new ArgumentException(
                $"{prediction.Length} predictions for {truth.Length} true values",
                nameof(prediction));
        }

        for (int i = 0; i < truth.Length; i++)
        {
            Add(truth[i], prediction[i]);
        }
    }

    /// <summary>Takes one number.</summary>
    public void Add(double truth, double prediction)
    {
        double error = prediction - truth;
        if (!double.IsFinite(error))
        {
            NonFiniteCount++;
            error = double.NaN;
        }

        _squaredErrors += error * error;
        _absoluteErrors += Math.Abs(error);

        // Welford's way: sums of squares would cancel where the mean is large.
        Count++;
        double deviation = truth - _mean;
        _mean += deviation / Count;
        _squaredDeviations += deviation * (truth - _mean);
    }

    /// <summary>Takes what another one has gathered.</summary>
    public void Merge(RegressionScores other)
    {
        if (other.Count == 0)
        {
            return;
        }

        // The parallel form of Welford's sums (Chan et al. 1979).
        double count = (double)Count + other.Count;
        double apart = other._mean - _mean;
        _squaredDeviations +=
            other._squaredDeviations + (apart * apart * Count * other.Count / count);
        _mean += apart * other.Count / count;
        _squaredErrors += other._squaredErrors;
        _absoluteErrors += other._absoluteErrors;
        NonFiniteCount += other.NonFiniteCount;
        Count += other.Count;
    }

    /// <inheritdoc/>
    public void Clear()
    {
        _squaredErrors = _absoluteErrors = _mean = _squaredDeviations = 0;
        Count = NonFiniteCount = 0;
    }

    /// <summary>Appends <c>mse</c>, <c>rmse</c>, <c>mae</c> and <c>r2</c>.</summary>
    /// <param name="metrics">Takes the values.</param>
    public void AppendTo(MetricSet metrics)
    {
        metrics.Add("mse", MeanSquaredError);
        metrics.Add("rmse", RootMeanSquaredError);
        metrics.Add("mae", MeanAbsoluteError);
        metrics.Add("r2", R2);
    }
}
