using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A block of hidden units of a few sequences: what goes in, and where results go.
/// </summary>
internal unsafe struct RecurrentCells
{
    /// <summary>A vector a gate, or null; one for sums over h that stay apart, or null.</summary>
    public float* Bias, SplitBias;

    /// <summary>What sums begin with, a vector a gate a row, or null.</summary>
    public float* Gates;

    /// <summary>The inputs at this step.</summary>
    public float* X;

    /// <summary>What the recurrent weights multiply, all units; null for zeros.</summary>
    public float* Read;

    /// <summary>Weights, a vector a gate a term.</summary>
    public float* W, R;

    /// <summary>h of the step before, of these units; null for zeros.</summary>
    public float* Before;

    /// <summary>
    /// c of the step before, or null for zeros; c of this one, or null; h of this one, and a copy
    /// or null.
    /// </summary>
    public float* CellBefore, CellAfter, Y, Last;

    /// <summary>Peephole weights of the first of three gates, or null.</summary>
    public float* Peepholes;

    /// <summary>
    /// Elements from a sequence to the next; <see cref="StateStride"/> is that of c and of Last.
    /// </summary>
    public long GatesStride, XStride, ReadStride, BeforeStride, StateStride, YStride;

    /// <summary>Elements from a gate's peephole weights to the next gate's.</summary>
    public long PeepholeStride;

    /// <summary>Terms of the sums over inputs and over hidden units.</summary>
    public int XDepth, ReadDepth;

    /// <summary>Hidden units to write: fewer than a vector in the last block.</summary>
    public int Units;

    /// <summary>What sums are limited to, up and down.</summary>
    public float Clip;
}

/// <summary>
/// The gates and the new state of a vector of hidden units of up to four sequences: all sums are in
/// registers, and so are the gates until the new state is written.
/// </summary>
internal static unsafe class RecurrentKernel<TCell, TLanes, TRows>
    where TCell : struct, IRecurrentCell
    where TLanes : struct, ILanes<TLanes>
    where TRows : struct, INumber
{
    // Named locals stay in registers; those of rows and gates that there are not fall away when the
    // method is compiled.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(RecurrentCells* cells)
    {
        TLanes a0 = Begin(cells, 0, 0), b0 = Begin(cells, 0, 1);
        TLanes c0 = Begin(cells, 0, 2), d0 = Begin(cells, 0, 3);
        TLanes a1 = Begin(cells, 1, 0), b1 = Begin(cells, 1, 1);
        TLanes c1 = Begin(cells, 1, 2), d1 = Begin(cells, 1, 3);
        TLanes a2 = Begin(cells, 2, 0), b2 = Begin(cells, 2, 1);
        TLanes c2 = Begin(cells, 2, 2), d2 = Begin(cells, 2, 3);
        TLanes a3 = Begin(cells, 3, 0), b3 = Begin(cells, 3, 1);
        TLanes c3 = Begin(cells, 3, 2), d3 = Begin(cells, 3, 3);
        for (int term = 0; term < 2; term++)
        {
            float* x = term == 0 ? cells->X : cells->Read;
            float* w = term == 0 ? cells->W : cells->R;
            long stride = term == 0 ? cells->XStride : cells->ReadStride;
            for (int k = term == 0 ? cells->XDepth : cells->ReadDepth; k > 0; k--)
            {
                var wa = Weight(w, 0);
                var wb = Weight(w, 1);
                var wc = Weight(w, 2);
                var wd = Weight(w, 3);
                var x0 = TLanes.Broadcast(x[0]);
                a0 = Add(0, x0, wa, a0);
                b0 = Add(1, x0, wb, b0);
                c0 = Add(2, x0, wc, c0);
                d0 = Add(3, x0, wd, d0);
                if (TRows.Value > 1)
                {
                    var x1 = TLanes.Broadcast(x[stride]);
                    a1 = Add(0, x1, wa, a1);
                    b1 = Add(1, x1, wb, b1);
                    c1 = Add(2, x1, wc, c1);
                    d1 = Add(3, x1, wd, d1);
                }

                if (TRows.Value > 2)
                {
                    var x2 = TLanes.Broadcast(x[2 * stride]);
                    a2 = Add(0, x2, wa, a2);
                    b2 = Add(1, x2, wb, b2);
                    c2 = Add(2, x2, wc, c2);
                    d2 = Add(3, x2, wd, d2);
                }

                if (TRows.Value > 3)
                {
                    var x3 = TLanes.Broadcast(x[3 * stride]);
                    a3 = Add(0, x3, wa, a3);
                    b3 = Add(1, x3, wb, b3);
                    c3 = Add(2, x3, wc, c3);
                    d3 = Add(3, x3, wd, d3);
                }

                x++;
                w += TCell.Gates * TLanes.Count;
            }

            // The last gate's sum over h stays apart: both change places for the second turn, and
            // back after it.
            if (TCell.IsSplit)
            {
                (c0, d0) = (d0, c0);
                (c1, d1) = (d1, c1);
                (c2, d2) = (d2, c2);
                (c3, d3) = (d3, c3);
            }
        }

        Finish(cells, 0, a0, b0, c0, d0);
        if (TRows.Value > 1)
        {
            Finish(cells, 1, a1, b1, c1, d1);
        }

        if (TRows.Value > 2)
        {
            Finish(cells, 2, a2, b2, c2, d2);
        }

        if (TRows.Value > 3)
        {
            Finish(cells, 3, a3, b3, c3, d3);
        }
    }

    /// <summary>
    /// What a gate's sum begins with: bias, or bias and the inputs' share where that is known.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Begin(RecurrentCells* cells, int row, int gate)
    {
        if (row >= TRows.Value || gate >= TCell.Gates + (TCell.IsSplit ? 1 : 0))
        {
            return default;
        }

        if (gate == TCell.Gates)
        {
            return cells->SplitBias is null
                ? TLanes.Broadcast(0f)
                : TLanes.Load(cells->SplitBias);
        }

        return cells->Gates is not null
            ? TLanes.Load(cells->Gates + (row * cells->GatesStride) + (gate * TLanes.Count))
            : cells->Bias is not null ? TLanes.Load(cells->Bias + (gate * TLanes.Count))
            : TLanes.Broadcast(0f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Weight(float* w, int gate) =>
        gate < TCell.Gates ? TLanes.Load(w + (gate * TLanes.Count)) : default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add(int gate, TLanes x, TLanes weight, TLanes sum) =>
        gate < TCell.Gates ? TLanes.MultiplyAdd(x, weight, sum) : sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(RecurrentCells* cells, int row, TLanes a, TLanes b, TLanes c, TLanes d)
    {
        var state = TCell.Next(new RecurrentSums<TLanes>
        {
            Sum0 = a,
            Sum1 = b,
            Sum2 = c,
            Sum3 = d,
            Hidden = OrZero(cells->Before, row * cells->BeforeStride),
            Cell = OrZero(cells->CellBefore, row * cells->StateStride),
            Peephole0 = OrZero(cells->Peepholes, 0),
            Peephole1 = OrZero(cells->Peepholes, cells->PeepholeStride),
            Peephole2 = OrZero(cells->Peepholes, 2 * cells->PeepholeStride),
            Low = TLanes.Broadcast(-cells->Clip),
            High = TLanes.Broadcast(cells->Clip),
        });
        if (cells->CellAfter is not null)
        {
            Write(state.Cell, cells->CellAfter + (row * cells->StateStride), cells->Units);
        }

        Write(state.Hidden, cells->Y + (row * cells->YStride), cells->Units);
        if (cells->Last is not null)
        {
            Write(state.Hidden, cells->Last + (row * cells->StateStride), cells->Units);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes OrZero(float* values, long index) =>
        values is null ? TLanes.Broadcast(0f) : TLanes.Load(values + index);

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
