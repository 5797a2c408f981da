using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record SoftmaxCrossEntropy : ICpuOperator
{
    private sealed unsafe class LossStep : CrossEntropyStep
    {
        public required CpuTensor Losses { get; init; }

        public required CpuTensor LabelWeights { get; init; }

        protected override void Run<TLanes>(int row, float* logits, int label, float* weights)
        {
            var n = Numbers;
            if (n.IsIgnored(label) || !n.IsClass(label))
            {
                float value = n.IsIgnored(label) ? 0 : float.NaN;
                (Losses.Floats[row], LabelWeights.Floats[row]) = (value, value);
                return;
            }

            var (largest, sum) = Exponentials<TLanes>(logits, n.Classes);
            float logarithm = MathF.Log(sum);
            float weight = weights is null ? 1 : weights[label];
            float loss = n.LabelShare * weight * (logarithm - (logits[label] - largest));
            if (n.ClassShare > 0)
            {
                float all = 0;
                for (int c = 0; c < n.Classes; c++)
                {
                    all += (weights is null ? 1 : weights[c]) * (logarithm - (logits[c] - largest));
                }

                loss += n.ClassShare * all;
            }

            (Losses.Floats[row], LabelWeights.Floats[row]) = (loss, weight);
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var numbers = CrossEntropyNumbers.Of(
            b.InputShape(Logits), IgnoreIndex, LabelSmoothing, b.Has(ClassWeights));
        var blocks = CrossEntropyStep.BlocksOf(numbers);
        b.Add(new LossStep
        {
            Label = Name, Width = b.Width, Pieces = blocks.Pieces, Blocks = blocks,
            Numbers = numbers, Logits = b.Input(Logits), Labels = b.Input(Labels),
            Weights = b.InputOrNull(ClassWeights), Losses = b.Output(), LabelWeights = b.Output(1),
        });
    }
}

public sealed partial record SoftmaxCrossEntropyGradient : ICpuOperator
{
    private sealed unsafe class GradientStep : CrossEntropyStep
    {
        public required CpuTensor Upstream { get; init; }

        public required CpuTensor Result { get; init; }

        protected override void Run<TLanes>(int row, float* logits, int label, float* weights)
        {
            var n = Numbers;
            float* result = Result.Floats + ((nint)row * n.Classes);
            if (n.IsIgnored(label) || !n.IsClass(label))
            {
                new Span<float>(result, n.Classes).Fill(n.IsIgnored(label) ? 0 : float.NaN);
                return;
            }

            float upstream = Upstream.Floats[row];
            float ofLabel = upstream * n.LabelShare * (weights is null ? 1 : weights[label]);
            float ofAll = n.ClassShare * upstream;
            float total = n.Classes;
            if (weights is not null && n.ClassShare > 0)
            {
                total = 0;
                for (int c = 0; c < n.Classes; c++)
                {
                    total += weights[c];
                }
            }

            var (largest, sum) = Exponentials<TLanes>(logits, n.Classes);
            Spread<TLanes>(logits, weights, result, largest, (ofLabel + (ofAll * total)) / sum, ofAll);
            result[label] -= ofLabel;
        }

        // Each probability times the factor, less what belongs to the class.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Spread<TLanes>(
            float* logits, float* weights, float* result, float largest, float factor, float ofAll)
            where TLanes : struct, ILanes<TLanes>
        {
            int classes = Numbers.Classes;
            var share = TLanes.Broadcast(-ofAll);
            for (int c = 0; c < classes; c += TLanes.Count)
            {
                var power = TLanes.Exp(TLanes.Load(logits + c) - TLanes.Broadcast(largest));
                var own = weights is null ? share : share * TLanes.Load(weights + c);
                var value = ofAll == 0
                    ? power * TLanes.Broadcast(factor)
                    : TLanes.MultiplyAdd(power, TLanes.Broadcast(factor), own);
                if (c + TLanes.Count <= classes)
                {
                    value.Store(result + c);
                }
                else
                {
                    value.StoreWhere(TLanes.FirstLanes(classes - c), result + c);
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        const int ClassWeights = SoftmaxCrossEntropy.ClassWeights;
        var numbers = CrossEntropyNumbers.Of(
            b.OutputShape(), IgnoreIndex, LabelSmoothing, b.Has(ClassWeights));
        var blocks = CrossEntropyStep.BlocksOf(numbers);
        b.Add(new GradientStep
        {
            Label = Name, Width = b.Width, Pieces = blocks.Pieces, Blocks = blocks,
            Numbers = numbers, Logits = b.Input(SoftmaxCrossEntropy.Logits),
            Labels = b.Input(SoftmaxCrossEntropy.Labels), Weights = b.InputOrNull(ClassWeights),
            Upstream = b.Input(Gradient), Result = b.Output(),
        });
    }
}

/// <summary>A piece is some rows, each the scores of one place.</summary>
internal abstract unsafe class CrossEntropyStep : VectorStep
{
    public required CpuTensor Logits { get; init; }

    public required CpuTensor Labels { get; init; }

    public required CpuTensor? Weights { get; init; }

    public required CrossEntropyNumbers Numbers { get; init; }

    public required RowBlocks Blocks { get; init; }

    /// <summary>Rows of a piece, of which each element takes an exponential.</summary>
    public static RowBlocks BlocksOf(CrossEntropyNumbers numbers) =>
        RowBlocks.Of(numbers.Rows, 16L + (8L * numbers.Classes));

    protected sealed override void Run<TLanes>(int piece, CpuWorker worker)
    {
        float* weights = Weights is null ? null : Weights.Floats;
        var (from, to) = Blocks.Range(piece);
        for (int row = from; row < to; row++)
        {
            Run<TLanes>(
                row, Logits.Floats + ((nint)row * Numbers.Classes), Labels.Ints[row], weights);
        }
    }

    /// <summary>Does one row.</summary>
    protected abstract void Run<TLanes>(int row, float* logits, int label, float* weights)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>The largest score, and the sum of e^(score - largest).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected static (float Largest, float Sum) Exponentials<TLanes>(float* x, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        // The last vector is filled up with what changes neither.
        int whole = count / TLanes.Count * TLanes.Count;
        float* tail = stackalloc float[16];
        for (int i = 0; i < TLanes.Count; i++)
        {
            tail[i] = whole + i < count ? x[whole + i] : float.NegativeInfinity;
        }

        var largest = TLanes.Load(tail);
        for (int i = 0; i < whole; i += TLanes.Count)
        {
            largest = TLanes.Max(largest, TLanes.Load(x + i));
        }

        float maximum = largest.Maximum();
        var sum = TLanes.Broadcast(0f);
        for (int i = 0; i < whole; i += TLanes.Count)
        {
            sum += TLanes.Exp(TLanes.Load(x + i) - TLanes.Broadcast(maximum));
        }

        if (whole < count)
        {
            sum += TLanes.Exp(TLanes.Load(tail) - TLanes.Broadcast(maximum));
        }

        return (maximum, sum.Sum());
    }
}
