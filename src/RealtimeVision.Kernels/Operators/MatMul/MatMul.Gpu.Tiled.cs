using System.Runtime.CompilerServices;
using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MatMul
{
    /// <summary>Sizes of a tile, as constants of a kernel. 16x16 threads work on it.</summary>
    internal interface ITile
    {
        /// <summary>Rows and columns.</summary>
        static abstract int Size { get; }

        /// <summary>
        /// Terms of the sum that are in shared memory at a time; times Size it makes 4 a thread.
        /// </summary>
        static abstract int Depth { get; }

        /// <summary>Rows and columns of a thread: Size / 16.</summary>
        static abstract int PerThread { get; }
    }

    /// <summary>
    /// Blocks of a and b in shared memory, outputs in registers. While a block is multiplied the
    /// next is already on its way into registers.
    /// </summary>
    /// <remarks>
    /// A thread owns fours of neighbouring rows and columns, 64 apart: threads side by side then
    /// read shared memory side by side, four floats at once, without bank conflicts.
    /// </remarks>
    [HotKernel]
    internal static void TiledKernel<TTile, TChain>(
        ArrayView<float> a,
        ArrayView<float> b,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state)
        where TTile : struct, ITile
        where TChain : struct, IChain
    {
        // One four more than a line has, so that a thread's four lines of a block do not all start
        // in one bank.
        int pitch = (TTile.Size / 4) + 1;
        var blockA = SharedMemory.Allocate<Float4>(TTile.Depth * ((TTile.Size / 4) + 1));
        var blockB = SharedMemory.Allocate<Float4>(TTile.Depth * ((TTile.Size / 4) + 1));
        var sums = default(GemmSums);

        int columnTiles = (g.N + TTile.Size - 1) / TTile.Size;
        int rowTiles = (g.M + TTile.Size - 1) / TTile.Size;
        int firstColumn = Grid.IdxX % columnTiles * TTile.Size;
        int firstRow = Grid.IdxX / columnTiles % rowTiles * TTile.Size;
        int batch = Grid.IdxX / (columnTiles * rowTiles);
        int startA = g.BatchA.At(batch) * g.M * g.K;
        int startB = g.BatchB.At(batch) * g.K * g.N;
        int threadColumn = Group.IdxX % 16;
        int threadRow = Group.IdxX / 16;

        var nextA = Fetch<TTile>(a, startA, firstRow, 0, g.M, g.K, g.RowA, g.DepthA, g.WideA);
        var nextB = Fetch<TTile>(b, startB, firstColumn, 0, g.N, g.K, g.ColumnB, g.DepthB, g.WideB);
        for (int depth = 0; depth < g.K; depth += TTile.Depth)
        {
            Put<TTile>(blockA, nextA, g.DepthA);
            Put<TTile>(blockB, nextB, g.DepthB);
            Group.Barrier();
            int next = depth + TTile.Depth;
            nextA = Fetch<TTile>(a, startA, firstRow, next, g.M, g.K, g.RowA, g.DepthA, g.WideA);
            nextB = Fetch<TTile>(
                b, startB, firstColumn, next, g.N, g.K, g.ColumnB, g.DepthB, g.WideB);
            for (int k = 0; k < TTile.Depth; k++)
            {
                var rows = blockA[(k * pitch) + threadRow];
                var columns = blockB[(k * pitch) + threadColumn];
                if (TTile.PerThread == 8)
                {
                    sums = GemmSums.MultiplyAdd(
                        rows, blockA[(k * pitch) + 16 + threadRow],
                        columns, blockB[(k * pitch) + 16 + threadColumn], sums);
                }
                else
                {
                    sums = GemmSums.MultiplyAdd(rows, columns, sums);
                }
            }

            Group.Barrier();
        }

        int column = firstColumn + (threadColumn * 4);
        for (int half = 0; half < TTile.PerThread / 4; half++)
        {
            int row = firstRow + (half * 64) + (threadRow * 4);
            Write<TChain>(bias, operands, y, g, state, batch, row, column, sums.Row0A);
            Write<TChain>(bias, operands, y, g, state, batch, row + 1, column, sums.Row1A);
            Write<TChain>(bias, operands, y, g, state, batch, row + 2, column, sums.Row2A);
            Write<TChain>(bias, operands, y, g, state, batch, row + 3, column, sums.Row3A);
            if (TTile.PerThread == 8)
            {
                Write<TChain>(bias, operands, y, g, state, batch, row, column + 64, sums.Row0B);
                Write<TChain>(bias, operands, y, g, state, batch, row + 1, column + 64, sums.Row1B);
                Write<TChain>(bias, operands, y, g, state, batch, row + 2, column + 64, sums.Row2B);
                Write<TChain>(bias, operands, y, g, state, batch, row + 3, column + 64, sums.Row3B);
            }

            sums = GemmSums.LowerHalf(sums);
        }
    }

    /// <summary>Writes four neighbouring outputs of a row, those of them that there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TChain>(
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state,
        int batch,
        int row,
        int column,
        Float4 sum)
        where TChain : struct, IChain
    {
        int left = row < g.M ? g.N - column : 0;
        int index = (((batch * g.M) + row) * g.N) + column;
        for (int j = 0; j < 4; j++)
        {
            if (j < left)
            {
                float value = g.HasBias != 0 ? sum.X + bias[column + j] : sum.X;
                y[index + j] = GpuOperands.Finish<TChain>(value, index + j, operands, state);
            }

            (sum.X, sum.Y, sum.Z) = (sum.Y, sum.Z, sum.W);
        }
    }

    /// <summary>
    /// A thread's four elements of the next block of a matrix: neighbours in memory, along the sum
    /// or across it. Zeros outside of the matrix. A line is a row of a or a column of b.
    /// </summary>
    private static Float4 Fetch<TTile>(
        ArrayView<float> source, int start, int firstLine, int firstDepth, int lines, int depths,
        int lineStride,
        int depthStride, int wide)
        where TTile : struct, ITile
    {
        int line = firstLine + LineOf<TTile>(depthStride);
        int depth = firstDepth + DepthOf<TTile>(depthStride);
        int index = start + (line * lineStride) + (depth * depthStride);
        if (line >= lines || depth >= depths)
        {
            return default;
        }

        if (wide != 0)
        {
            return source.Cast<Float4>()[index / 4];
        }

        int left = depthStride == 1 ? depths - depth : lines - line;
        return new Float4
        {
            X = source[index],
            Y = left > 1 ? source[index + 1] : 0f,
            Z = left > 2 ? source[index + 2] : 0f,
            W = left > 3 ? source[index + 3] : 0f,
        };
    }

    /// <summary>
    /// Writes what <see cref="Fetch"/> gave to the block in shared memory, [depth][line].
    /// </summary>
    private static void Put<TTile>(ArrayView<Float4> block, Float4 value, int depthStride)
        where TTile : struct, ITile
    {
        int pitch = (TTile.Size / 4) + 1;
        int line = LineOf<TTile>(depthStride);
        int depth = DepthOf<TTile>(depthStride);
        if (depthStride != 1)
        {
            block[(depth * pitch) + (line / 4)] = value;
        }
        else
        {
            var floats = block.Cast<float>();
            int at = (depth * pitch * 4) + line;
            floats[at] = value.X;
            floats[at + (pitch * 4)] = value.Y;
            floats[at + (pitch * 8)] = value.Z;
            floats[at + (pitch * 12)] = value.W;
        }
    }

    private static int LineOf<TTile>(int depthStride)
        where TTile : struct, ITile =>
        depthStride == 1 ? Group.IdxX / (TTile.Depth / 4) : Group.IdxX % (TTile.Size / 4) * 4;

    private static int DepthOf<TTile>(int depthStride)
        where TTile : struct, ITile =>
        depthStride == 1 ? Group.IdxX % (TTile.Depth / 4) * 4 : Group.IdxX / (TTile.Size / 4);

    internal readonly struct Tile64 : ITile
    {
        public static int Size => 64;

        public static int Depth => 16;

        public static int PerThread => 4;
    }

    internal readonly struct Tile128 : ITile
    {
        public static int Size => 128;

        public static int Depth => 8;

        public static int PerThread => 8;
    }
}
