using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record SoftmaxCrossEntropy
{
    /// <summary>Threads of a group that has a row.</summary>
    internal const int RowGroup = 64;

    /// <summary>
    /// One group a row, for rows with a class for each thread: neighbouring threads read neighbouring
    /// scores.
    /// </summary>
    internal static void LossGroupKernel(
        ArrayView<float> logits, ArrayView<int> labels, ArrayView<float> weights,
        ArrayView<float> losses, ArrayView<float> labelWeights, CrossEntropyNumbers n)
    {
        var shared = SharedMemory.Allocate<float>(RowGroup);
        int row = Grid.IdxX;
        int first = row * n.Classes;
        float largest = LargestOfRow(shared, logits, first, n.Classes);
        float logarithm = MathF.Log(SumOfRow(shared, logits, first, n.Classes, largest));
        float all = 0f;
        if (n.ClassShare > 0f)
        {
            for (int c = Group.IdxX; c < n.Classes; c += RowGroup)
            {
                float own = n.HasWeights != 0 ? weights[c] : 1f;
                all += own * (logarithm - (logits[first + c] - largest));
            }
        }

        all = GroupReduction.Sum(shared, RowGroup, all);
        if (Group.IdxX > 0)
        {
            return;
        }

        int label = labels[row];
        float loss = n.IsIgnored(label) ? 0f : float.NaN;
        float weight = loss;
        if (!n.IsIgnored(label) && n.IsClass(label))
        {
            weight = n.HasWeights != 0 ? weights[label] : 1f;
            loss = n.LabelShare * weight * (logarithm - (logits[first + label] - largest));
            loss += n.ClassShare * all;
        }

        losses[row] = loss;
        labelWeights[row] = weight;
    }

    /// <summary>The largest of a group's row of scores; NaN where one is NaN.</summary>
    internal static float LargestOfRow(
        ArrayView<float> shared, ArrayView<float> logits, int first, int classes)
    {
        float largest = float.NegativeInfinity;
        for (int c = Group.IdxX; c < classes; c += RowGroup)
        {
            largest = Lanes1.Max(new Lanes1(largest), new Lanes1(logits[first + c])).Value;
        }

        return GroupReduction.Largest(shared, RowGroup, largest);
    }

    /// <summary>The sum of e^(score - largest) of a group's row.</summary>
    internal static float SumOfRow(
        ArrayView<float> shared, ArrayView<float> logits, int first, int classes, float largest)
    {
        float sum = 0f;
        for (int c = Group.IdxX; c < classes; c += RowGroup)
        {
            sum += MathF.Exp(logits[first + c] - largest);
        }

        return GroupReduction.Sum(shared, RowGroup, sum);
    }
}

public sealed partial record SoftmaxCrossEntropyGradient
{
    /// <summary>One group a row; the result may be where the scores are.</summary>
    internal static void GradientGroupKernel(
        ArrayView<float> logits, ArrayView<int> labels, ArrayView<float> weights,
        ArrayView<float> upstream, ArrayView<float> result, CrossEntropyNumbers n)
    {
        const int RowGroup = SoftmaxCrossEntropy.RowGroup;
        var shared = SharedMemory.Allocate<float>(RowGroup);
        int row = Grid.IdxX;
        int first = row * n.Classes;
        float largest = SoftmaxCrossEntropy.LargestOfRow(shared, logits, first, n.Classes);
        float sum = SoftmaxCrossEntropy.SumOfRow(shared, logits, first, n.Classes, largest);
        float total = 0f;
        for (int c = Group.IdxX; c < n.Classes; c += RowGroup)
        {
            total += n.HasWeights != 0 ? weights[c] : 1f;
        }

        total = GroupReduction.Sum(shared, RowGroup, total);
        int label = labels[row];
        bool counts = !n.IsIgnored(label) && n.IsClass(label);
        float other = n.IsIgnored(label) ? 0f : float.NaN;
        float ofLabel = 0f;
        if (counts)
        {
            ofLabel = upstream[row] * n.LabelShare * (n.HasWeights != 0 ? weights[label] : 1f);
        }

        float ofAll = n.ClassShare * upstream[row];
        float factor = (ofLabel + (ofAll * total)) / sum;
        for (int c = Group.IdxX; c < n.Classes; c += RowGroup)
        {
            float own = ofAll * (n.HasWeights != 0 ? weights[c] : 1f);
            float value = (MathF.Exp(logits[first + c] - largest) * factor) - own;
            value = c == label ? value - ofLabel : value;
            result[first + c] = counts ? value : other;
        }
    }
}
