using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>How gradients go through a step of a recurrent layer, with its kernels.</summary>
internal abstract class RecurrentAdjoint
{
    /// <summary>Number of gates.</summary>
    public abstract int Gates { get; }

    /// <summary>True where the last gate's sum over h stays apart.</summary>
    public abstract bool IsSplit { get; }

    /// <summary>True where the state has a c.</summary>
    public abstract bool HasCell { get; }

    /// <summary>True where the first gate scales h before the last gate's product.</summary>
    public abstract bool HasReset { get; }

    /// <summary>The GPU's kernel that computes c of every step anew.</summary>
    public abstract Delegate CellsKernel { get; }

    /// <summary>The GPU's kernel for a step.</summary>
    public abstract Delegate StepKernel { get; }

    /// <summary>The GPU's kernel for what follows in a step that has a reset.</summary>
    public abstract Delegate ResetKernel { get; }

    /// <summary>One that goes through steps of this type.</summary>
    public static RecurrentAdjoint Of<TAdjoint>()
        where TAdjoint : struct, IRecurrentAdjoint => new RecurrentAdjoint<TAdjoint>();

    /// <summary>All steps of some sequences of a direction, on the CPU.</summary>
    public abstract void Run<TLanes>(
        RecurrenceGradient r, int direction, int row, int rows, CpuWorker worker)
        where TLanes : struct, ILanes<TLanes>;
}

/// <inheritdoc/>
internal sealed unsafe class RecurrentAdjoint<TAdjoint> : RecurrentAdjoint
    where TAdjoint : struct, IRecurrentAdjoint
{
    public override int Gates => TAdjoint.Gates;

    public override bool IsSplit => TAdjoint.IsSplit;

    public override bool HasCell => TAdjoint.HasCell;

    public override bool HasReset => TAdjoint.HasReset;

    public override Delegate CellsKernel => RecurrentGradient.CellsKernel<TAdjoint>;

    public override Delegate StepKernel => RecurrentGradient.StepKernel<TAdjoint>;

    public override Delegate ResetKernel => RecurrentGradient.ResetKernel<TAdjoint>;

    public override void Run<TLanes>(
        RecurrenceGradient r, int direction, int row, int rows, CpuWorker worker)
    {
        int hidden = r.Op.Hidden;
        float* dHidden = worker.Scratch;
        float* dCell = dHidden + (RecurrenceGradient.MostRows * r.Padded);
        new Span<float>(dHidden, 2 * RecurrenceGradient.MostRows * r.Padded).Clear();
        for (int i = 0; i < rows; i++)
        {
            long state = (((long)direction * r.N) + row + i) * hidden;
            int bytes = hidden * sizeof(float);
            if (r.DLastHidden is not null)
            {
                Buffer.MemoryCopy(
                    r.DLastHidden.Floats + state, dHidden + (i * r.Padded), bytes, bytes);
            }

            if (r.DLastCell is not null)
            {
                Buffer.MemoryCopy(r.DLastCell.Floats + state, dCell + (i * r.Padded), bytes, bytes);
            }
        }

        for (int step = 0; TAdjoint.HasCell && step < r.Steps; step++)
        {
            for (int i = 0; i < rows; i++)
            {
                Cells<TLanes>(r, direction, step, row + i);
            }
        }

        var dShare = TAdjoint.IsSplit ? r.DHiddenShare! : r.DSums;
        int columns = TAdjoint.Gates * hidden;
        float* weights = r.Weights.Floats + ((long)direction * columns * r.Padded);
        for (int step = r.Steps - 1; step >= 0; step--)
        {
            for (int i = 0; i < rows; i++)
            {
                Step<TLanes>(
                    r, direction, step, row + i, dHidden + (i * r.Padded), dCell + (i * r.Padded));
            }

            float* gradients = dShare.Floats + (r.RowOf(direction, step, row) * columns);
            int gated = columns;
            if (TAdjoint.HasReset)
            {
                gated -= hidden;
                float* dScaled = dCell;
                new Span<float>(dScaled, RecurrenceGradient.MostRows * r.Padded).Clear();
                AddProducts<TLanes>(
                    gradients + gated, columns, hidden, weights + ((long)gated * r.Padded),
                    r.Padded, dScaled, rows);
                for (int i = 0; i < rows; i++)
                {
                    Reset<TLanes>(
                        r, direction, step, row + i, dScaled + (i * r.Padded),
                        dHidden + (i * r.Padded));
                }
            }

            AddProducts<TLanes>(gradients, columns, gated, weights, r.Padded, dHidden, rows);
        }

        for (int i = 0; i < rows; i++)
        {
            int state = ((direction * r.N) + row + i) * hidden;
            new Span<float>(dHidden + (i * r.Padded), hidden)
                .CopyTo(new Span<float>(r.DH0.Floats + state, hidden));
            if (r.DC0 is not null)
            {
                new Span<float>(dCell + (i * r.Padded), hidden)
                    .CopyTo(new Span<float>(r.DC0.Floats + state, hidden));
            }
        }
    }

    /// <summary>c of a step of one sequence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Cells<TLanes>(RecurrenceGradient r, int direction, int step, int n)
        where TLanes : struct, ILanes<TLanes>
    {
        int hidden = r.Op.Hidden;
        float* cells = r.Cells!.Floats + (r.RowOf(direction, step, n) * hidden);
        bool isBeyond = r.IsBeyond(direction, step, n);
        for (int unit = 0; unit < hidden; unit += TLanes.Count)
        {
            var point = PointOf<TLanes>(r, direction, step, n, unit);
            var cell = isBeyond ? point.CellBefore : TAdjoint.CellOf(point);
            cell.StoreWhere(TLanes.FirstLanes(hidden - unit), cells + unit);
        }
    }

    /// <summary>
    /// The gradients of a step's sums of one sequence; those of the state become those of the state
    /// before, but for what goes through the recurrent weights.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Step<TLanes>(
        RecurrenceGradient r, int direction, int step, int n, float* dHidden, float* dCell)
        where TLanes : struct, ILanes<TLanes>
    {
        int hidden = r.Op.Hidden;
        int columns = TAdjoint.Gates * hidden;
        long row = r.RowOf(direction, step, n);
        float* dSums = r.DSums.Floats + (row * columns);
        float* dShare = TAdjoint.IsSplit ? r.DHiddenShare!.Floats + (row * columns) : null;
        if (r.IsBeyond(direction, step, n))
        {
            // The state stays.
            new Span<float>(dSums, columns).Clear();
            if (TAdjoint.IsSplit)
            {
                new Span<float>(dShare, columns).Clear();
            }

            return;
        }

        long rowOfY = (((long)r.Time(direction, step) * r.N) + n) * r.Directions;
        float* dy = r.DAllHidden is null
            ? null
            : r.DAllHidden.Floats + ((rowOfY + direction) * hidden);
        for (int unit = 0; unit < hidden; unit += TLanes.Count)
        {
            var mask = TLanes.FirstLanes(hidden - unit);
            var point = PointOf<TLanes>(r, direction, step, n, unit);
            point.DHidden = TLanes.Load(dHidden + unit);
            if (dy is not null)
            {
                point.DHidden += TLanes.Load(dy + unit);
            }

            if (TAdjoint.HasCell)
            {
                point.DCell = TLanes.Load(dCell + unit);
                point.Cell = TLanes.Load(r.Cells!.Floats + (row * hidden) + unit);
            }

            var slope = TAdjoint.Of(point);
            Write(0, slope.Sum0, slope.Sum0);
            Write(1, slope.Sum1, slope.Sum1);
            Write(2, slope.Sum2, TAdjoint.IsSplit ? slope.Sum3 : slope.Sum2);
            Write(3, slope.Sum3, slope.Sum3);
            slope.HiddenBefore.Store(dHidden + unit);
            if (TAdjoint.HasCell)
            {
                slope.CellBefore.Store(dCell + unit);
            }

            void Write(int gate, TLanes sum, TLanes share)
            {
                if (gate < TAdjoint.Gates)
                {
                    sum.StoreWhere(mask, dSums + (gate * hidden) + unit);
                    if (TAdjoint.IsSplit)
                    {
                        share.StoreWhere(mask, dShare + (gate * hidden) + unit);
                    }
                }
            }
        }
    }

    /// <summary>
    /// The gradient of the reset gate's sum of one sequence, and what h of the step before has by
    /// it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Reset<TLanes>(
        RecurrenceGradient r, int direction, int step, int n, float* dScaled, float* dHidden)
        where TLanes : struct, ILanes<TLanes>
    {
        int hidden = r.Op.Hidden;
        float* dSums = r.DSums.Floats + (r.RowOf(direction, step, n) * TAdjoint.Gates * hidden);
        for (int unit = 0; unit < hidden && !r.IsBeyond(direction, step, n); unit += TLanes.Count)
        {
            var point = PointOf<TLanes>(r, direction, step, n, unit);
            var slope = TAdjoint.OfReset(point, TLanes.Load(dScaled + unit));
            slope.Sum0.StoreWhere(TLanes.FirstLanes(hidden - unit), dSums + unit);
            (TLanes.Load(dHidden + unit) + slope.HiddenBefore).Store(dHidden + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static RecurrentPoint<TLanes> PointOf<TLanes>(
        RecurrenceGradient r, int direction, int step, int n, int unit)
        where TLanes : struct, ILanes<TLanes>
    {
        int hidden = r.Op.Hidden;
        long row = r.RowOf(direction, step, n);
        long sums = (row * TAdjoint.Gates * hidden) + unit;
        float* x = r.InputShare.Floats + sums;
        float* h = r.HiddenShare.Floats + sums;
        int biasGates = TAdjoint.Gates + (TAdjoint.IsSplit ? 1 : 0);
        float* bias = r.Bias is null
            ? null
            : r.Bias.Floats + ((long)direction * biasGates * hidden) + unit;
        var point = new RecurrentPoint<TLanes>
        {
            Sum0 = Sum(0),
            Sum1 = Sum(1),
            Sum2 = Sum(2),
            Sum3 = Sum(3),
            High = TLanes.Broadcast(r.Op.Clip),
            HiddenBefore = r.HiddenBefore is null
                ? TLanes.Broadcast(0f)
                : TLanes.Load(r.HiddenBefore.Floats + (row * hidden) + unit),
            CellBefore = TLanes.Broadcast(0f),
            Peephole0 = Peephole(0),
            Peephole1 = Peephole(1),
            Peephole2 = Peephole(2),
        };
        if (TAdjoint.HasCell && step > 0)
        {
            long before = r.RowOf(direction, step - 1, n) * hidden;
            point.CellBefore = TLanes.Load(r.Cells!.Floats + before + unit);
        }
        else if (TAdjoint.HasCell && r.C0 is not null)
        {
            long state = (((long)direction * r.N) + n) * hidden;
            point.CellBefore = TLanes.Load(r.C0.Floats + state + unit);
        }

        return point;

        TLanes Sum(int gate)
        {
            if (gate >= biasGates)
            {
                return TLanes.Broadcast(0f);
            }

            bool isOfHidden = gate == TAdjoint.Gates;
            int at = (isOfHidden ? gate - 1 : gate) * hidden;
            var sum = isOfHidden ? TLanes.Load(h + at) : TLanes.Load(x + at);
            if (!TAdjoint.IsSplit || gate < TAdjoint.Gates - 1)
            {
                sum += TLanes.Load(h + at);
            }

            return bias is null ? sum : sum + TLanes.Load(bias + (gate * hidden));
        }

        TLanes Peephole(int gate) => r.Peepholes is null
            ? TLanes.Broadcast(0f)
            : TLanes.Load(r.Peepholes.Floats + (((direction * 3L) + gate) * hidden) + unit);
    }

    /// <summary>
    /// Adds what of a step's gradients goes through the recurrent weights, of some sequences.
    /// </summary>
    private static void AddProducts<TLanes>(
        float* gradients, int pitch, int columns, float* weights, int padded, float* sums, int rows)
        where TLanes : struct, ILanes<TLanes>
    {
        if (rows == RecurrenceGradient.MostRows)
        {
            AddProduct<TLanes, Number4>(gradients, pitch, columns, weights, padded, sums);
            return;
        }

        for (int i = 0; i < rows; i++)
        {
            AddProduct<TLanes, Number1>(
                gradients + ((long)i * pitch), pitch, columns, weights, padded,
                sums + (i * padded));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddProduct<TLanes, TRows>(
        float* gradients, int pitch, int columns, float* weights, int padded, float* sums)
        where TLanes : struct, ILanes<TLanes>
        where TRows : struct, INumber
    {
        for (int unit = 0; unit < padded; unit += 2 * TLanes.Count)
        {
            float* to = sums + unit;
            TLanes a0 = TLanes.Load(to), b0 = TLanes.Load(to + TLanes.Count);
            TLanes a1 = default, b1 = default, a2 = default, b2 = default;
            TLanes a3 = default, b3 = default;
            if (TRows.Value > 1)
            {
                a1 = TLanes.Load(to + padded);
                b1 = TLanes.Load(to + padded + TLanes.Count);
                a2 = TLanes.Load(to + (2 * padded));
                b2 = TLanes.Load(to + (2 * padded) + TLanes.Count);
                a3 = TLanes.Load(to + (3 * padded));
                b3 = TLanes.Load(to + (3 * padded) + TLanes.Count);
            }

            float* w = weights + unit;
            for (int k = 0; k < columns; k++, w += padded)
            {
                var wa = TLanes.Load(w);
                var wb = TLanes.Load(w + TLanes.Count);
                var g0 = TLanes.Broadcast(gradients[k]);
                a0 = TLanes.MultiplyAdd(g0, wa, a0);
                b0 = TLanes.MultiplyAdd(g0, wb, b0);
                if (TRows.Value > 1)
                {
                    var g1 = TLanes.Broadcast(gradients[pitch + k]);
                    a1 = TLanes.MultiplyAdd(g1, wa, a1);
                    b1 = TLanes.MultiplyAdd(g1, wb, b1);
                    var g2 = TLanes.Broadcast(gradients[(2 * pitch) + k]);
                    a2 = TLanes.MultiplyAdd(g2, wa, a2);
                    b2 = TLanes.MultiplyAdd(g2, wb, b2);
                    var g3 = TLanes.Broadcast(gradients[(3 * pitch) + k]);
                    a3 = TLanes.MultiplyAdd(g3, wa, a3);
                    b3 = TLanes.MultiplyAdd(g3, wb, b3);
                }
            }

            a0.Store(to);
            b0.Store(to + TLanes.Count);
            if (TRows.Value > 1)
            {
                a1.Store(to + padded);
                b1.Store(to + padded + TLanes.Count);
                a2.Store(to + (2 * padded));
                b2.Store(to + (2 * padded) + TLanes.Count);
                a3.Store(to + (3 * padded));
                b3.Store(to + (3 * padded) + TLanes.Count);
            }
        }
    }
}
