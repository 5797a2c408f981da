using System.Globalization;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// The share of samples whose class is among the k that have the highest scores. Of equal scores
/// the lower class comes first; a score that is NaN comes before all, so that it is no success.
/// </summary>
/// <param name="k">How many classes may be named; positive.</param>
/// <param name="ignoreIndex">The label of samples that do not count; null where all do.</param>
public sealed class TopKAccuracy(int k, int? ignoreIndex = null) : IMetricSource
{
    /// <summary>How many classes may be named.</summary>
    public int K { get; } = k > 0
        ? k
        : throw new ArgumentOutOfRangeException(nameof(k), k, "at least one class has to be named");

    /// <summary>How many samples counted.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them had their class among the first k.</summary>
    public long Hits { get; private set; }

    /// <summary>Hits over samples; 0 where there was no sample.</summary>
    public double Value => Count == 0 ? 0 : (double)Hits / Count;

    /// <summary>Takes a batch.</summary>
    /// <param name="truth">Classes, [N].</param>
    /// <param name="scores">Scores, logits or probabilities, [N, classes], row after row.</param>
    /// <exception cref="ArgumentException">The scores are no whole rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A label is no class; nothing is taken.
    /// </exception>
    public void Add(ReadOnlySpan<int> truth, ReadOnlySpan<float> scores)
    {
        if (truth.IsEmpty && scores.IsEmpty)
        {
            return;
        }

        int classes = Labels.ClassesOf(truth, scores);
        Labels.Check(truth, classes, ignoreIndex, nameof(truth));
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] != ignoreIndex)
            {
                Count++;
                Hits += Rank(scores.Slice(i * classes, classes), truth[i]) < K ? 1 : 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Clear() => Count = Hits = 0;

    /// <summary>Appends <c>top5_accuracy</c>, with the number of classes named.</summary>
    /// <param name="metrics">Takes the value.</param>
    public void AppendTo(MetricSet metrics) => metrics.Add(
        string.Create(CultureInfo.InvariantCulture, $"top{K}_accuracy"), Value);

    private static int Rank(ReadOnlySpan<float> scores, int label)
    {
        float own = scores[label];
        int ahead = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            bool isBehind = scores[c] < own || (scores[c] == own && c >= label);
            ahead += isBehind ? 0 : 1;
        }

        return ahead;
    }
}
