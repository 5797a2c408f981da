using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record RecurrentGradient
{
    /// <summary>c of every step, one thread a unit of a sequence.</summary>
    internal static void CellsKernel<TAdjoint>(
        Geometry g,
        ArrayView<float> inputShare,
        ArrayView<float> hiddenShare,
        ArrayView<float> bias,
        ArrayView<float> c0,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> cells)
        where TAdjoint : struct, IRecurrentAdjoint
    {
        int state = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (state >= g.Directions * g.N * g.H)
        {
            return;
        }

        int unit = state % g.H;
        int n = state / g.H % g.N;
        int direction = state / (g.H * g.N);
        float cell = 0f;
        if (g.HasCell != 0)
        {
            cell = c0[state];
        }

        for (int step = 0; step < g.Steps; step++)
        {
            int row = g.RowOf(direction, step, n);
            var point = PointOf<TAdjoint>(
                inputShare, hiddenShare, bias, peepholes, row, direction, unit, g);
            point.CellBefore = new Lanes1(cell);
            if (!g.IsBeyond(lengths, direction, step, n))
            {
                cell = TAdjoint.CellOf(point).Value;
            }

            cells[(row * g.H) + unit] = cell;
        }
    }

    /// <summary>
    /// One step back of 8 hidden units of a sequence: 32 threads a unit share the sum of what comes
    /// through the recurrent weights from the step after, and the first of them does the rest. With
    /// step -1 only the gradient of the initial h is left to do.
    /// </summary>
    [HotKernel]
    internal static void StepKernel<TAdjoint>(
        Geometry g,
        ArrayView<float> inputShare,
        ArrayView<float> hiddenShare,
        ArrayView<float> r,
        ArrayView<float> hiddenBefore,
        ArrayView<float> bias,
        ArrayView<float> c0,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> cells,
        ArrayView<float> dAllHidden,
        ArrayView<float> dLastHidden,
        ArrayView<float> dLastCell,
        ArrayView<float> dSums,
        ArrayView<float> dShare,
        ArrayView<float> dHidden,
        ArrayView<float> dCell,
        int step)
        where TAdjoint : struct, IRecurrentAdjoint
    {
        var parts = SharedMemory.Allocate<float>(GroupSize);
        int blocks = (g.H + Units - 1) / Units;
        int unit = (Grid.IdxX % blocks * Units) + (Group.IdxX / Slices);
        int slice = Group.IdxX % Slices;
        int n = Grid.IdxX / blocks % g.N;
        int direction = Grid.IdxX / blocks / g.N;
        int state = (((direction * g.N) + n) * g.H) + unit;
        bool isLast = step == g.Steps - 1;
        float sum = 0f;
        if (!isLast && unit < g.H)
        {
            int gradients = g.RowOf(direction, step + 1, n) * g.Columns;
            int weights = ((direction * g.H) + unit) * g.Columns;
            for (int k = slice; k < g.Gated; k += Slices)
            {
                sum += dShare[gradients + k] * r[weights + k];
            }
        }

        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (slice > 0 || unit >= g.H)
        {
            return;
        }

        for (int s = 1; s < Slices; s++)
        {
            sum += parts[Group.IdxX + s];
        }

        float gradient = sum;
        float gradientOfCell = 0f;
        if (!isLast)
        {
            gradient += dHidden[state];
            if (TAdjoint.HasCell)
            {
                gradientOfCell = dCell[state];
            }
        }
        else
        {
            if (g.HasLastHidden != 0)
            {
                gradient += dLastHidden[state];
            }

            if (g.HasLastCell != 0)
            {
                gradientOfCell = dLastCell[state];
            }
        }

        if (step < 0)
        {
            dHidden[state] = gradient;
            return;
        }

        int to = (g.RowOf(direction, step, n) * g.Columns) + unit;
        if (g.IsBeyond(lengths, direction, step, n))
        {
            // The state stays.
            for (int gate = 0; gate < TAdjoint.Gates; gate++)
            {
                dSums[to + (gate * g.H)] = 0f;
                dShare[to + (gate * g.H)] = 0f;
            }

            dHidden[state] = gradient;
            if (TAdjoint.HasCell)
            {
                dCell[state] = gradientOfCell;
            }

            return;
        }

        if (g.HasAllHidden != 0)
        {
            int rowOfY = (((g.Time(direction, step) * g.N) + n) * g.Directions) + direction;
            gradient += dAllHidden[(rowOfY * g.H) + unit];
        }

        int row = g.RowOf(direction, step, n);
        var point = PointOf<TAdjoint>(
            inputShare, hiddenShare, bias, peepholes, row, direction, unit, g);
        point.DHidden = new Lanes1(gradient);
        if (TAdjoint.IsSplit || TAdjoint.HasReset)
        {
            point.HiddenBefore = new Lanes1(hiddenBefore[(row * g.H) + unit]);
        }

        if (TAdjoint.HasCell)
        {
            point.DCell = new Lanes1(gradientOfCell);
            point.Cell = new Lanes1(cells[(row * g.H) + unit]);
            float before = 0f;
            if (step > 0)
            {
                before = cells[(g.RowOf(direction, step - 1, n) * g.H) + unit];
            }
            else if (g.HasCell != 0)
            {
                before = c0[state];
            }

            point.CellBefore = new Lanes1(before);
        }

        var slope = TAdjoint.Of(point);
        dSums[to] = slope.Sum0.Value;
        if (TAdjoint.Gates > 1)
        {
            dSums[to + g.H] = slope.Sum1.Value;
        }

        if (TAdjoint.Gates > 2)
        {
            dSums[to + (2 * g.H)] = slope.Sum2.Value;
        }

        if (TAdjoint.Gates > 3)
        {
            dSums[to + (3 * g.H)] = slope.Sum3.Value;
        }

        if (TAdjoint.IsSplit)
        {
            dShare[to] = slope.Sum0.Value;
            dShare[to + g.H] = slope.Sum1.Value;
            dShare[to + (2 * g.H)] = slope.Sum3.Value;
        }

        dHidden[state] = slope.HiddenBefore.Value;
        if (TAdjoint.HasCell)
        {
            dCell[state] = slope.CellBefore.Value;
        }
    }

    /// <summary>
    /// What follows in a step back of 8 hidden units of a sequence, where the reset gate scales h:
    /// threads share the sum of what comes through the last gate's weights.
    /// </summary>
    [HotKernel]
    internal static void ResetKernel<TAdjoint>(
        Geometry g,
        ArrayView<float> inputShare,
        ArrayView<float> hiddenShare,
        ArrayView<float> r,
        ArrayView<float> hiddenBefore,
        ArrayView<float> bias,
        ArrayView<int> lengths,
        ArrayView<float> dSums,
        ArrayView<float> dHidden,
        int step)
        where TAdjoint : struct, IRecurrentAdjoint
    {
        var parts = SharedMemory.Allocate<float>(GroupSize);
        int blocks = (g.H + Units - 1) / Units;
        int unit = (Grid.IdxX % blocks * Units) + (Group.IdxX / Slices);
        int slice = Group.IdxX % Slices;
        int n = Grid.IdxX / blocks % g.N;
        int direction = Grid.IdxX / blocks / g.N;
        int row = g.RowOf(direction, step, n);
        float sum = 0f;
        if (unit < g.H)
        {
            int gradients = (row * g.Columns) + g.Gated;
            int weights = (((direction * g.H) + unit) * g.Columns) + g.Gated;
            for (int k = slice; k < g.H; k += Slices)
            {
                sum += dSums[gradients + k] * r[weights + k];
            }
        }

        parts[Group.IdxX] = sum;
        Group.Barrier();
        if (slice > 0 || unit >= g.H || g.IsBeyond(lengths, direction, step, n))
        {
            return;
        }

        for (int s = 1; s < Slices; s++)
        {
            sum += parts[Group.IdxX + s];
        }

        var point = PointOf<TAdjoint>(
            inputShare, hiddenShare, bias, bias, row, direction, unit, g);
        point.HiddenBefore = new Lanes1(hiddenBefore[(row * g.H) + unit]);
        var slope = TAdjoint.OfReset(point, new Lanes1(sum));
        dSums[(row * g.Columns) + unit] = slope.Sum0.Value;
        dHidden[(((direction * g.N) + n) * g.H) + unit] += slope.HiddenBefore.Value;
    }

    private static RecurrentPoint<Lanes1> PointOf<TAdjoint>(
        ArrayView<float> inputShare,
        ArrayView<float> hiddenShare,
        ArrayView<float> bias,
        ArrayView<float> peepholes,
        int row,
        int direction,
        int unit,
        Geometry g)
        where TAdjoint : struct, IRecurrentAdjoint
    {
        int at = (row * g.Columns) + unit;
        int shift = (direction * (g.Columns + (TAdjoint.IsSplit ? g.H : 0))) + unit;
        var point = default(RecurrentPoint<Lanes1>);
        point.High = new Lanes1(g.Clip);
        point.Sum0 = Sum(inputShare[at] + hiddenShare[at], bias, shift, g);
        if (TAdjoint.Gates > 1)
        {
            int next = at + g.H;
            point.Sum1 = Sum(inputShare[next] + hiddenShare[next], bias, shift + g.H, g);
        }

        if (TAdjoint.Gates > 2)
        {
            int next = at + (2 * g.H);
            int nextShift = shift + (2 * g.H);
            float share = inputShare[next];
            float hidden = hiddenShare[next];
            point.Sum2 = Sum(TAdjoint.IsSplit ? share : share + hidden, bias, nextShift, g);
            if (TAdjoint.IsSplit)
            {
                point.Sum3 = Sum(hidden, bias, nextShift + g.H, g);
            }
        }

        if (TAdjoint.Gates > 3)
        {
            int next = at + (3 * g.H);
            point.Sum3 = Sum(inputShare[next] + hiddenShare[next], bias, shift + (3 * g.H), g);
        }

        if (g.HasPeepholes != 0)
        {
            int peephole = (direction * 3 * g.H) + unit;
            point.Peephole0 = new Lanes1(peepholes[peephole]);
            point.Peephole1 = new Lanes1(peepholes[peephole + g.H]);
            point.Peephole2 = new Lanes1(peepholes[peephole + (2 * g.H)]);
        }

        return point;
    }

    private static Lanes1 Sum(float sum, ArrayView<float> bias, int shift, Geometry g)
    {
        if (g.HasBias != 0)
        {
            sum += bias[shift];
        }

        return new Lanes1(sum);
    }
}
