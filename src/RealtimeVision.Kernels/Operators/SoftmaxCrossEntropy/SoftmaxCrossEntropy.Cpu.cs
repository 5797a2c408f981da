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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void RunColumns<TLanes>(
            int first, int rows, float* columns, float* weights)
        {
            var n = Numbers;
            float* largest = stackalloc float[16];
            float* logarithms = stackalloc float[16];
            float* all = stackalloc float[16];
            for (int row = 0; row < rows; row += TLanes.Count)
            {
                float* x = columns + row;
                var (maximum, sum) = ExponentialsOfColumns<TLanes>(x, n.Classes, null);
                var logarithm = TLanes.Log(sum);
                maximum.Store(largest);
                logarithm.Store(logarithms);
                if (n.ClassShare > 0)
                {
                    SumOfClasses(x, weights, n.Classes, maximum, logarithm).Store(all);
                }

                for (int i = 0; i < Math.Min(TLanes.Count, rows - row); i++)
                {
                    int place = first + row + i;
                    int label = Labels.Ints[place];
                    float weight = n.IsIgnored(label) ? 0 : float.NaN;
                    float loss = weight;
                    if (!n.IsIgnored(label) && n.IsClass(label))
                    {
                        weight = weights is null ? 1 : weights[label];
                        float own = logarithms[i] - (x[(label * ShortRows.AtOnce) + i] - largest[i]);
                        loss = (n.LabelShare * weight * own)
                            + (n.ClassShare > 0 ? n.ClassShare * all[i] : 0);
                    }

                    (Losses.Floats[place], LabelWeights.Floats[place]) = (loss, weight);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes SumOfClasses<TLanes>(
            float* x, float* weights, int classes, TLanes largest, TLanes logarithm)
            where TLanes : struct, ILanes<TLanes>
        {
            var all = TLanes.Broadcast(0f);
            for (int c = 0; c < classes; c++, x += ShortRows.AtOnce)
            {
                all = TLanes.MultiplyAdd(
                    TLanes.Broadcast(weights is null ? 1 : weights[c]),
                    logarithm - (TLanes.Load(x) - largest), all);
            }

            return all;
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var numbers = CrossEntropyNumbers.Of(
            b.InputShape(Logits), IgnoreIndex, LabelSmoothing, b.Has(ClassWeights));
        var blocks = CrossEntropyStep.BlocksOf(numbers);
        b.ReserveWorkerScratch(ShortRows.Floats);
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
            float total = TotalOf(weights);
            var (largest, sum) = Exponentials<TLanes>(logits, n.Classes);
            Spread<TLanes>(logits, weights, result, largest, (ofLabel + (ofAll * total)) / sum, ofAll);
            result[label] -= ofLabel;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void RunColumns<TLanes>(
            int first, int rows, float* columns, float* weights)
        {
            var n = Numbers;
            float total = TotalOf(weights);
            float* ofLabels = stackalloc float[16];
            float* ofAll = stackalloc float[16];
            for (int row = 0; row < rows; row += TLanes.Count)
            {
                for (int i = 0; i < Math.Min(TLanes.Count, rows - row); i++)
                {
                    int label = Labels.Ints[first + row + i];
                    float upstream = Upstream.Floats[first + row + i];
                    ofAll[i] = n.ClassShare * upstream;
                    ofLabels[i] = weights is not null && n.IsClass(label)
                        ? n.LabelShare * upstream * weights[label]
                        : n.LabelShare * upstream;
                }

                float* x = columns + row;
                var (_, sum) = ExponentialsOfColumns<TLanes>(x, n.Classes, x);
                var all = TLanes.Load(ofAll);
                var factor = TLanes.MultiplyAdd(
                    all, TLanes.Broadcast(total), TLanes.Load(ofLabels)) / sum;
                for (int c = 0; c < n.Classes; c++, x += ShortRows.AtOnce)
                {
                    var own = all * TLanes.Broadcast(weights is null ? 1 : weights[c]);
                    ((TLanes.Load(x) * factor) - own).Store(x);
                }
            }

            float* result = Result.Floats + ((nint)first * n.Classes);
            ShortRows.TurnBack(Width, columns, result, n.Classes, rows);
            for (int row = 0; row < rows; row++, result += n.Classes)
            {
                int label = Labels.Ints[first + row];
                if (n.IsIgnored(label) || !n.IsClass(label))
                {
                    new Span<float>(result, n.Classes).Fill(n.IsIgnored(label) ? 0 : float.NaN);
                }
                else
                {
                    result[label] -= n.LabelShare * Upstream.Floats[first + row]
                        * (weights is null ? 1 : weights[label]);
                }
            }
        }

        // The sum of the classes' weights, where it is needed.
        private float TotalOf(float* weights)
        {
            float total = Numbers.Classes;
            if (weights is not null && Numbers.ClassShare > 0)
            {
                total = 0;
                for (int c = 0; c < Numbers.Classes; c++)
                {
                    total += weights[c];
                }
            }

            return total;
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
        b.ReserveWorkerScratch(ShortRows.Floats);
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
    // Of pixels, not of pictures. Fewer rows take no time either way, and lie as they are.
    private const int ManyRows = 4 * ShortRows.AtOnce;

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
        int classes = Numbers.Classes;
        if (Numbers.Rows >= ManyRows && classes < ShortRows.Limit && TLanes.Count > 1)
        {
            for (int row = from; row < to; row += ShortRows.AtOnce)
            {
                int rows = Math.Min(ShortRows.AtOnce, to - row);
                float* columns = ShortRows.Turn(
                    Width, Logits.Floats + ((nint)row * classes), classes, rows, worker);
                RunColumns<TLanes>(row, rows, columns, weights);
            }

            return;
        }

        for (int row = from; row < to; row++)
        {
            Run<TLanes>(
                row, Logits.Floats + ((nint)row * classes), Labels.Ints[row], weights);
        }
    }

    /// <summary>Does one row.</summary>
    protected abstract void Run<TLanes>(int row, float* logits, int label, float* weights)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>
    /// Does rows that are turned on their side (<see cref="ShortRows"/>), one a lane; what lanes past
    /// the last row hold is nobody's.
    /// </summary>
    protected abstract void RunColumns<TLanes>(
        int first, int rows, float* columns, float* weights)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>
    /// The largest score of each lane's row, and the sum of e^(score - largest); these go to powers
    /// unless it is null.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static (TLanes Largest, TLanes Sum) ExponentialsOfColumns<TLanes>(
        float* x, int count, float* powers)
        where TLanes : struct, ILanes<TLanes>
    {
        var largest = TLanes.Load(x);
        for (int c = 1; c < count; c++)
        {
            largest = TLanes.Max(largest, TLanes.Load(x + (c * ShortRows.AtOnce)));
        }

        var sum = TLanes.Broadcast(0f);
        for (int c = 0; c < count; c++)
        {
            var power = TLanes.Exp(TLanes.Load(x + (c * ShortRows.AtOnce)) - largest);
            sum += power;
            if (powers is not null)
            {
                power.Store(powers + (c * ShortRows.AtOnce));
            }
        }

        return (largest, sum);
    }

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
