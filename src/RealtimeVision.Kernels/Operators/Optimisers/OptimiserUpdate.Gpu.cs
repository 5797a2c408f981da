using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record OptimiserUpdate : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void UpdateLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> weights,
        ArrayView<float> gradient, ArrayView<float> memory1, ArrayView<float> memory2,
        Scalars scalars, ArrayView<float> result, ArrayView<float> result1,
        ArrayView<float> result2, UpdateNumbers numbers, int count);

    /// <summary>
    /// The numbers that a step reads, each of one element; what is absent is another tensor that is
    /// not read.
    /// </summary>
    internal struct Scalars
    {
        public ArrayView<float> LearningRate, Scale, Enabled, Number1, Number2;
        public int HasScale, HasEnabled, HasNumbers;
    }

    /// <summary>One thread an element.</summary>
    internal static void UpdateKernel<TRule>(
        ArrayView<float> weights, ArrayView<float> gradient, ArrayView<float> memory1,
        ArrayView<float> memory2, Scalars scalars, ArrayView<float> result,
        ArrayView<float> result1, ArrayView<float> result2, UpdateNumbers numbers, int count)
        where TRule : struct, IUpdateRule
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= count)
        {
            return;
        }

        var n = numbers;
        n.LearningRate = scalars.LearningRate[0];
        n.Scale = scalars.HasScale != 0 ? scalars.Scale[0] : 1f;
        if (scalars.HasNumbers != 0)
        {
            n.Number1 = scalars.Number1[0];
            n.Number2 = scalars.Number2[0];
        }

        float weight = weights[index];
        float first = memory1[index];
        float second = memory2[index];
        var updated = TRule.Step(
            new Lanes1(weight), new Lanes1(gradient[index] * n.Scale), new Lanes1(first),
            new Lanes1(second), n);
        bool isOn = scalars.HasEnabled == 0 || scalars.Enabled[0] != 0f;
        result[index] = isOn ? updated.Weight.Value : weight;
        if (TRule.Memories > 0)
        {
            result1[index] = isOn ? updated.Memory1.Value : first;
        }

        if (TRule.Memories > 1)
        {
            result2[index] = isOn ? updated.Memory2.Value : second;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b) => Prepare(b);

    private protected abstract void Prepare(GpuBindings b);

    private protected void Prepare<TRule>(GpuBindings b)
        where TRule : struct, IUpdateRule
    {
        int count = checked((int)b.OutputShape().Count);
        if (count == 0)
        {
            return;
        }

        var (weights, gradient, rate) = (b.Input(Weights), b.Input(Gradient), b.Input(LearningRate));
        var (scale, enabled) = (b.InputOrNull(GradientScale), b.InputOrNull(Enabled));
        var memory1 = TRule.Memories > 0 ? b.Input(FirstMemory) : weights;
        var memory2 = TRule.Memories > 1 ? b.Input(FirstMemory + 1) : weights;
        int numbersAt = FirstMemory + TRule.Memories;
        var number1 = Numbers > 0 ? b.Input(numbersAt) : rate;
        var number2 = Numbers > 1 ? b.Input(numbersAt + 1) : rate;
        var result = b.Output();
        var result1 = TRule.Memories > 0 ? b.Output(1) : result;
        var result2 = TRule.Memories > 1 ? b.Output(2) : result;
        var constants = Constants;
        int hasNumbers = Numbers > 0 ? 1 : 0;
        var launch = b.Load<UpdateLauncher>(UpdateKernel<TRule>, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add(Name, stream => launch(
            stream, config, weights.Floats, gradient.Floats, memory1.Floats, memory2.Floats,
            new Scalars
            {
                LearningRate = rate.Floats, Scale = (scale ?? rate).Floats,
                Enabled = (enabled ?? rate).Floats, Number1 = number1.Floats,
                Number2 = number2.Floats, HasScale = scale is null ? 0 : 1,
                HasEnabled = enabled is null ? 0 : 1, HasNumbers = hasNumbers,
            },
            result.Floats, result1.Floats, result2.Floats, constants, count));
    }
}
