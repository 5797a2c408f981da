using System.Numerics;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Subtracts a mean from the values of each channel and divides by a deviation. Values of bytes are
/// 0 to 1 before it.
/// </summary>
public sealed class Normalization
{
    /// <summary>Takes statistics, a number for each channel, or one for all.</summary>
    /// <exception cref="ArgumentException">
    /// The lengths differ, or a number is not finite, or a deviation not positive.
    /// </exception>
    public Normalization(IReadOnlyList<float> mean, IReadOnlyList<float> deviation)
    {
        if (mean.Count == 0 || mean.Count != deviation.Count || !mean.All(float.IsFinite)
            || !deviation.All(d => float.IsFinite(d) && d > 0))
        {
            throw new ArgumentException(
                $"Means [{string.Join(", ", mean)}] and deviations "
                + $"[{string.Join(", ", deviation)}] have to be as many, finite, and deviations "
                + "positive.",
                nameof(deviation));
        }

        Mean = [.. mean];
        Deviation = [.. deviation];
    }

    /// <summary>What is subtracted, channel by channel.</summary>
    public IReadOnlyList<float> Mean { get; }

    /// <summary>What is divided by, channel by channel.</summary>
    public IReadOnlyList<float> Deviation { get; }

    /// <summary>
    /// The statistics of a dataset, of its training part as a rule: mean and deviation over all
    /// values of each channel (the last dimension). A channel that never changes gets deviation 1.
    /// </summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="skipsUnreadable">Whether samples that cannot be read are passed over.</param>
    /// <exception cref="ArgumentException">The dataset is empty.</exception>
    /// <exception cref="DatasetException">A sample cannot be read, or none can.</exception>
    public static Normalization Of(Dataset dataset, bool skipsUnreadable = false)
    {
        if (dataset.Count == 0)
        {
            throw new ArgumentException("A dataset without samples has no mean.", nameof(dataset));
        }

        int channels = dataset.InputType.Shape[-1];
        var sums = new double[channels];
        var squares = new double[channels];
        var input = new byte[dataset.InputBytes];
        var target = new byte[dataset.TargetBytes];
        var values = new float[dataset.InputType.Shape.Count];
        int read = 0;
        for (int i = 0; i < dataset.Count; i++)
        {
            try
            {
                dataset.Read(i, input, target);
                read++;
            }
            catch (DatasetException) when (skipsUnreadable && (read > 0 || i < dataset.Count - 1))
            {
                continue;
            }

            AugmentationPipeline.ToFloats(dataset.InputType.Element, input, values);
            for (int v = 0; v < values.Length; v++)
            {
                sums[v % channels] += values[v];
                squares[v % channels] += (double)values[v] * values[v];
            }
        }

        double count = (double)read * values.Length / channels;
        return Create(sums, squares, count);
    }

    internal static Normalization Create(double[] sums, double[] squares, double count)
    {
        var mean = new float[sums.Length];
        var deviation = new float[sums.Length];
        for (int c = 0; c < sums.Length; c++)
        {
            double m = sums[c] / count;
            double variance = (squares[c] / count) - (m * m);
            mean[c] = (float)m;
            deviation[c] = variance > 1e-12 * Math.Max(1, m * m) ? (float)Math.Sqrt(variance) : 1;
        }

        return new Normalization(mean, deviation);
    }

    /// <summary>Factors and offsets, repeated to a whole number of vectors.</summary>
    internal (float[] Scale, float[] Offset) Repeat(int channels)
    {
        if (Mean.Count != 1 && Mean.Count != channels)
        {
            throw new ArgumentException(
                $"A normalisation of {Mean.Count} channels does not fit inputs of {channels}.");
        }

        var scale = new float[channels * Vector<float>.Count];
        var offset = new float[scale.Length];
        for (int i = 0; i < scale.Length; i++)
        {
            int c = Mean.Count == 1 ? 0 : i % channels;
            scale[i] = 1 / Deviation[c];
            offset[i] = -Mean[c] / Deviation[c];
        }

        return (scale, offset);
    }
}
