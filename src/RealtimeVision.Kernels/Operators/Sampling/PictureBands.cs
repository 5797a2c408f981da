namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Pictures cut into bands of rows, for gradients of what reads pixels at places that data decide.
/// Whoever has a band goes through all samples of its picture, in order, and adds those that fall
/// into it: nobody else writes there, so that sums are the same bits whoever does what.
/// </summary>
/// <param name="Pictures">Number of pictures.</param>
/// <param name="Rows">Rows of a picture.</param>
/// <param name="RowsPerBand">Rows of each band but the last, which may have fewer.</param>
internal readonly record struct PictureBands(int Pictures, int Rows, int RowsPerBand)
{
    /// <summary>Bands of a picture.</summary>
    public int Bands => (Rows + RowsPerBand - 1) / RowsPerBand;

    /// <summary>Bands of all pictures.</summary>
    public int Count => checked(Pictures * Bands);

    /// <summary>As many bands as are wanted for a picture, or as it has rows.</summary>
    public static PictureBands Of(int pictures, int rows, long wantedBands)
    {
        int bands = (int)Math.Clamp(wantedBands, 1, rows);
        return new(pictures, rows, (rows + bands - 1) / bands);
    }

    /// <summary>
    /// For CPUs: bands worth a thread's while, but no more than a few, since each looks at all
    /// samples.
    /// </summary>
    /// <param name="pictures">Number of pictures.</param>
    /// <param name="rows">Rows of a picture.</param>
    /// <param name="elements">Elements that the samples of all pictures add to.</param>
    public static PictureBands ForCpu(int pictures, int rows, long elements)
    {
        const int MostBands = 16;
        long pieces = RowBlocks.Of(Math.Min(elements, int.MaxValue), 1).Pieces;
        return Of(pictures, rows, Math.Min(pieces / pictures, MostBands));
    }

    /// <summary>For GPUs: enough bands for a thread a band and channel.</summary>
    public static PictureBands ForGpu(int pictures, int rows, int channels)
    {
        const int WantedThreads = 64 * 1024;
        return Of(pictures, rows, WantedThreads / Math.Max((long)pictures * channels, 1));
    }

    /// <summary>A band's picture, its first row, and the row after its last.</summary>
    public (int Picture, int From, int To) this[int band]
    {
        get
        {
            int from = band % Bands * RowsPerBand;
            return (band / Bands, from, Math.Min(from + RowsPerBand, Rows));
        }
    }
}
