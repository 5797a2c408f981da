using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Softmax : ICpuOperator
{
    private const int PieceElements = 16 * 1024;

    /// <summary>Some of the lines.</summary>
    private sealed class LinesStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required AxisLines Lines { get; init; }

        public required bool IsLog { get; init; }

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
                long at = (long)o * length * inner;
                line = SoftmaxLoops.Columns<TLanes>(X.Floats + at, Y.Floats + at, length, inner, line, end, IsLog);
                SoftmaxLoops.Columns<Lanes1>(X.Floats + at, Y.Floats + at, length, inner, line, end, IsLog);
                return;
            }

            int first = piece * LinesAtOnce;
            int last = Math.Min(outer, first + LinesAtOnce);
            if (length >= ShortRows.Limit || TLanes.Count == 1)
            {
                for (int row = first; row < last; row++)
                {
                    long at = (long)row * length;
                    SoftmaxLoops.Row<TLanes>(X.Floats + at, Y.Floats + at, length, IsLog);
                }

                return;
            }

            for (int row = first; row < last; row += ShortRows.AtOnce)
            {
                int rows = Math.Min(ShortRows.AtOnce, last - row);
                long at = (long)row * length;
                float* columns = ShortRows.Turn(Width, X.Floats + at, length, rows, worker);

                // Whole vectors: what lanes past the last row hold is nobody's.
                int padded = (rows + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
                SoftmaxLoops.Columns<TLanes>(
                    columns, columns, length, ShortRows.AtOnce, 0, padded, IsLog);
                ShortRows.TurnBack(Width, columns, Y.Floats + at, length, rows);
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
        var lines = AxisLines.Of(b.OutputShape(), Axis);
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
            Label = "Softmax", Pieces = pieces, X = b.Input(0), Y = b.Output(), Lines = lines, Width = b.Width,
            IsLog = IsLog, LinesAtOnce = atOnce,
        });
    }
}
