using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>How frequent the classes of a dataset are, and what makes up for it.</summary>
public static class ClassBalance
{
    /// <summary>
    /// How often each class is a target: labels, or pixels of masks. What stands for no class does
    /// not count.
    /// </summary>
    /// <param name="dataset">Samples whose targets are classes, each of which is read.</param>
    /// <param name="skipsUnreadable">Whether samples that cannot be read are passed over.</param>
    /// <exception cref="ArgumentException">The targets are no classes.</exception>
    /// <exception cref="DatasetException">A sample cannot be read.</exception>
    public static long[] Count(Dataset dataset, bool skipsUnreadable = false)
    {
        if (dataset.HasLabels)
        {
            return [.. dataset.CountClasses().Select(c => (long)c)];
        }

        if (dataset.ClassNames.Count == 0 || dataset.TargetType.Element != ElementType.Int32)
        {
            throw new ArgumentException(
                $"Targets of type {dataset.TargetType} are no classes.", nameof(dataset));
        }

        var counts = new long[dataset.ClassNames.Count];
        var input = new byte[dataset.InputBytes];
        var target = new byte[dataset.TargetBytes];
        for (int i = 0; i < dataset.Count; i++)
        {
            try
            {
                dataset.Read(i, input, target);
            }
            catch (DatasetException) when (skipsUnreadable)
            {
                continue;
            }

            foreach (int label in MemoryMarshal.Cast<byte, int>(target))
            {
                if (label != dataset.IgnoreIndex)
                {
                    counts[label]++;
                }
            }
        }

        return counts;
    }

    /// <summary>
    /// Weights by which all classes count alike in a loss: all targets, over the number of classes
    /// times those of the class (scikit-learn's <c>balanced</c>). A class without targets gets the
    /// weight of the rarest.
    /// </summary>
    /// <param name="counts">How often each class is a target.</param>
    /// <exception cref="ArgumentException">There are no targets.</exception>
    public static float[] Weights(IReadOnlyList<long> counts)
    {
        double all = counts.Sum();
        if (all == 0)
        {
            throw new ArgumentException("There are no targets to balance.", nameof(counts));
        }

        long rarest = counts.Where(c => c > 0).Min();
        return [.. counts.Select(c => (float)(all / (counts.Count * (double)Math.Max(c, rarest))))];
    }
}
