using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Devices.Cpu.Gemm;

/// <summary>The micro-kernels of one vector width, by rows and vectors.</summary>
internal sealed unsafe class GemmKernels
{
    private readonly delegate*<GemmTile*, void>[] _one;
    private readonly delegate*<GemmTile*, void>[] _two;

    private GemmKernels(
        VectorWidth width, int maxRows, delegate*<GemmTile*, void>[] one, delegate*<GemmTile*, void>[] two)
    {
        Width = width;
        MaxRows = maxRows;
        _one = one;
        _two = two;
    }

    /// <summary>Vector width.</summary>
    public VectorWidth Width { get; }

    /// <summary>Most rows of a call: as many as registers allow.</summary>
    public int MaxRows { get; }

    /// <summary>The kernels of a width.</summary>
    public static GemmKernels Of(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => Create<Lanes16>(width, 12),
        VectorWidth.Vector256 => Create<Lanes8>(width, 6),
        VectorWidth.Vector128 => Create<Lanes4>(width, 6),
        _ => Create<Lanes1>(width, 6),
    };

    /// <summary>
    /// Computes any number of rows and of columns of one panel: rows in calls of nearly equal size,
    /// so that none is so short that sums wait for one another.
    /// </summary>
    /// <param name="tile">All but the number of rows; pointers to rows are advanced.</param>
    /// <param name="rows">Rows, at a constant stride in input, output and residual.</param>
    public void Run(GemmTile tile, int rows)
    {
        var kernels = tile.Columns <= (int)Width ? _one : _two;
        int calls = (rows + MaxRows - 1) / MaxRows;
        for (; calls > 0; calls--)
        {
            int count = (rows + calls - 1) / calls;
            kernels[count](&tile);
            tile.Rows += count * tile.RowStride;
            tile.Output += count * tile.OutputStride;
            if (tile.Residual is not null)
            {
                tile.Residual += count * tile.OutputStride;
            }

            rows -= count;
        }
    }

    private static GemmKernels Create<TLanes>(VectorWidth width, int maxRows)
        where TLanes : struct, ILanes<TLanes> =>
        new(width, maxRows, ByRows<Number1, TLanes>(), ByRows<Number2, TLanes>());

    private static delegate*<GemmTile*, void>[] ByRows<TVectors, TLanes>()
        where TVectors : struct, INumber
        where TLanes : struct, ILanes<TLanes> =>
    [
        null,
        &MicroKernel<Number1, TVectors, TLanes>.Run,
        &MicroKernel<Number2, TVectors, TLanes>.Run,
        &MicroKernel<Number3, TVectors, TLanes>.Run,
        &MicroKernel<Number4, TVectors, TLanes>.Run,
        &MicroKernel<Number5, TVectors, TLanes>.Run,
        &MicroKernel<Number6, TVectors, TLanes>.Run,
        &MicroKernel<Number7, TVectors, TLanes>.Run,
        &MicroKernel<Number8, TVectors, TLanes>.Run,
        &MicroKernel<Number9, TVectors, TLanes>.Run,
        &MicroKernel<Number10, TVectors, TLanes>.Run,
        &MicroKernel<Number11, TVectors, TLanes>.Run,
        &MicroKernel<Number12, TVectors, TLanes>.Run,
    ];
}
