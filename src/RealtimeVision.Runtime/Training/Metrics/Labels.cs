namespace RealtimeVision.Runtime.Training;

/// <summary>Checks that metrics of classes share.</summary>
internal static class Labels
{
    /// <summary>Refuses labels that are neither a class nor the ignored one.</summary>
    public static void Check(
        ReadOnlySpan<int> labels, int classes, int? ignoreIndex, string parameter)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes && labels[i] != ignoreIndex)
            {
                string ignored = ignoreIndex is { } index ? $" nor {index}, which is ignored" : "";
                throw new ArgumentOutOfRangeException(
                    parameter,
                    $"label {labels[i]} at {i} is no class from 0 to {classes - 1}{ignored}");
            }
        }
    }

    /// <summary>The number of classes of scores [N, classes] for N labels.</summary>
    public static int ClassesOf(ReadOnlySpan<int> truth, ReadOnlySpan<float> scores)
    {
        if (truth.IsEmpty || scores.IsEmpty || scores.Length % truth.Length != 0)
        {
            throw new ArgumentException(
                $"{scores.Length} scores for {truth.Length} labels: have to be [N, classes]",
                nameof(scores));
        }

        return scores.Length / truth.Length;
    }

    /// <summary>The class of the highest score, the first of equals; NaN is never chosen.</summary>
    public static int ArgMax(ReadOnlySpan<float> scores)
    {
        int best = 0;
        float highest = float.NegativeInfinity;
        for (int c = 0; c < scores.Length; c++)
        {
            if (scores[c] > highest)
            {
                highest = scores[c];
                best = c;
            }
        }

        return best;
    }
}
