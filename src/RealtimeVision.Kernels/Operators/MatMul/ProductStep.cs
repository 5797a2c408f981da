using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A batch of matrix products on the CPU, cut into blocks of rows and columns; b is in panels.
/// </summary>
internal sealed unsafe class ProductStep : CpuStep
{
    // Rows that share one reading of b from a farther cache.
    private const int RowBlock = 48;

    // About 20 microseconds.
    private const long MultiplicationsPerPiece = 1 << 20;

    // Few rows are bound by reading b, which takes as long for one as for so many.
    private const int RowsOfEqualCost = 6;

    // A product reads each row at one tap, where it begins.
    private static readonly nint[] WholeRow = [0];

    private readonly MatrixProduct _product;
    private readonly GemmKernels _kernels;
    private readonly int[] _matrixA;
    private readonly int[] _matrixB;
    private readonly int _rowBlocks;
    private readonly int _columnBlocks;
    private readonly int _columnBlock;

    public ProductStep(MatrixProduct product, CpuBindings b)
    {
        _product = product;
        _kernels = GemmKernels.Of(b.Width);
        _matrixA = MatrixIndices(product.Batch, product.BatchA);
        _matrixB = MatrixIndices(product.Batch, product.BatchB);
        int panel = WeightPanels.Columns(b.Width);
        int rows = Math.Min(product.M, RowBlock);
        long panelWork = (long)Math.Max(rows, RowsOfEqualCost) * product.K * panel;
        long panels = Math.Max(MultiplicationsPerPiece / panelWork, 1);
        _columnBlock = (int)Math.Min(panels * panel, product.N);
        _columnBlocks = (product.N + _columnBlock - 1) / _columnBlock;
        _rowBlocks = (product.M + RowBlock - 1) / RowBlock;
        Pieces = checked(product.Count * _rowBlocks * _columnBlocks);
        if (product.TransposeA)
        {
            b.ReserveWorkerScratch((long)rows * product.K);
        }
    }

    public required CpuTensor A { get; init; }

    /// <summary>Matrices of panels, see <see cref="WeightPanels"/>.</summary>
    public required CpuTensor B { get; init; }

    /// <summary>One an output column, or null.</summary>
    public required CpuTensor? Bias { get; init; }

    /// <summary>
    /// Elements of the bias from a product of the batch to the next; 0 where one serves all.
    /// </summary>
    public int BiasStride { get; init; }

    public required CpuTensor Y { get; init; }

    public required CpuEpilogue? Epilogue { get; init; }

    public override void Run(int piece, CpuWorker worker)
    {
        var (m, n, k) = (_product.M, _product.N, _product.K);
        int firstColumn = piece % _columnBlocks * _columnBlock;
        int firstRow = piece / _columnBlocks % _rowBlocks * RowBlock;
        int batch = piece / (_columnBlocks * _rowBlocks);
        int rows = Math.Min(RowBlock, m - firstRow);
        int end = Math.Min(firstColumn + _columnBlock, n);
        int panel = WeightPanels.Columns(_kernels.Width);
        long panelFloats = (long)k * panel;
        float* b = B.Floats + (_matrixB[batch] * WeightPanels.Floats(k, n, _kernels.Width));
        long firstY = (((long)batch * m) + firstRow) * n;
        float* y = Y.Floats + firstY;
        fixed (nint* taps = WholeRow)
        {
            var tile = new GemmTile
            {
                Rows = RowsOfA(batch, firstRow, rows, worker),
                RowStride = k,
                Taps = taps,
                TapCount = 1,
                Run = k,
                RunStride = 1,
                OutputStride = n,
                Low = float.NegativeInfinity,
                High = float.PositiveInfinity,
            };
            for (int column = firstColumn; column < end; column += panel)
            {
                tile.Weights = b + (column / panel * panelFloats);
                tile.Bias = Bias is null ? null : Bias.Floats + ((long)batch * BiasStride) + column;
                tile.Output = y + column;
                tile.Columns = Math.Min(panel, n - column);
                _kernels.Run(tile, rows);
            }
        }

        if (Epilogue is { } epilogue)
        {
            int columns = end - firstColumn;
            bool isWhole = columns == n;
            for (int row = 0; row < (isWhole ? 1 : rows); row++)
            {
                long at = ((long)row * n) + firstColumn;
                epilogue.Apply(y + at, firstY + at, isWhole ? (long)rows * n : columns);
            }
        }
    }

    /// <summary>Rows of a, each without gaps; copied where a is transposed.</summary>
    private float* RowsOfA(int batch, int firstRow, int rows, CpuWorker worker)
    {
        var (m, k) = (_product.M, _product.K);
        float* matrix = A.Floats + ((long)_matrixA[batch] * m * k);
        if (!_product.TransposeA)
        {
            return matrix + ((long)firstRow * k);
        }

        for (int i = 0; i < k; i++)
        {
            float* source = matrix + ((long)i * m) + firstRow;
            for (int row = 0; row < rows; row++)
            {
                worker.Scratch[((long)row * k) + i] = source[row];
            }
        }

        return worker.Scratch;
    }

    /// <summary>For each product of the batch, the matrix that it takes of an operand.</summary>
    private static int[] MatrixIndices(Shape batch, Shape operand)
    {
        // A matrix in place of each element, the loops of broadcasting are the same.
        var loop = BroadcastLoop.Of(batch, operand);
        var indices = new int[batch.Count];
        for (int i = 0; i < indices.Length; i++)
        {
            int rest = i;
            for (int d = loop.Sizes.Length - 1; d >= 0; d--)
            {
                indices[i] += rest % loop.Sizes[d] * loop.Strides[0][d];
                rest /= loop.Sizes[d];
            }
        }

        return indices;
    }
}
