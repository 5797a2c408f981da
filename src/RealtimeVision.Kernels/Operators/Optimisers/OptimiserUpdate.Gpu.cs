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
        ArrayView<float> gradient, MemoryViews before, Scalars scalars, ArrayView<float> result,
        MemoryViews after, UpdateNumbers numbers, int count);

    /// <summary>
    /// The numbers that a step reads, each of one element; what is absent is another tensor that is
    /// not read.
    /// </summary>
    internal struct Scalars
    {
        public ArrayView<float> LearningRate, Scale, Enabled, Number1, Number2;
        public int HasScale, HasEnabled, HasNumbers;
    }

    /// <summary>Memories; those that an optimiser does not have are other tensors.</summary>
    internal struct MemoryViews
    {
        public ArrayView<float> First, Second, Third;
    }

    /// <summary>One thread an element.</summary>
    internal static void UpdateKernel<TRule>(
        ArrayView<float> weights, ArrayView<float> gradient, MemoryViews before,
        Scalars scalars, ArrayView<float> result, MemoryViews after, UpdateNumbers numbers,
        int count)
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
        var memories = new Memories<Lanes1>(
            new Lanes1(before.First[index]), new Lanes1(before.Second[index]),
            new Lanes1(before.Third[index]));
        var updated = TRule.Step(
            new Lanes1(weight), new Lanes1(gradient[index] * n.Scale), memories, n);
        bool isOn = scalars.HasEnabled == 0 || scalars.Enabled[0] != 0f;
        result[index] = isOn ? updated.Weight.Value : weight;
        var next = updated.Memories;
        if (TRule.Memories > 0)
        {
            after.First[index] = isOn ? next.First.Value : memories.First.Value;
        }

        if (TRule.Memories > 1)
        {
            after.Second[index] = isOn ? next.Second.Value : memories.Second.Value;
        }

        if (TRule.Memories > 2)
        {
            after.Third[index] = isOn ? next.Third.Value : memories.Third.Value;
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
        GpuTensor[] before =
            [.. Enumerable.Range(0, 3).Select(i => i < Memories ? b.Input(FirstMemory + i) : weights)];
        int numbersAt = FirstMemory + TRule.Memories;
        var number1 = Numbers > 0 ? b.Input(numbersAt) : rate;
        var number2 = Numbers > 1 ? b.Input(numbersAt + 1) : rate;
        var result = b.Output();
        GpuTensor[] after =
            [.. Enumerable.Range(0, 3).Select(i => i < Memories ? b.Output(1 + i) : result)];
        var constants = Constants;
        int hasNumbers = Numbers > 0 ? 1 : 0;
        var launch = b.Load<UpdateLauncher>(UpdateKernel<TRule>, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add(Name, stream => launch(
            stream, config, weights.Floats, gradient.Floats, ViewsOf(before),
            new Scalars
            {
                LearningRate = rate.Floats, Scale = (scale ?? rate).Floats,
                Enabled = (enabled ?? rate).Floats, Number1 = number1.Floats,
                Number2 = number2.Floats, HasScale = scale is null ? 0 : 1,
                HasEnabled = enabled is null ? 0 : 1, HasNumbers = hasNumbers,
            },
            result.Floats, ViewsOf(after), constants, count));

        static MemoryViews ViewsOf(GpuTensor[] tensors) => new()
        {
            First = tensors[0].Floats, Second = tensors[1].Floats, Third = tensors[2].Floats,
        };
    }
}
