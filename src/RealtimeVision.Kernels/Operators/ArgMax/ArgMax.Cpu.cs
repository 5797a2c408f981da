using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record ArgMax : ICpuOperator
{
    private const int PieceElements = 32 * 1024;

    /// <summary>
    /// The index of the largest number of each of some lines side by side, one a lane. Lines are
    /// walked backwards for the last of equals: the first one met stays. Returns the first line
    /// that is left.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Columns<TLanes>(
        float* x, int* y, int length, long stride, int line, int lines, bool selectLast, float sign)
        where TLanes : struct, ILanes<TLanes>
    {
        float* indices = stackalloc float[16];
        for (; line <= lines - TLanes.Count; line += TLanes.Count)
        {
            BestOf<TLanes>(x + line, length, stride, selectLast, sign, out var index);
            index.Store(indices);
            for (int i = 0; i < TLanes.Count; i++)
            {
                y[line + i] = (int)indices[i];
            }
        }

        return line;
    }

    /// <summary>
    /// The index of the largest number of a row: as many lines as lanes, then the best of them and
    /// the rest.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Row<TLanes>(float* x, int length, bool selectLast, float sign)
        where TLanes : struct, ILanes<TLanes>
    {
        float* values = stackalloc float[16];
        float* indices = stackalloc float[16];
        int turns = length / TLanes.Count;
        BestOf<TLanes>(x, turns, TLanes.Count, selectLast, sign, out var index).Store(values);
        index.Store(indices);
        float best = float.NegativeInfinity;
        int at = selectLast ? length - 1 : 0;
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            Compare(values[lane], ((int)indices[lane] * TLanes.Count) + lane);
        }

        for (int i = turns * TLanes.Count; i < length; i++)
        {
            Compare(sign * x[i], i);
        }

        return at;

        void Compare(float value, int i)
        {
            if (value > best || (value == best && best > float.NegativeInfinity && (selectLast ? i > at : i < at)))
            {
                (best, at) = (value, i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes BestOf<TLanes>(
        float* x, int length, long stride, bool selectLast, float sign, out TLanes index)
        where TLanes : struct, ILanes<TLanes>
    {
        int first = selectLast ? length - 1 : 0;
        long step = selectLast ? -stride : stride;
        float* from = x + (first * stride);
        var best = TLanes.Broadcast(float.NegativeInfinity);
        var one = TLanes.Broadcast(selectLast ? -1f : 1f);
        var at = TLanes.Broadcast(first);
        var factor = TLanes.Broadcast(sign);
        index = at;
        for (int l = 0; l < length; l++)
        {
            var value = TLanes.Load(from) * factor;
            index = TLanes.SelectGreater(value, best, at, index);
            best = TLanes.SelectGreater(value, best, value, best);
            at += one;
            from += step;
        }

        return best;
    }

    /// <summary>Some of the lines.</summary>
    private sealed class LinesStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required AxisLines Lines { get; init; }

        public required bool SelectLast { get; init; }

        public required float Sign { get; init; }

        /// <summary>
        /// Lines of a piece; where Inner is not 1, neighbours of one outer index.
        /// </summary>
        public required int LinesAtOnce { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (outer, length, inner) = Lines;
            if (inner > 1)
            {
                int stripes = (inner + LinesAtOnce - 1) / LinesAtOnce;
                int o = piece / stripes;
                int line = (piece - (o * stripes)) * LinesAtOnce;
                int end = Math.Min(inner, line + LinesAtOnce);
                float* x = X.Floats + ((long)o * length * inner);
                int* y = Y.Ints + ((long)o * inner);
                line = Columns<TLanes>(x, y, length, inner, line, end, SelectLast, Sign);
                Columns<Lanes1>(x, y, length, inner, line, end, SelectLast, Sign);
                return;
            }

            int first = piece * LinesAtOnce;
            int last = Math.Min(outer, first + LinesAtOnce);
            if (length >= ShortRows.Limit || TLanes.Count == 1)
            {
                for (int row = first; row < last; row++)
                {
                    Y.Ints[row] = Row<TLanes>(
                        X.Floats + ((long)row * length), length, SelectLast, Sign);
                }

                return;
            }

            for (int row = first; row < last; row += ShortRows.AtOnce)
            {
                int rows = Math.Min(ShortRows.AtOnce, last - row);
                float* columns = ShortRows.Turn(
                    Width, X.Floats + ((long)row * length), length, rows, worker);
                int* y = Y.Ints + row;
                int line = Columns<TLanes>(
                    columns, y, length, ShortRows.AtOnce, 0, rows, SelectLast, Sign);
                Columns<Lanes1>(
                    columns, y, length, ShortRows.AtOnce, line, rows, SelectLast, Sign);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        b.ReserveWorkerScratch(ShortRows.Floats);
        var lines = AxisLines.Of(b.InputShape(0), Axis);
        int atOnce = Math.Max(1, PieceElements / lines.Length);
        if (lines.Inner > 1)
        {
            // Whole cache lines.
            atOnce = (atOnce + 15) / 16 * 16;
        }

        int pieces = lines.Inner > 1
            ? checked(lines.Outer * ((lines.Inner + atOnce - 1) / atOnce))
            : (lines.Outer + atOnce - 1) / atOnce;
        b.Add(new LinesStep
        {
            Label = "ArgMax", Pieces = pieces, X = b.Input(0), Y = b.Output(), Lines = lines, Width = b.Width,
            SelectLast = SelectLast, Sign = SignOfBest, LinesAtOnce = atOnce,
        });
    }
}
