namespace RealtimeVision.Runtime.Training;

/// <summary>
/// How often each class was taken for each, of pictures or of pixels: rows are the truth, columns
/// the prediction. All scores of classes are read from it.
/// </summary>
/// <remarks>
/// A ratio without a denominator is 0 for its class; <see cref="AbsentClassCount"/> and
/// <see cref="ClassesWithoutTruth"/> tell of how many classes that is, and means leave them out.
/// </remarks>
public sealed class ConfusionMatrix : IMetricSource
{
    private readonly long[] _counts;

    /// <summary>Makes a matrix of zeros.</summary>
    /// <param name="classCount">How many classes there are, from 1 to 32768.</param>
    /// <param name="ignoreIndex">
    /// The true label of what does not count; null where all does.
    /// </param>
    public ConfusionMatrix(int classCount, int? ignoreIndex = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classCount, 1 << 15);
        ClassCount = classCount;
        IgnoreIndex = ignoreIndex;
        _counts = new long[classCount * classCount];
    }

    /// <summary>How many classes there are.</summary>
    public int ClassCount { get; }

    /// <summary>The true label of what does not count; null where all does.</summary>
    public int? IgnoreIndex { get; }

    /// <summary>How many labels counted.</summary>
    public long Total { get; private set; }

    /// <summary>How many labels were ignored.</summary>
    public long IgnoredCount { get; private set; }

    /// <summary>The counts [classes, classes], row by row: truth, then prediction.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>How often a class was taken for a class.</summary>
    public long this[int truth, int prediction] => _counts[At(truth, prediction)];

    /// <summary>The share of labels that were predicted; 0 where there are none.</summary>
    public double Accuracy
    {
        get
        {
            long correct = 0;
            for (int c = 0; c < ClassCount; c++)
            {
                correct += this[c, c];
            }

            return Ratio(correct, Total);
        }
    }

    /// <summary>
    /// The mean over classes of the share that was found (recall), classes without truth left out.
    /// </summary>
    public double BalancedAccuracy => Mean(c => Support(c) > 0, Recall);

    /// <summary>The mean of <see cref="IoU"/>, absent classes left out.</summary>
    public double MeanIoU => Mean(IsPresent, IoU);

    /// <summary>
    /// The mean of <see cref="Dice"/>, absent classes left out; for whole pictures the same number
    /// is called the macro average of F1.
    /// </summary>
    public double MeanDice => Mean(IsPresent, Dice);

    /// <summary>How many classes are neither in the truth nor in a prediction.</summary>
    public int AbsentClassCount => Enumerable.Range(0, ClassCount).Count(c => !IsPresent(c));

    /// <summary>How many classes the truth never had; predictions may have had them.</summary>
    public int ClassesWithoutTruth => Enumerable.Range(0, ClassCount).Count(c => Support(c) == 0);

    /// <summary>Makes a matrix of counts, as those of a log.</summary>
    /// <param name="counts">[classes, classes], row by row: truth, then prediction.</param>
    /// <exception cref="ArgumentException">They are no square, or one is negative.</exception>
    public static ConfusionMatrix FromCounts(ReadOnlySpan<long> counts)
    {
        int classes = (int)Math.Round(Math.Sqrt(counts.Length));
        if ((long)classes * classes != counts.Length || classes == 0)
        {
            throw new ArgumentException(
                $"{counts.Length} counts are no square matrix", nameof(counts));
        }

        var matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] < 0)
            {
                throw new ArgumentException(
                    $"count {counts[i]} at {i} is negative", nameof(counts));
            }

            matrix._counts[i] = counts[i];
            matrix.Total += counts[i];
        }

        return matrix;
    }

    /// <summary>Counts one label.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The truth is neither a class nor the ignored label, or the prediction is no class.
    /// </exception>
    public void Add(int truth, int prediction) => Add([truth], [prediction]);

    /// <summary>Counts labels: of the pictures of a batch, or of pixels.</summary>
    /// <param name="truth">The truth; what is <see cref="IgnoreIndex"/> is left out.</param>
    /// <param name="prediction">As many predictions.</param>
    /// <exception cref="ArgumentException">The two differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A label is no class; the message has its place. Nothing is counted then.
    /// </exception>
    public void Add(ReadOnlySpan<int> truth, ReadOnlySpan<int> prediction)
    {
        if (truth.Length != prediction.Length)
        {
            throw new ArgumentException(
                $"{prediction.Length} predictions for {truth.Length} labels", nameof(prediction));
        }

        Labels.Check(truth, ClassCount, IgnoreIndex, nameof(truth));
        Labels.Check(prediction, ClassCount, null, nameof(prediction));
        for (int i = 0; i < truth.Length; i++)
        {
            Count(truth[i], prediction[i]);
        }
    }

    /// <summary>
    /// Counts labels against the classes of the highest scores: the first of equals, never one that
    /// is NaN where another is not.
    /// </summary>
    /// <param name="truth">The truth [N], of pictures or of pixels.</param>
    /// <param name="scores">Scores, logits or probabilities, [N, classes], row after row.</param>
    /// <exception cref="ArgumentException">There are not classes scores for each label.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A label is no class; the message has its place. Nothing is counted then.
    /// </exception>
    public void AddScores(ReadOnlySpan<int> truth, ReadOnlySpan<float> scores)
    {
        if (scores.Length != (long)truth.Length * ClassCount)
        {
            throw new ArgumentException(
                $"{scores.Length} scores for {truth.Length} labels of {ClassCount} classes",
                nameof(scores));
        }

        Labels.Check(truth, ClassCount, IgnoreIndex, nameof(truth));
        for (int i = 0; i < truth.Length; i++)
        {
            Count(truth[i], Labels.ArgMax(scores.Slice(i * ClassCount, ClassCount)));
        }
    }

    /// <summary>Adds the counts of another matrix.</summary>
    /// <exception cref="ArgumentException">It has another number of classes.</exception>
    public void Merge(ConfusionMatrix other)
    {
        if (other.ClassCount != ClassCount)
        {
            throw new ArgumentException(
                $"a matrix of {other.ClassCount} classes does not go into one of {ClassCount}",
                nameof(other));
        }

        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Total += other.Total;
        IgnoredCount += other.IgnoredCount;
    }

    /// <inheritdoc/>
    public void Clear()
    {
        Array.Clear(_counts);
        Total = IgnoredCount = 0;
    }

    /// <summary>How often the truth was a class.</summary>
    public long Support(int classIndex)
    {
        long sum = 0;
        for (int p = 0; p < ClassCount; p++)
        {
            sum += this[classIndex, p];
        }

        return sum;
    }

    /// <summary>How often a class was predicted.</summary>
    public long Predicted(int classIndex)
    {
        long sum = 0;
        for (int t = 0; t < ClassCount; t++)
        {
            sum += this[t, classIndex];
        }

        return sum;
    }

    /// <summary>Whether a class is in the truth or in a prediction.</summary>
    public bool IsPresent(int classIndex) => Support(classIndex) + Predicted(classIndex) > 0;

    /// <summary>The share of a class's predictions that are true; 0 where there are none.</summary>
    public double Precision(int classIndex) =>
        Ratio(this[classIndex, classIndex], Predicted(classIndex));

    /// <summary>The share of a class's truth that was found; 0 where there is none.</summary>
    public double Recall(int classIndex) =>
        Ratio(this[classIndex, classIndex], Support(classIndex));

    /// <summary>
    /// Intersection over union of truth and prediction of a class (Jaccard index); 0 where it is
    /// absent from both.
    /// </summary>
    public double IoU(int classIndex)
    {
        long common = this[classIndex, classIndex];
        return Ratio(common, Support(classIndex) + Predicted(classIndex) - common);
    }

    /// <summary>
    /// Twice the intersection over the sum of truth and prediction of a class (Dice coefficient,
    /// F1); 0 where it is absent from both.
    /// </summary>
    public double Dice(int classIndex) => Ratio(
        2 * this[classIndex, classIndex], Support(classIndex) + Predicted(classIndex));

    /// <summary>
    /// The pairs of different classes that were taken for one another most often, the most frequent
    /// first, equals by their indices; pairs that never were are left out.
    /// </summary>
    /// <param name="count">How many to give at most.</param>
    public IReadOnlyList<(int Truth, int Prediction, long Count)> MostConfused(int count) =>
    [
        .. Enumerable.Range(0, _counts.Length)
            .Where(i => _counts[i] > 0 && i / ClassCount != i % ClassCount)
            .OrderByDescending(i => _counts[i])
            .ThenBy(i => i)
            .Take(count)
            .Select(i => (i / ClassCount, i % ClassCount, _counts[i])),
    ];

    /// <summary>
    /// Appends <c>accuracy</c>, <c>balanced_accuracy</c>, <c>macro_f1</c> and <c>mean_iou</c>.
    /// </summary>
    /// <param name="metrics">Takes the values.</param>
    public void AppendTo(MetricSet metrics)
    {
        metrics.Add("accuracy", Accuracy);
        metrics.Add("balanced_accuracy", BalancedAccuracy);
        metrics.Add("macro_f1", MeanDice);
        metrics.Add("mean_iou", MeanIoU);
    }

    internal static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private double Mean(Func<int, bool> isCounted, Func<int, double> score)
    {
        double sum = 0;
        int number = 0;
        for (int c = 0; c < ClassCount; c++)
        {
            if (isCounted(c))
            {
                sum += score(c);
                number++;
            }
        }

        return number == 0 ? 0 : sum / number;
    }

    private void Count(int truth, int prediction)
    {
        if (truth == IgnoreIndex)
        {
            IgnoredCount++;
            return;
        }

        _counts[(truth * ClassCount) + prediction]++;
        Total++;
    }

    private int At(int truth, int prediction)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)truth, (uint)ClassCount, nameof(truth));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)prediction, (uint)ClassCount, nameof(prediction));
        return (truth * ClassCount) + prediction;
    }
}
