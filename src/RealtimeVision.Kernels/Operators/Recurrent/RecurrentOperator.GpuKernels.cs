using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record RecurrentOperator
{
    /// <summary>
    /// One step of 32 hidden units of a sequence: 8 threads a unit share its sums, which are added
    /// in shared memory, in order.
    /// </summary>
    [HotKernel]
    internal static void StepKernel<TCell>(
        Geometry g,
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c,
        ArrayView<float> reset,
        int step)
        where TCell : struct, IRecurrentCell
    {
        var parts = SharedMemory.Allocate<float>(4 * GroupSize);
        int slices = GroupSize / StepUnits;
        int blocks = (g.H + StepUnits - 1) / StepUnits;
        int unit = (Grid.IdxX % blocks * StepUnits) + (Group.IdxX % StepUnits);
        int slice = Group.IdxX / StepUnits;
        int sequence = Grid.IdxX / blocks;
        int n = sequence % g.N;
        int direction = sequence / g.N;
        int state = ((direction * g.N) + n) * g.H;

        int length = g.LengthOf(lengths, n);
        int first = g.FirstStep(direction, length);
        bool isBeyond = step < first || step >= first + length;
        bool isFirst = step == first;
        int before = isFirst ? state : g.RowOfY(direction, step - 1, n);
        bool hasState = !isFirst || g.HasHidden != 0;

        float s0 = 0f, s1 = 0f, s2 = 0f, s3 = 0f;
        int depth = unit < g.H && hasState && !isBeyond ? g.H : 0;
        int columns = g.Gates * g.H;
        int weights = (direction * g.H * columns) + (g.FirstGate * g.H) + unit;
        for (int k = slice; k < depth; k += slices)
        {
            float hidden = TCell.Role == RecurrentRole.Candidate
                ? reset[state + k]
                : isFirst ? h0[before + k] : y[before + k];
            int at = weights + (k * columns);
            s0 += hidden * r[at];
            if (TCell.Gates > 1)
            {
                s1 += hidden * r[at + g.H];
            }

            if (TCell.Gates > 2)
            {
                s2 += hidden * r[at + (2 * g.H)];
            }

            if (TCell.Gates > 3)
            {
                s3 += hidden * r[at + (3 * g.H)];
            }
        }

        parts[Group.IdxX] = s0;
        if (TCell.Gates > 1)
        {
            parts[GroupSize + Group.IdxX] = s1;
        }

        if (TCell.Gates > 2)
        {
            parts[(2 * GroupSize) + Group.IdxX] = s2;
        }

        if (TCell.Gates > 3)
        {
            parts[(3 * GroupSize) + Group.IdxX] = s3;
        }

        Group.Barrier();
        if (slice > 0 || unit >= g.H)
        {
            return;
        }

        if (isBeyond)
        {
            if (TCell.Role != RecurrentRole.Reset)
            {
                y[g.RowOfY(direction, step, n) + unit] = 0f;
                if (length == 0 && step == 0)
                {
                    float state0 = 0f;
                    if (g.HasHidden != 0)
                    {
                        state0 = h0[state + unit];
                    }

                    h[state + unit] = state0;
                    float cell0 = 0f;
                    if (g.HasCell != 0)
                    {
                        cell0 = c0[state + unit];
                    }

                    c[state + unit] = cell0;
                }
            }

            return;
        }

        for (int s = 1; s < slices; s++)
        {
            int part = (s * StepUnits) + Group.IdxX;
            s0 += parts[part];
            if (TCell.Gates > 1)
            {
                s1 += parts[GroupSize + part];
            }

            if (TCell.Gates > 2)
            {
                s2 += parts[(2 * GroupSize) + part];
            }

            if (TCell.Gates > 3)
            {
                s3 += parts[(3 * GroupSize) + part];
            }
        }

        // The inputs' share; that of a split gate stays apart.
        int gate = g.RowOfGates(direction, step, n) + unit;
        int b = g.RowOfBias(direction) + unit;
        var sums = default(RecurrentSums<Lanes1>);
        sums.Sum0 = new Lanes1(s0 + Share(gates, bias, gate, b, g));
        if (TCell.Gates > 1)
        {
            sums.Sum1 = new Lanes1(s1 + Share(gates, bias, gate + g.H, b + g.H, g));
        }

        if (TCell.Gates > 2)
        {
            float share = Share(gates, bias, gate + (2 * g.H), b + (2 * g.H), g);
            sums.Sum2 = new Lanes1(TCell.IsSplit ? share : s2 + share);
        }

        if (TCell.Gates > 3)
        {
            sums.Sum3 = new Lanes1(s3 + Share(gates, bias, gate + (3 * g.H), b + (3 * g.H), g));
        }

        if (TCell.IsSplit)
        {
            float shift = 0f;
            if (g.HasBias != 0)
            {
                shift = bias[b + (3 * g.H)];
            }

            sums.Sum3 = new Lanes1(s2 + shift);
        }

        float own = 0f;
        if (hasState)
        {
            own = isFirst ? h0[before + unit] : y[before + unit];
        }

        float cell = 0f;
        if (!isFirst || TCell.Role == RecurrentRole.Candidate)
        {
            cell = c[state + unit];
        }
        else if (g.HasCell != 0)
        {
            cell = c0[state + unit];
        }

        var next = Next<TCell>(sums, own, cell, peepholes, (direction * 3 * g.H) + unit, g);
        if (TCell.Role != RecurrentRole.Candidate)
        {
            c[state + unit] = next.Cell.Value;
        }

        if (TCell.Role == RecurrentRole.Reset)
        {
            reset[state + unit] = next.Hidden.Value;
            return;
        }

        y[g.RowOfY(direction, step, n) + unit] = next.Hidden.Value;
        if (step == first + length - 1)
        {
            h[state + unit] = next.Hidden.Value;
        }
    }

    /// <summary>
    /// All steps of one sequence and direction: h in shared memory, c in the registers of the
    /// thread that owns the unit.
    /// </summary>
    [HotKernel]
    internal static void PersistentKernel<TCell>(
        Geometry g,
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c)
        where TCell : struct, IRecurrentCell
    {
        var hidden = SharedMemory.Allocate<float>(MostPersistentUnits);
        var sums = SharedMemory.Allocate<float>(4 * MostPersistentUnits);
        int unit = Group.IdxX;
        int n = Grid.IdxX % g.N;
        int direction = Grid.IdxX / g.N;
        int state = (((direction * g.N) + n) * g.H) + unit;
        int columns = TCell.Gates * g.H;
        int weights = direction * g.H * columns;
        int shifts = g.RowOfBias(direction);
        float cell = 0f;
        if (unit < g.H)
        {
            hidden[unit] = 0f;
            if (g.HasHidden != 0)
            {
                hidden[unit] = h0[state];
            }

            if (g.HasCell != 0)
            {
                cell = c0[state];
            }
        }

        int length = g.LengthOf(lengths, n);
        int first = g.FirstStep(direction, length);
        Group.Barrier();
        for (int step = 0; step < g.Steps; step++)
        {
            // Barriers stand where all threads meet them, in steps beyond the end too.
            bool isBeyond = step < first || step >= first + length;
            int gate = g.RowOfGates(direction, step, n);
            int end = isBeyond ? 0 : columns;
            for (int column = Group.IdxX; column < end; column += GroupSize)
            {
                // The inputs' share of a split gate comes later, in its place its bias over h.
                bool isApart = TCell.IsSplit && column >= columns - g.H;
                float sum = 0f;
                if (!isApart)
                {
                    sum = gates[gate + column];
                }

                if (g.HasBias != 0)
                {
                    sum += bias[shifts + column + (isApart ? g.H : 0)];
                }

                for (int k = 0; k < g.H; k++)
                {
                    sum += hidden[k] * r[weights + (k * columns) + column];
                }

                sums[column] = sum;
            }

            Group.Barrier();
            if (unit < g.H && isBeyond)
            {
                y[g.RowOfY(direction, step, n) + unit] = 0f;
            }
            else if (unit < g.H)
            {
                var all = default(RecurrentSums<Lanes1>);
                all.Sum0 = new Lanes1(sums[unit]);
                if (TCell.Gates > 1)
                {
                    all.Sum1 = new Lanes1(sums[g.H + unit]);
                }

                if (TCell.Gates > 2)
                {
                    all.Sum2 = new Lanes1(sums[(2 * g.H) + unit]);
                }

                if (TCell.Gates > 3)
                {
                    all.Sum3 = new Lanes1(sums[(3 * g.H) + unit]);
                }

                if (TCell.IsSplit)
                {
                    int last = (2 * g.H) + unit;
                    all.Sum3 = all.Sum2;
                    all.Sum2 = new Lanes1(Share(gates, bias, gate + last, shifts + last, g));
                }

                var next = Next<TCell>(
                    all, hidden[unit], cell, peepholes, (direction * 3 * g.H) + unit, g);
                cell = next.Cell.Value;
                hidden[unit] = next.Hidden.Value;
                y[g.RowOfY(direction, step, n) + unit] = next.Hidden.Value;
            }

            Group.Barrier();
        }

        if (unit < g.H)
        {
            h[state] = hidden[unit];
            c[state] = cell;
        }
    }

    /// <summary>The inputs' share of a gate, with its bias.</summary>
    private static float Share(
        ArrayView<float> gates, ArrayView<float> bias, int gate, int shift, Geometry g)
    {
        float sum = gates[gate];
        if (g.HasBias != 0)
        {
            sum += bias[shift];
        }

        return sum;
    }

    private static RecurrentState<Lanes1> Next<TCell>(
        RecurrentSums<Lanes1> sums, float hidden, float cell, ArrayView<float> peepholes,
        int peephole, Geometry g)
        where TCell : struct, IRecurrentCell
    {
        sums.Hidden = new Lanes1(hidden);
        sums.Cell = new Lanes1(cell);
        sums.Low = new Lanes1(-g.Clip);
        sums.High = new Lanes1(g.Clip);
        if (g.HasPeepholes != 0)
        {
            sums.Peephole0 = new Lanes1(peepholes[peephole]);
            sums.Peephole1 = new Lanes1(peepholes[peephole + g.H]);
            sums.Peephole2 = new Lanes1(peepholes[peephole + (2 * g.H)]);
        }

        return TCell.Next(sums);
    }
}
