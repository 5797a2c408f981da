using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record TopK : ICpuOperator
{
    private const int PieceElements = 16 * 1024;

    /// <summary>Some lines; the best of each so far are a heap, the worst of them on top.</summary>
    private sealed class LinesStep<T, TKey> : CpuStep
        where T : unmanaged
        where TKey : struct, ISortKey<T>
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Indices { get; init; }

        public required AxisLines Lines { get; init; }

        public required int Count { get; init; }

        public required int LinesAtOnce { get; init; }

        /// <summary>All bits where the smallest are wanted, else none.</summary>
        public required int Flip { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (_, length, inner) = Lines;
            int first = piece * LinesAtOnce;
            int last = (int)Math.Min((long)first + LinesAtOnce, Lines.Count);
            for (int line = first; line < last; line++)
            {
                int outer = line / inner;
                int column = line - (outer * inner);
                T* x = (T*)X.Bytes + ((long)outer * length * inner) + column;
                long* best = (long*)worker.Scratch;
                Select(x, length, inner, best);
                new Span<long>(best, Count).Sort();
                long to = ((long)outer * Count * inner) + column;
                for (int k = Count - 1; k >= 0; k--)
                {
                    int index = (int)~best[k];
                    ((T*)Y.Bytes)[to] = x[(long)index * inner];
                    Indices.Ints[to] = index;
                    to += inner;
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Select(T* x, int length, int stride, long* best)
        {
            int count = Count;
            for (int l = 0; l < count; l++)
            {
                best[l] = Entry(x[(long)l * stride], l);
            }

            for (int top = (count / 2) - 1; top >= 0; top--)
            {
                Sink(best, count, top);
            }

            for (int l = count; l < length; l++)
            {
                long entry = Entry(x[(long)l * stride], l);
                if (entry > best[0])
                {
                    best[0] = entry;
                    Sink(best, count, 0);
                }
            }
        }

        // Key above, index below: of equals the lower index is the larger entry.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private long Entry(T value, int index) => ((long)(TKey.Of(value) ^ Flip) << 32) | (uint)~index;

        private static void Sink(long* heap, int count, int at)
        {
            long entry = heap[at];
            for (int child = (2 * at) + 1; child < count; child = (2 * at) + 1)
            {
                if (child + 1 < count && heap[child + 1] < heap[child])
                {
                    child++;
                }

                if (heap[child] >= entry)
                {
                    break;
                }

                heap[at] = heap[child];
                at = child;
            }

            heap[at] = entry;
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        b.ReserveWorkerScratch(2L * Count);
        b.Add(b.InputType(0).Element switch
        {
            ElementType.Float32 => StepOf<float, FloatKey>(b),
            ElementType.Int32 => StepOf<int, IntKey>(b),
            _ => StepOf<byte, ByteKey>(b),
        });
    }

    private CpuStep StepOf<T, TKey>(CpuBindings b)
        where T : unmanaged
        where TKey : struct, ISortKey<T>
    {
        var lines = AxisLines.Of(b.InputShape(0), Axis);
        int atOnce = Math.Max(1, PieceElements / lines.Length);
        return new LinesStep<T, TKey>
        {
            Label = Name, Pieces = (lines.Count + atOnce - 1) / atOnce, X = b.Input(0), Y = b.Output(0),
            Indices = b.Output(1), Lines = lines, Count = Count, LinesAtOnce = atOnce, Flip = Largest ? 0 : -1,
        };
    }
}
