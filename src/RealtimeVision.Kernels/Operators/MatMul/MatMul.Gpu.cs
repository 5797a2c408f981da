using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>How a GPU multiplies matrices.</summary>
internal enum GpuMatMulAlgorithm
{
    /// <summary>One thread an output.</summary>
    Direct,

    /// <summary>For up to four rows: the sum of a column is cut among threads.</summary>
    Sliced,

    /// <summary>Tiles of 64x64 in shared memory, 4x4 outputs a thread.</summary>
    Tiled64,

    /// <summary>Tiles of 128x128 in shared memory, 8x8 outputs a thread.</summary>
    Tiled128,
}

public sealed partial record MatMul : IGpuOperator
{
    private const int GroupSize = 256;
    private const int MostSlicedRows = 4;

    private delegate void Launcher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> a,
        ArrayView<float> b,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry geometry,
        ChainState state);

    /// <summary>An algorithm to take whatever the shape; null for the one that fits.</summary>
    internal GpuMatMulAlgorithm? ForcedGpuAlgorithm { get; init; }

    /// <summary>Sizes that a kernel needs.</summary>
    internal struct Geometry
    {
        public int M, N, K, Count, HasBias;

        /// <summary>
        /// Elements between neighbours along the rows, columns and terms of the sum.
        /// </summary>
        public int RowA, DepthA, DepthB, ColumnB;

        /// <summary>1 where four floats from a multiple of four on may be read at once.</summary>
        public int WideA, WideB;

        /// <summary>Which matrix of a and of b a product takes.</summary>
        public GpuBroadcast BatchA, BatchB;
    }

    /// <summary>One thread an output: for what is too small to share.</summary>
    internal static void DirectKernel<TChain>(
        ArrayView<float> a,
        ArrayView<float> b,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state)
        where TChain : struct, IChain
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.Count * g.M * g.N)
        {
            return;
        }

        int column = index % g.N;
        int row = index / g.N % g.M;
        int batch = index / (g.N * g.M);
        int atA = (g.BatchA.At(batch) * g.M * g.K) + (row * g.RowA);
        int atB = (g.BatchB.At(batch) * g.K * g.N) + (column * g.ColumnB);
        float sum = g.HasBias != 0 ? bias[column] : 0f;
        for (int k = 0; k < g.K; k++)
        {
            sum += a[atA + (k * g.DepthA)] * b[atB + (k * g.DepthB)];
        }

        y[index] = GpuOperands.Finish<TChain>(sum, index, operands, state);
    }

    /// <summary>
    /// Up to four rows, bound by reading b: neighbouring threads read neighbours in memory,
    /// whichever way b lies, and the parts of a sum are added in shared memory, in order.
    /// </summary>
    /// <remarks>
    /// b [K, N]: 32 columns x 8 slices of the sum a group; b [N, K]: 8 columns x 32 slices. A slice
    /// takes every 8th, or 32nd, term.
    /// </remarks>
    [HotKernel]
    internal static void SlicedKernel<TChain>(
        ArrayView<float> a,
        ArrayView<float> b,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state)
        where TChain : struct, IChain
    {
        var parts = SharedMemory.Allocate<float>(GroupSize * MostSlicedRows);
        int columns = SlicedColumns(g.ColumnB);
        int slices = GroupSize / columns;
        int thread = Group.IdxX;
        int column = g.ColumnB == 1 ? thread % columns : thread / slices;
        int slice = g.ColumnB == 1 ? thread / columns : thread % slices;
        int groups = (g.N + columns - 1) / columns;
        int batch = Grid.IdxX / groups;
        int n = (Grid.IdxX % groups * columns) + column;

        float sum0 = 0f, sum1 = 0f, sum2 = 0f, sum3 = 0f;
        if (n < g.N)
        {
            int row0 = g.BatchA.At(batch) * g.M * g.K;
            int row1 = row0 + (IntrinsicMath.Min(1, g.M - 1) * g.RowA);
            int row2 = row0 + (IntrinsicMath.Min(2, g.M - 1) * g.RowA);
            int row3 = row0 + (IntrinsicMath.Min(3, g.M - 1) * g.RowA);
            int atB = (g.BatchB.At(batch) * g.K * g.N) + (n * g.ColumnB);
            for (int k = slice; k < g.K; k += slices)
            {
                float weight = b[atB + (k * g.DepthB)];
                int depth = k * g.DepthA;
                sum0 += a[row0 + depth] * weight;
                sum1 += a[row1 + depth] * weight;
                sum2 += a[row2 + depth] * weight;
                sum3 += a[row3 + depth] * weight;
            }
        }

        int part = (slice * columns) + column;
        parts[part] = sum0;
        parts[GroupSize + part] = sum1;
        parts[(2 * GroupSize) + part] = sum2;
        parts[(3 * GroupSize) + part] = sum3;
        Group.Barrier();

        int row = thread / columns;
        int outputColumn = thread % columns;
        n += outputColumn - column;
        if (row < g.M && n < g.N)
        {
            float sum = g.HasBias != 0 ? bias[n] : 0f;
            for (int s = 0; s < slices; s++)
            {
                sum += parts[(row * GroupSize) + (s * columns) + outputColumn];
            }

            int index = (((batch * g.M) + row) * g.N) + n;
            y[index] = GpuOperands.Finish<TChain>(sum, index, operands, state);
        }
    }

    void IGpuOperator.Prepare(GpuBindings b) => AddProduct(
        b,
        ProductOf(b.InputShape(A), b.InputShape(B)),
        b.Input(A),
        b.Input(B),
        b.InputOrNull(Bias),
        b.Output(),
        b.Operands(this, b.OutputShape()));

    /// <summary>
    /// Adds the step that multiplies; for operators that have a product among their steps, too.
    /// </summary>
    internal void AddProduct(
        GpuBindings bindings, MatrixProduct product, GpuTensor a, GpuTensor b, GpuTensor? bias,
        GpuTensor y,
        GpuOperandTensors operands)
    {
        var algorithm = ForcedGpuAlgorithm ?? Choose(product);
        var geometry = GeometryOf(product, bias is not null);
        var (kernel, groups) = algorithm switch
        {
            GpuMatMulAlgorithm.Direct => (
                (Delegate)DirectKernel<EndOfChain>,
                Ceiling(product.Output.Count, GroupSize)),
            GpuMatMulAlgorithm.Sliced => (
                SlicedKernel<EndOfChain>,
                Ceiling(product.N, SlicedColumns(geometry.ColumnB)) * product.Count),
            GpuMatMulAlgorithm.Tiled64 => (TiledKernel<Tile64, EndOfChain>, Tiles<Tile64>(product)),
            _ => (TiledKernel<Tile128, EndOfChain>, Tiles<Tile128>(product)),
        };
        var launch = bindings.Load<Launcher>(kernel, Epilogue, GroupSize);
        var config = new KernelConfig(checked((int)groups), GroupSize);
        var state = ChainState.Of(Epilogue);
        var biasOrAny = bias ?? b;
        bindings.Add($"MatMul {algorithm}", stream => launch(
            stream, config, a.Floats, b.Floats, biasOrAny.Floats, operands.View(), y.Floats,
            geometry, state));
    }

    /// <summary>True where the algorithm gives right results for the product.</summary>
    internal static bool CanRun(GpuMatMulAlgorithm algorithm, MatrixProduct product) =>
        algorithm != GpuMatMulAlgorithm.Sliced || product.M <= MostSlicedRows;

    /// <summary>
    /// The algorithm for a product: tiles as large as still give every multiprocessor of a large
    /// GPU one.
    /// </summary>
    internal static GpuMatMulAlgorithm Choose(MatrixProduct product) =>
        product.M <= MostSlicedRows ? GpuMatMulAlgorithm.Sliced
        : product.K < Tile64.Depth || (long)product.M * product.N < Tile64.Size * Tile64.Size / 4
            ? GpuMatMulAlgorithm.Direct
        : Tiles<Tile128>(product) >= 128 ? GpuMatMulAlgorithm.Tiled128
        : GpuMatMulAlgorithm.Tiled64;

    private static int SlicedColumns(int columnStride) => columnStride == 1 ? 32 : 8;

    private static long Tiles<TTile>(MatrixProduct product)
        where TTile : struct, ITile =>
        Ceiling(product.M, TTile.Size) * Ceiling(product.N, TTile.Size) * product.Count;

    private static long Ceiling(long a, int b) => (a + b - 1) / b;

    private static Geometry GeometryOf(MatrixProduct p, bool hasBias) => new()
    {
        M = p.M, N = p.N, K = p.K, Count = p.Count, HasBias = hasBias ? 1 : 0,
        RowA = p.RowStrideA, DepthA = p.DepthStrideA,
        DepthB = p.TransposeB ? 1 : p.N, ColumnB = p.TransposeB ? p.K : 1,
        WideA = (p.TransposeA ? p.M : p.K) % 4 == 0 ? 1 : 0,
        WideB = (p.TransposeB ? p.K : p.N) % 4 == 0 ? 1 : 0,
        BatchA = GpuBroadcast.Of(p.BatchA, p.Batch),
        BatchB = GpuBroadcast.Of(p.BatchB, p.Batch),
    };
}
