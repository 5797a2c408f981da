using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Lstm
{
    /// <summary>What the steps of a sequence share on the CPU.</summary>
    private sealed class Recurrence
    {
        public required Lstm Op { get; init; }

        public required int Steps { get; init; }

        public required int N { get; init; }

        public required int Features { get; init; }

        public required int RowsOfPiece { get; init; }

        public required int RowPieces { get; init; }

        public required int BlocksOfPiece { get; init; }

        public required int UnitPieces { get; init; }

        public required GatePacking Packing { get; init; }

        /// <summary>
        /// Bias and the inputs' share of the gates, [D, T, N, packed columns]; null where steps
        /// compute it.
        /// </summary>
        public required CpuTensor? Gates { get; init; }

        public required CpuTensor X { get; init; }

        /// <summary>Input weights; null where <see cref="Gates"/> are given.</summary>
        public required CpuTensor? W { get; init; }

        public required CpuTensor R { get; init; }

        /// <summary>
        /// Bias; null where <see cref="Gates"/> have it, and where there is none.
        /// </summary>
        public required CpuTensor? Bias { get; init; }

        public required CpuTensor? H0 { get; init; }

        public required CpuTensor? C0 { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor H { get; init; }

        public required CpuTensor C { get; init; }
    }

    /// <summary>
    /// Some steps of a layer: for a block of hidden units, the sums of all four gates are in
    /// registers, and so are the gates until the new state is written.
    /// </summary>
    private sealed unsafe class RecurrenceStep : VectorStep
    {
        /// <summary>Most sequences at a time: with four gates they make 16 sums.</summary>
        public const int MostRows = 4;

        public required Recurrence Recurrence { get; init; }

        public required int From { get; init; }

        public required int To { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var r = Recurrence;
            int firstBlock = piece % r.UnitPieces * r.BlocksOfPiece;
            int firstRow = piece / r.UnitPieces % r.RowPieces * r.RowsOfPiece;
            int direction = piece / (r.UnitPieces * r.RowPieces);
            int endBlock = Math.Min(firstBlock + r.BlocksOfPiece, r.Packing.Blocks);
            int endRow = Math.Min(firstRow + r.RowsOfPiece, r.N);

            // 16 registers hold the sums of two sequences, 32 those of four.
            int mostRows = TLanes.Count == 16 ? MostRows : MostRows / 2;
            for (int step = From; step < To; step++)
            {
                for (int block = firstBlock; block < endBlock; block++)
                {
                    for (int row = firstRow; row < endRow;)
                    {
                        int left = endRow - row;
                        if (left >= 4 && mostRows >= 4)
                        {
                            Advance<TLanes, Number4>(direction, step, row, block);
                            row += 4;
                        }
                        else if (left >= 2)
                        {
                            Advance<TLanes, Number2>(direction, step, row, block);
                            row += 2;
                        }
                        else
                        {
                            Advance<TLanes, Number1>(direction, step, row, block);
                            row++;
                        }
                    }
                }
            }
        }

        /// <summary>One step of a block of hidden units of a few sequences.</summary>
        private void Advance<TLanes, TRows>(int direction, int step, int row, int block)
            where TLanes : struct, ILanes<TLanes>
            where TRows : struct, INumber
        {
            var r = Recurrence;
            int hidden = r.Op.Hidden;
            int directions = r.Op.Directions;
            int columns = r.Packing.Columns;
            int first = block * TLanes.Count;
            bool isReversed = r.Op.IsReversed(direction);
            int time = isReversed ? r.Steps - 1 - step : step;
            long state = (((long)direction * r.N) + row) * hidden;
            long gates = ((((long)direction * r.Steps) + time) * r.N) + row;
            long rowOfY = ((((long)time * r.N) + row) * directions) + direction;
            float* y = r.Y.Floats + (rowOfY * hidden);
            long stepOfY = (long)r.N * directions * hidden;

            var cell = new Cells
            {
                Bias = r.Bias is null ? null : r.Bias.Floats + Block(1),
                Gates = r.Gates is null ? null : r.Gates.Floats + (gates * columns) + (4 * first),
                GatesStride = columns,
                X = r.X.Floats + ((((long)time * r.N) + row) * r.Features),
                XStride = r.Features,
                XDepth = r.W is null ? 0 : r.Features,
                W = r.W is null ? null : r.W.Floats + Block(r.Features),
                R = r.R.Floats + Block(hidden),
                CellBefore = step > 0 ? r.C.Floats + state + first
                    : r.C0 is null ? null
                    : r.C0.Floats + state + first,
                CellAfter = r.C.Floats + state + first,
                CellStride = hidden,
                Y = y + first,
                YStride = (long)directions * hidden,
                Last = step == r.Steps - 1 ? r.H.Floats + state + first : null,
                Units = Math.Min(TLanes.Count, hidden - first),
            };
            if (step > 0)
            {
                cell.Before = isReversed ? y + stepOfY : y - stepOfY;
                cell.BeforeStride = (long)directions * hidden;
                cell.BeforeDepth = hidden;
            }
            else if (r.H0 is not null)
            {
                cell.Before = r.H0.Floats + state;
                cell.BeforeStride = hidden;
                cell.BeforeDepth = hidden;
            }

            CellKernel<TLanes, TRows>.Run(&cell);

            // A block's weights: those of all rows of the blocks before it lie ahead.
            long Block(int rows) => (((long)direction * columns) + (4 * first)) * rows;
        }
    }

    /// <summary>
    /// A block of hidden units of a few sequences: what goes in, and where results go.
    /// </summary>
    private unsafe struct Cells
    {
        /// <summary>Four vectors, or null.</summary>
        public float* Bias;

        /// <summary>What sums begin with, four vectors a row, or null.</summary>
        public float* Gates;

        /// <summary>The inputs at this step.</summary>
        public float* X;

        /// <summary>h of the step before, all units.</summary>
        public float* Before;

        /// <summary>Weights, four vectors a term.</summary>
        public float* W, R;

        /// <summary>
        /// c of the step before, or null for zeros; c of this one; h of this one, and a copy or
        /// null.
        /// </summary>
        public float* CellBefore, CellAfter, Y, Last;

        /// <summary>
        /// Elements from a sequence to the next; <see cref="CellStride"/> is that of Last too.
        /// </summary>
        public long GatesStride, XStride, BeforeStride, CellStride, YStride;

        /// <summary>Terms of the sums over inputs and over hidden units.</summary>
        public int XDepth, BeforeDepth;

        /// <summary>Hidden units to write: fewer than a vector in the last block.</summary>
        public int Units;
    }

    /// <summary>
    /// The gates and the new state of a vector of hidden units of up to four sequences.
    /// </summary>
    private static unsafe class CellKernel<TLanes, TRows>
        where TLanes : struct, ILanes<TLanes>
        where TRows : struct, INumber
    {
        // Named locals stay in registers; those of rows that there are not fall away when the
        // method is compiled.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Run(Cells* cells)
        {
            TLanes i0 = Begin(cells, 0, 0), f0 = Begin(cells, 0, 1);
            TLanes g0 = Begin(cells, 0, 2), o0 = Begin(cells, 0, 3);
            TLanes i1 = Begin(cells, 1, 0), f1 = Begin(cells, 1, 1);
            TLanes g1 = Begin(cells, 1, 2), o1 = Begin(cells, 1, 3);
            TLanes i2 = Begin(cells, 2, 0), f2 = Begin(cells, 2, 1);
            TLanes g2 = Begin(cells, 2, 2), o2 = Begin(cells, 2, 3);
            TLanes i3 = Begin(cells, 3, 0), f3 = Begin(cells, 3, 1);
            TLanes g3 = Begin(cells, 3, 2), o3 = Begin(cells, 3, 3);
            for (int term = 0; term < 2; term++)
            {
                float* x = term == 0 ? cells->X : cells->Before;
                float* w = term == 0 ? cells->W : cells->R;
                long stride = term == 0 ? cells->XStride : cells->BeforeStride;
                for (int k = term == 0 ? cells->XDepth : cells->BeforeDepth; k > 0; k--)
                {
                    var wi = TLanes.Load(w);
                    var wf = TLanes.Load(w + TLanes.Count);
                    var wg = TLanes.Load(w + (2 * TLanes.Count));
                    var wo = TLanes.Load(w + (3 * TLanes.Count));
                    var x0 = TLanes.Broadcast(x[0]);
                    i0 = TLanes.MultiplyAdd(x0, wi, i0);
                    f0 = TLanes.MultiplyAdd(x0, wf, f0);
                    g0 = TLanes.MultiplyAdd(x0, wg, g0);
                    o0 = TLanes.MultiplyAdd(x0, wo, o0);
                    if (TRows.Value > 1)
                    {
                        var x1 = TLanes.Broadcast(x[stride]);
                        i1 = TLanes.MultiplyAdd(x1, wi, i1);
                        f1 = TLanes.MultiplyAdd(x1, wf, f1);
                        g1 = TLanes.MultiplyAdd(x1, wg, g1);
                        o1 = TLanes.MultiplyAdd(x1, wo, o1);
                    }

                    if (TRows.Value > 2)
                    {
                        var x2 = TLanes.Broadcast(x[2 * stride]);
                        i2 = TLanes.MultiplyAdd(x2, wi, i2);
                        f2 = TLanes.MultiplyAdd(x2, wf, f2);
                        g2 = TLanes.MultiplyAdd(x2, wg, g2);
                        o2 = TLanes.MultiplyAdd(x2, wo, o2);
                    }

                    if (TRows.Value > 3)
                    {
                        var x3 = TLanes.Broadcast(x[3 * stride]);
                        i3 = TLanes.MultiplyAdd(x3, wi, i3);
                        f3 = TLanes.MultiplyAdd(x3, wf, f3);
                        g3 = TLanes.MultiplyAdd(x3, wg, g3);
                        o3 = TLanes.MultiplyAdd(x3, wo, o3);
                    }

                    x++;
                    w += 4 * TLanes.Count;
                }
            }

            Finish(cells, 0, i0, f0, g0, o0);
            if (TRows.Value > 1)
            {
                Finish(cells, 1, i1, f1, g1, o1);
            }

            if (TRows.Value > 2)
            {
                Finish(cells, 2, i2, f2, g2, o2);
            }

            if (TRows.Value > 3)
            {
                Finish(cells, 3, i3, f3, g3, o3);
            }
        }

        /// <summary>
        /// What a gate's sum begins with: bias, or bias and the inputs' share where that is known.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLanes Begin(Cells* cells, int row, int gate)
        {
            if (row >= TRows.Value)
            {
                return default;
            }

            return cells->Gates is not null
                ? TLanes.Load(cells->Gates + (row * cells->GatesStride) + (gate * TLanes.Count))
                : cells->Bias is not null ? TLanes.Load(cells->Bias + (gate * TLanes.Count))
                : TLanes.Broadcast(0f);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Finish(Cells* cells, int row, TLanes i, TLanes f, TLanes g, TLanes o)
        {
            var before = cells->CellBefore is null
                ? TLanes.Broadcast(0f)
                : TLanes.Load(cells->CellBefore + (row * cells->CellStride));
            var c = TLanes.MultiplyAdd(
                Sigmoid.Apply(i, i, i), Tanh.Apply(g, g, g), Sigmoid.Apply(f, f, f) * before);
            var h = Sigmoid.Apply(o, o, o) * Tanh.Apply(c, c, c);
            Write(c, cells->CellAfter + (row * cells->CellStride), cells->Units);
            Write(h, cells->Y + (row * cells->YStride), cells->Units);
            if (cells->Last is not null)
            {
                Write(h, cells->Last + (row * cells->CellStride), cells->Units);
            }
        }

        // What follows the last unit is another sequence's, or another direction's.
        private static void Write(TLanes value, float* destination, int units)
        {
            if (units == TLanes.Count)
            {
                value.Store(destination);
                return;
            }

            float* lanes = stackalloc float[16];
            value.Store(lanes);
            new Span<float>(lanes, units).CopyTo(new Span<float>(destination, units));
        }
    }
}
