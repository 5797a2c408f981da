using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Devices.Cpu.Gemm;

/// <summary>
/// The micro-kernels of one vector width: by vectors of columns, whether columns fill the last one,
/// whether there is a residual, and rows.
/// </summary>
internal abstract unsafe class GemmKernels
{
    // By what Choice says; made when first asked for.
    private readonly delegate*<GemmTile*, void>[]?[] _byRows = new delegate*<GemmTile*, void>[8][];

    private protected GemmKernels(VectorWidth width, int maxRows)
    {
        Width = width;
        MaxRows = maxRows;
    }

    /// <summary>Vector width.</summary>
    public VectorWidth Width { get; }

    /// <summary>Most rows of a call: as many as registers allow.</summary>
    public int MaxRows { get; }

    /// <summary>The kernels of a width.</summary>
    public static GemmKernels Of(VectorWidth width) => width switch
    {
        VectorWidth.Vector512 => GemmKernels<Lanes16>.Get(width, 12),
        VectorWidth.Vector256 => GemmKernels<Lanes8>.Get(width, 6),
        VectorWidth.Vector128 => GemmKernels<Lanes4>.Get(width, 6),
        _ => GemmKernels<Lanes1>.Get(width, 6),
    };

    /// <summary>
    /// Computes any number of rows and of columns of one panel: rows in calls of nearly equal size,
    /// so that none is so short that sums wait for one another.
    /// </summary>
    /// <param name="tile">All but the number of rows; pointers to rows are advanced.</param>
    /// <param name="rows">Rows, at a constant stride in input, output and residual.</param>
    public void Run(GemmTile tile, int rows)
    {
        int width = (int)Width;
        int vectors = tile.Columns > width ? 2 : 1;
        int choice = vectors - 1
            + (tile.Columns < vectors * width ? 2 : 0)
            + (tile.Residual is not null ? 4 : 0);
        var kernels = _byRows[choice] ??= Make(choice);
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

    /// <summary>Kernels of 1 to 12 rows.</summary>
    /// <param name="choice">1 for two vectors, 2 for a part of the last, 4 for a residual.</param>
    private protected abstract delegate*<GemmTile*, void>[] Make(int choice);
}

/// <summary>The micro-kernels of one kind of lanes.</summary>
internal sealed unsafe class GemmKernels<TLanes> : GemmKernels
    where TLanes : struct, ILanes<TLanes>
{
    private static GemmKernels<TLanes>? _one;

    private GemmKernels(VectorWidth width, int maxRows)
        : base(width, maxRows)
    {
    }

    /// <summary>The kernels.</summary>
    public static GemmKernels Get(VectorWidth width, int maxRows) => _one ??= new(width, maxRows);

    private protected override delegate*<GemmTile*, void>[] Make(int choice) => choice switch
    {
        0 => ByRows<Number1, No, No>(),
        1 => ByRows<Number2, No, No>(),
        2 => ByRows<Number1, Yes, No>(),
        3 => ByRows<Number2, Yes, No>(),
        4 => ByRows<Number1, No, Yes>(),
        5 => ByRows<Number2, No, Yes>(),
        6 => ByRows<Number1, Yes, Yes>(),
        _ => ByRows<Number2, Yes, Yes>(),
    };

    private static delegate*<GemmTile*, void>[] ByRows<TVectors, TPartial, TResidual>()
        where TVectors : struct, INumber
        where TPartial : struct, IFlag
        where TResidual : struct, IFlag =>
    [
        null,
        &MicroKernel<Number1, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number2, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number3, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number4, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number5, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number6, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number7, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number8, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number9, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number10, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number11, TVectors, TPartial, TResidual, TLanes>.Run,
        &MicroKernel<Number12, TVectors, TPartial, TResidual, TLanes>.Run,
    ];
}
