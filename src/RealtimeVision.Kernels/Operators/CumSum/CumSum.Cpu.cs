using System.Numerics;
using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record CumSum : ICpuOperator
{
    private const int PieceElements = 32 * 1024;

    // Lines are given to pieces by whole cache lines.
    private const int LineElements = 16;

    /// <summary>Some lines, those of one outer index side by side.</summary>
    private sealed class LinesStep<T> : CpuStep
        where T : unmanaged, IAdditionOperators<T, T, T>
    {
        public required CumSum Operator { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required AxisLines Lines { get; init; }

        public required int LinesAtOnce { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (_, length, inner) = Lines;
            long line = (long)piece * LinesAtOnce;
            long end = Math.Min(line + LinesAtOnce, Lines.Count);
            while (line < end)
            {
                long outer = line / inner;
                long first = (outer * length * inner) + (line - (outer * inner));
                int run = (int)Math.Min((outer + 1) * inner, end) - (int)line;
                long start = Operator.IsReversed ? (long)(length - 1) * inner : 0;
                long step = Operator.IsReversed ? -inner : inner;
                Sum((T*)X.Bytes + first + start, (T*)Y.Bytes + first + start, length, step, run);
                line += run;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Sum(T* x, T* y, int length, long step, int lines)
        {
            // Each row is the one before it and a row of x: its own, or the one before.
            T* added = Operator.IsExclusive ? x : x + step;
            for (int i = 0; i < lines; i++)
            {
                y[i] = Operator.IsExclusive ? default : x[i];
            }

            for (int l = 1; l < length; l++)
            {
                T* next = y + step;
                int line = 0;
                for (; line <= lines - Vector<T>.Count; line += Vector<T>.Count)
                {
                    (Vector.Load(y + line) + Vector.Load(added + line)).Store(next + line);
                }

                for (; line < lines; line++)
                {
                    next[line] = y[line] + added[line];
                }

                y = next;
                added += step;
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        var lines = AxisLines.Of(b.InputShape(0), Axis);
        int atOnce = Math.Max(1, PieceElements / lines.Length);
        atOnce = (atOnce + LineElements - 1) / LineElements * LineElements;
        int pieces = (lines.Count + atOnce - 1) / atOnce;
        b.Add(b.InputType(0).Element == ElementType.Float32
            ? new LinesStep<float>
            {
                Label = Name, Pieces = pieces, Operator = this, X = b.Input(0), Y = b.Output(), Lines = lines,
                LinesAtOnce = atOnce,
            }
            : new LinesStep<int>
            {
                Label = Name, Pieces = pieces, Operator = this, X = b.Input(0), Y = b.Output(), Lines = lines,
                LinesAtOnce = atOnce,
            });
    }
}
