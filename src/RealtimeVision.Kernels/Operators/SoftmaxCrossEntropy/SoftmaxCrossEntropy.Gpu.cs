using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record SoftmaxCrossEntropy : IGpuOperator
{
    private const int ThreadGroup = 128;

    private delegate void LossLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> logits,
        ArrayView<int> labels, ArrayView<float> weights, ArrayView<float> losses,
        ArrayView<float> labelWeights, CrossEntropyNumbers numbers);

    /// <summary>One thread a row.</summary>
    internal static void LossKernel(
        ArrayView<float> logits, ArrayView<int> labels, ArrayView<float> weights,
        ArrayView<float> losses, ArrayView<float> labelWeights, CrossEntropyNumbers n)
    {
        int row = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (row >= n.Rows)
        {
            return;
        }

        int label = labels[row];
        if (n.IsIgnored(label) || !n.IsClass(label))
        {
            float value = n.IsIgnored(label) ? 0f : float.NaN;
            losses[row] = value;
            labelWeights[row] = value;
            return;
        }

        int first = row * n.Classes;
        float largest = LargestOf(logits, first, n.Classes);
        float logarithm = MathF.Log(SumOf(logits, first, n.Classes, largest));
        float weight = n.HasWeights != 0 ? weights[label] : 1f;
        float loss = n.LabelShare * weight * (logarithm - (logits[first + label] - largest));
        if (n.ClassShare > 0f)
        {
            float all = 0f;
            for (int c = 0; c < n.Classes; c++)
            {
                float own = n.HasWeights != 0 ? weights[c] : 1f;
                all += own * (logarithm - (logits[first + c] - largest));
            }

            loss += n.ClassShare * all;
        }

        losses[row] = loss;
        labelWeights[row] = weight;
    }

    /// <summary>The largest of some scores; NaN where one is NaN.</summary>
    internal static float LargestOf(ArrayView<float> logits, int first, int count)
    {
        float largest = logits[first];
        for (int c = 1; c < count; c++)
        {
            largest = Lanes1.Max(new Lanes1(largest), new Lanes1(logits[first + c])).Value;
        }

        return largest;
    }

    /// <summary>The sum of e^(score - largest).</summary>
    internal static float SumOf(ArrayView<float> logits, int first, int count, float largest)
    {
        float sum = 0f;
        for (int c = 0; c < count; c++)
        {
            sum += MathF.Exp(logits[first + c] - largest);
        }

        return sum;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (logits, labels) = (b.Input(Logits), b.Input(Labels));
        var numbers = CrossEntropyNumbers.Of(
            logits.Type.Shape, IgnoreIndex, LabelSmoothing, b.Has(ClassWeights));
        if (numbers.Rows == 0)
        {
            return;
        }

        var weights = b.InputOrNull(ClassWeights) ?? logits;
        var (losses, labelWeights) = (b.Output(), b.Output(1));
        bool byGroup = numbers.Classes >= RowGroup;
        var launch = byGroup
            ? b.Load<LossLauncher>(LossGroupKernel, RowGroup)
            : b.Load<LossLauncher>(LossKernel, ThreadGroup);
        var config = byGroup
            ? new KernelConfig(numbers.Rows, RowGroup)
            : GpuBindings.Cover(numbers.Rows, ThreadGroup);
        b.Add(byGroup ? $"{Name} Group" : $"{Name} Thread", stream => launch(
            stream, config, logits.Floats, labels.Ints, weights.Floats, losses.Floats,
            labelWeights.Floats, numbers));
    }
}

public sealed partial record SoftmaxCrossEntropyGradient : IGpuOperator
{
    private const int ThreadGroup = 128;

    private delegate void GradientLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> logits,
        ArrayView<int> labels, ArrayView<float> weights, ArrayView<float> upstream,
        ArrayView<float> result, CrossEntropyNumbers numbers);

    /// <summary>One thread a row; the result may be where the scores are.</summary>
    internal static void GradientKernel(
        ArrayView<float> logits, ArrayView<int> labels, ArrayView<float> weights,
        ArrayView<float> upstream, ArrayView<float> result, CrossEntropyNumbers n)
    {
        int row = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (row >= n.Rows)
        {
            return;
        }

        int label = labels[row];
        int first = row * n.Classes;
        if (n.IsIgnored(label) || !n.IsClass(label))
        {
            float value = n.IsIgnored(label) ? 0f : float.NaN;
            for (int c = 0; c < n.Classes; c++)
            {
                result[first + c] = value;
            }

            return;
        }

        float ofLabel = upstream[row] * n.LabelShare * (n.HasWeights != 0 ? weights[label] : 1f);
        float ofAll = n.ClassShare * upstream[row];
        float total = n.Classes;
        if (n.HasWeights != 0)
        {
            total = 0f;
            for (int c = 0; c < n.Classes; c++)
            {
                total += weights[c];
            }
        }

        float largest = SoftmaxCrossEntropy.LargestOf(logits, first, n.Classes);
        float sum = SoftmaxCrossEntropy.SumOf(logits, first, n.Classes, largest);
        float factor = (ofLabel + (ofAll * total)) / sum;
        for (int c = 0; c < n.Classes; c++)
        {
            float own = ofAll * (n.HasWeights != 0 ? weights[c] : 1f);
            float value = (MathF.Exp(logits[first + c] - largest) * factor) - own;
            result[first + c] = c == label ? value - ofLabel : value;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var logits = b.Input(SoftmaxCrossEntropy.Logits);
        var labels = b.Input(SoftmaxCrossEntropy.Labels);
        const int ClassWeights = SoftmaxCrossEntropy.ClassWeights;
        var numbers = CrossEntropyNumbers.Of(
            logits.Type.Shape, IgnoreIndex, LabelSmoothing, b.Has(ClassWeights));
        if (numbers.Rows == 0)
        {
            return;
        }

        var weights = b.InputOrNull(ClassWeights) ?? logits;
        var (upstream, result) = (b.Input(Gradient), b.Output());
        const int RowGroup = SoftmaxCrossEntropy.RowGroup;
        bool byGroup = numbers.Classes >= RowGroup;
        var launch = byGroup
            ? b.Load<GradientLauncher>(GradientGroupKernel, RowGroup)
            : b.Load<GradientLauncher>(GradientKernel, ThreadGroup);
        var config = byGroup
            ? new KernelConfig(numbers.Rows, RowGroup)
            : GpuBindings.Cover(numbers.Rows, ThreadGroup);
        b.Add(byGroup ? $"{Name} Group" : $"{Name} Thread", stream => launch(
            stream, config, logits.Floats, labels.Ints, weights.Floats, upstream.Floats,
            result.Floats, numbers));
    }
}
