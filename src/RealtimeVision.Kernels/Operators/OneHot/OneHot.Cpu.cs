using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record OneHot : ICpuOperator
{
    private const int PieceElements = 32 * 1024;

    // Lines are given to pieces by whole cache lines.
    private const int LineElements = 16;

    /// <summary>Some lines: filled, then one place of each set.</summary>
    private sealed class LinesStep<TIndex, TElement, T> : CpuStep
        where TIndex : unmanaged
        where TElement : struct, IIndexElement<TIndex>
        where T : unmanaged
    {
        public required CpuTensor IndexTensor { get; init; }

        public required CpuTensor Values { get; init; }

        public required CpuTensor Y { get; init; }

        public required AxisLines Lines { get; init; }

        public required int LinesAtOnce { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (_, depth, inner) = Lines;
            var (off, on) = (((T*)Values.Bytes)[0], ((T*)Values.Bytes)[1]);
            long line = (long)piece * LinesAtOnce;
            long end = Math.Min(line + LinesAtOnce, Lines.Count);
            while (line < end)
            {
                long outer = line / inner;
                int column = (int)(line - (outer * inner));
                int run = (int)Math.Min(inner - column, end - line);
                T* y = (T*)Y.Bytes + (outer * depth * inner) + column;
                if (run == inner)
                {
                    new Span<T>(y, depth * inner).Fill(off);
                }
                else
                {
                    for (int d = 0; d < depth; d++)
                    {
                        new Span<T>(y + ((long)d * inner), run).Fill(off);
                    }
                }

                for (int i = 0; i < run; i++)
                {
                    int index = IndexedRows.FromEnd(TElement.Of(((TIndex*)IndexTensor.Bytes)[line + i]), depth);
                    if ((uint)index < (uint)depth)
                    {
                        y[((long)index * inner) + i] = on;
                    }
                }

                line += run;
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        b.Add(b.InputType(1).Element.Size() == 4 ? StepOf<int>(b) : StepOf<byte>(b));
    }

    private CpuStep StepOf<T>(CpuBindings b)
        where T : unmanaged => b.InputType(0).Element switch
        {
            ElementType.Float32 => StepOf<float, FloatIndex, T>(b),
            ElementType.Int32 => StepOf<int, IntIndex, T>(b),
            _ => StepOf<byte, ByteIndex, T>(b),
        };

    private LinesStep<TIndex, TElement, T> StepOf<TIndex, TElement, T>(CpuBindings b)
        where TIndex : unmanaged
        where TElement : struct, IIndexElement<TIndex>
        where T : unmanaged
    {
        var lines = AxisLines.Of(b.OutputShape(), AxisOf(b.InputShape(0)));
        int atOnce = Math.Max(1, PieceElements / lines.Length);
        atOnce = (atOnce + LineElements - 1) / LineElements * LineElements;
        return new LinesStep<TIndex, TElement, T>
        {
            Label = Name, Pieces = (lines.Count + atOnce - 1) / atOnce, IndexTensor = b.Input(0), Values = b.Input(1),
            Y = b.Output(), Lines = lines, LinesAtOnce = atOnce,
        };
    }
}
