using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What the steps of a sequence share on the CPU.</summary>
internal sealed class Recurrence
{
    /// <summary>Most sequences at a time: with four gates they make 16 sums.</summary>
    public const int MostRows = 4;

    public required RecurrentOperator Op { get; init; }

    public required VectorWidth Width { get; init; }

    public required int Steps { get; init; }

    public required int N { get; init; }

    public required int Features { get; init; }

    /// <summary>Blocks of a vector of hidden units.</summary>
    public required int Blocks { get; init; }

    public required int RowsOfPiece { get; init; }

    public required int RowPieces { get; init; }

    public required int BlocksOfPiece { get; init; }

    public required int UnitPieces { get; init; }

    public required (RecurrentPart Part, RecurrentTensors Tensors)[] Parts { get; init; }

    public required CpuTensor X { get; init; }

    public required CpuTensor? H0 { get; init; }

    public required CpuTensor? C0 { get; init; }

    public required CpuTensor? Peepholes { get; init; }

    /// <summary>Steps of each sequence, or null where all have <see cref="Steps"/>.</summary>
    public required CpuTensor? Lengths { get; init; }

    /// <summary>h times the reset gate, [D, N, H], between two parts of a step.</summary>
    public required CpuTensor? Reset { get; init; }

    /// <summary>The update gate, [D, N, H], between two parts of a step.</summary>
    public required CpuTensor? Update { get; init; }

    public required CpuTensor Y { get; init; }

    public required CpuTensor H { get; init; }

    public required CpuTensor? C { get; init; }

    /// <summary>
    /// The first step, and the one after the last, that a direction does of a sequence.
    /// </summary>
    public unsafe (int First, int End) StepsOf(int direction, int row)
    {
        if (Lengths is null)
        {
            return (0, Steps);
        }

        int length = Math.Clamp(Lengths.Ints[row], 0, Steps);
        return Op.IsReversed(direction) ? (Steps - length, Steps) : (0, length);
    }
}

/// <summary>
/// What a part of a step reads on the CPU, in the order in which it reads it: for each block of
/// hidden units a vector of each of its gates, side by side.
/// </summary>
internal sealed class RecurrentTensors
{
    /// <summary>
    /// Bias and the inputs' share of the gates, [D, T, N, columns]; null where steps compute it.
    /// </summary>
    public required CpuTensor? Gates { get; init; }

    /// <summary>Input weights; null where <see cref="Gates"/> are given.</summary>
    public required CpuTensor? W { get; init; }

    public required CpuTensor R { get; init; }

    /// <summary>
    /// Bias; null where <see cref="Gates"/> have it, and where there is none.
    /// </summary>
    public required CpuTensor? Bias { get; init; }

    /// <summary>Bias of the sums over h that stay apart, or null.</summary>
    public required CpuTensor? SplitBias { get; init; }
}

/// <summary>Some steps of a layer, or one part of one step.</summary>
internal sealed class RecurrenceStep : CpuStep
{
    public required Recurrence Recurrence { get; init; }

    public required int From { get; init; }

    public required int To { get; init; }

    public required int FirstPart { get; init; }

    public required int EndPart { get; init; }

    public override void Run(int piece, CpuWorker worker)
    {
        var r = Recurrence;
        int block = piece % r.UnitPieces * r.BlocksOfPiece;
        int row = piece / r.UnitPieces % r.RowPieces * r.RowsOfPiece;
        int direction = piece / (r.UnitPieces * r.RowPieces);
        var cut = new RecurrentCut(
            row, Math.Min(row + r.RowsOfPiece, r.N),
            block, Math.Min(block + r.BlocksOfPiece, r.Blocks));
        for (int step = From; step < To; step++)
        {
            for (int i = FirstPart; i < EndPart; i++)
            {
                var (part, tensors) = r.Parts[i];
                part.Advance(r, tensors, direction, step, cut);
            }
        }
    }
}
