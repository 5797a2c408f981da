using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A part of a step of a recurrent layer: a cell over some of the gates, with its kernels.
/// </summary>
/// <param name="firstGate">The first of its gates among the layer's.</param>
internal abstract class RecurrentPart(int firstGate)
{
    /// <summary>The first of its gates among the layer's.</summary>
    public int FirstGate { get; } = firstGate;

    /// <summary>Number of its gates.</summary>
    public abstract int Gates { get; }

    /// <summary>True where the bias has a gate more, for sums over h that stay apart.</summary>
    public abstract bool IsSplit { get; }

    /// <summary>What it does in a step.</summary>
    public abstract RecurrentRole Role { get; }

    /// <summary>The GPU's kernel for a step.</summary>
    public abstract Delegate StepKernel { get; }

    /// <summary>The GPU's kernel for all steps, for parts that are the whole of one.</summary>
    public abstract Delegate PersistentKernel { get; }

    /// <summary>A part with a cell of this type.</summary>
    public static RecurrentPart Of<TCell>(int firstGate)
        where TCell : struct, IRecurrentCell => new RecurrentPart<TCell>(firstGate);

    /// <summary>One step of some blocks of hidden units of some sequences, on the CPU.</summary>
    public abstract void Advance(
        Recurrence recurrence, RecurrentTensors tensors, int direction, int step, RecurrentCut cut);
}

/// <summary>Which sequences and blocks of hidden units a piece of work is about.</summary>
internal readonly record struct RecurrentCut(int Row, int EndRow, int Block, int EndBlock);

/// <inheritdoc/>
internal sealed unsafe class RecurrentPart<TCell>(int firstGate) : RecurrentPart(firstGate)
    where TCell : struct, IRecurrentCell
{
    public override int Gates => TCell.Gates;

    public override bool IsSplit => TCell.IsSplit;

    public override RecurrentRole Role => TCell.Role;

    public override Delegate StepKernel => RecurrentOperator.StepKernel<TCell>;

    public override Delegate PersistentKernel => RecurrentOperator.PersistentKernel<TCell>;

    public override void Advance(
        Recurrence recurrence, RecurrentTensors tensors, int direction, int step, RecurrentCut cut)
    {
        switch (recurrence.Width)
        {
            case VectorWidth.Vector512:
                Advance<Lanes16>(recurrence, tensors, direction, step, cut);
                break;
            case VectorWidth.Vector256:
                Advance<Lanes8>(recurrence, tensors, direction, step, cut);
                break;
            case VectorWidth.Vector128:
                Advance<Lanes4>(recurrence, tensors, direction, step, cut);
                break;
            default:
                Advance<Lanes1>(recurrence, tensors, direction, step, cut);
                break;
        }
    }

    private static void Advance<TLanes>(
        Recurrence r, RecurrentTensors tensors, int direction, int step, RecurrentCut cut)
        where TLanes : struct, ILanes<TLanes>
    {
        // 16 registers hold the sums of two sequences, 32 those of four.
        int mostRows = r.Lengths is not null ? 1
            : TLanes.Count == 16 ? Recurrence.MostRows
            : Recurrence.MostRows / 2;
        for (int block = cut.Block; block < cut.EndBlock; block++)
        {
            for (int row = cut.Row; row < cut.EndRow;)
            {
                int left = cut.EndRow - row;
                var (first, end) = r.StepsOf(direction, row);
                if (step < first || step >= end)
                {
                    Skip<TLanes>(r, direction, step, row, block, first == end);
                    row++;
                    continue;
                }

                var cells = CellsOf<TLanes>(
                    r, tensors, direction, step, row, block, step == first, step == end - 1);
                if (left >= 4 && mostRows >= 4)
                {
                    RecurrentKernel<TCell, TLanes, Number4>.Run(&cells);
                    row += 4;
                }
                else if (left >= 2 && mostRows >= 2)
                {
                    RecurrentKernel<TCell, TLanes, Number2>.Run(&cells);
                    row += 2;
                }
                else
                {
                    RecurrentKernel<TCell, TLanes, Number1>.Run(&cells);
                    row++;
                }
            }
        }
    }

    /// <summary>
    /// A step beyond the end of a sequence: its h is zero. One that has no steps at all keeps its
    /// state.
    /// </summary>
    private static void Skip<TLanes>(
        Recurrence r, int direction, int step, int row, int block, bool isEmpty)
        where TLanes : struct, ILanes<TLanes>
    {
        if (TCell.Role == RecurrentRole.Reset)
        {
            return;
        }

        int hidden = r.Op.Hidden;
        int first = block * TLanes.Count;
        int units = Math.Min(TLanes.Count, hidden - first);
        int directions = r.Y.Type.Shape[2] / hidden;
        int time = r.Op.IsReversed(direction) ? r.Steps - 1 - step : step;
        long rowOfY = ((((long)time * r.N) + row) * directions) + direction;
        new Span<float>(r.Y.Floats + (rowOfY * hidden) + first, units).Clear();
        if (isEmpty && step == 0)
        {
            long state = ((((long)direction * r.N) + row) * hidden) + first;
            Keep(r.H0, r.H, state, units);
            Keep(r.C0, r.C, state, units);
        }
    }

    private static void Keep(CpuTensor? before, CpuTensor? after, long index, int units)
    {
        if (after is not null)
        {
            var target = new Span<float>(after.Floats + index, units);
            target.Clear();
            if (before is not null)
            {
                new Span<float>(before.Floats + index, units).CopyTo(target);
            }
        }
    }

    /// <summary>What goes in, and where results go, from one sequence on.</summary>
    private static RecurrentCells CellsOf<TLanes>(
        Recurrence r, RecurrentTensors tensors, int direction, int step, int row, int block,
        bool isFirst, bool isLast)
        where TLanes : struct, ILanes<TLanes>
    {
        int hidden = r.Op.Hidden;
        int directions = r.Y.Type.Shape[2] / hidden;
        int columns = r.Blocks * TCell.Gates * TLanes.Count;
        int first = block * TLanes.Count;
        bool isReversed = r.Op.IsReversed(direction);
        int time = isReversed ? r.Steps - 1 - step : step;
        long state = (((long)direction * r.N) + row) * hidden;
        long gates = ((((long)direction * r.Steps) + time) * r.N) + row;
        long rowOfY = ((((long)time * r.N) + row) * directions) + direction;
        long stepOfY = (long)r.N * directions * hidden;
        float* y = r.Y.Floats + (rowOfY * hidden);

        // h of the step before, and c.
        float* before = isFirst ? At(r.H0, state)
            : isReversed ? y + stepOfY
            : y - stepOfY;
        long beforeStride = isFirst ? hidden : (long)directions * hidden;
        float* cell = TCell.Role == RecurrentRole.Candidate ? At(r.Update, state)
            : At(isFirst ? r.C0 : r.C, state);
        bool isFirstPart = TCell.Role == RecurrentRole.Reset;
        float* read = TCell.Role == RecurrentRole.Candidate ? At(r.Reset, state) : before;
        return new RecurrentCells
        {
            Bias = Block(tensors.Bias, TCell.Gates),
            SplitBias = Block(tensors.SplitBias, 1),
            Gates = tensors.Gates is null
                ? null
                : tensors.Gates.Floats + (gates * columns) + (block * TCell.Gates * TLanes.Count),
            GatesStride = columns,
            X = r.X.Floats + ((((long)time * r.N) + row) * r.Features),
            XStride = r.Features,
            XDepth = tensors.W is null ? 0 : r.Features,
            W = Block(tensors.W, r.Features * TCell.Gates),
            Read = read,
            ReadStride = TCell.Role == RecurrentRole.Candidate ? hidden : beforeStride,
            ReadDepth = read is null ? 0 : hidden,
            R = Block(tensors.R, hidden * TCell.Gates),
            Before = before is null ? null : before + first,
            BeforeStride = beforeStride,
            CellBefore = cell is null ? null : cell + first,
            CellAfter = At(isFirstPart ? r.Update : r.C, state + first),
            StateStride = hidden,
            Peepholes = At(r.Peepholes, ((long)direction * 3 * hidden) + first),
            PeepholeStride = hidden,
            Y = isFirstPart ? At(r.Reset, state + first) : y + first,
            YStride = isFirstPart ? hidden : (long)directions * hidden,
            Last = !isFirstPart && isLast ? r.H.Floats + state + first : null,
            Units = Math.Min(TLanes.Count, hidden - first),
            Clip = r.Op.Clip,
        };

        // So many vectors of each block.
        float* Block(CpuTensor? tensor, int vectors) => tensor is null
            ? null
            : tensor.Floats + ((((long)direction * r.Blocks) + block) * vectors * TLanes.Count);
    }

    private static float* At(CpuTensor? tensor, long index) =>
        tensor is null ? null : tensor.Floats + index;
}
