namespace RealtimeVision.Kernels.Operators;

/// <summary>Rows of an output, cut into pieces of work for the CPU's threads.</summary>
/// <param name="Rows">All rows, of all pictures.</param>
/// <param name="RowsPerPiece">Rows of each piece but the last, which may have fewer.</param>
internal readonly record struct RowBlocks(int Rows, int RowsPerPiece)
{
    // Elements worked on that take about 20 microseconds with vectors: what it costs to hand a
    // piece to a thread does not matter beside that.
    private const long ElementsPerPiece = 64 * 1024;

    /// <summary>Number of pieces, at least 1.</summary>
    public int Pieces => Math.Max((Rows + RowsPerPiece - 1) / RowsPerPiece, 1);

    /// <summary>Pieces large enough to be worth a thread's while.</summary>
    /// <param name="rows">Rows of the output.</param>
    /// <param name="elementsPerRow">Elements that are read or computed for one row.</param>
    public static RowBlocks Of(long rows, long elementsPerRow)
    {
        long perPiece = (ElementsPerPiece + elementsPerRow - 1) / Math.Max(elementsPerRow, 1);
        return new(checked((int)rows), (int)Math.Clamp(perPiece, 1, Math.Max(rows, 1)));
    }

    /// <summary>The first row of a piece, and the row after its last.</summary>
    public (int From, int To) Range(int piece)
    {
        int from = piece * RowsPerPiece;
        return (from, Math.Min(from + RowsPerPiece, Rows));
    }
}
