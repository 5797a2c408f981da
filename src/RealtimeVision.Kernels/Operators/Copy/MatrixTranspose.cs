using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Transposes a matrix in memory, in tiles that are turned around in vector registers.
/// </summary>
internal static unsafe class MatrixTranspose
{
    /// <summary>Side of the blocks that the matrix is walked in: a cache line of floats.</summary>
    public const int Block = 16;

    /// <summary>target[c, r] = source[r, c].</summary>
    /// <param name="width">Vector width.</param>
    /// <param name="source">Rows x columns.</param>
    /// <param name="sourceRow">Elements between rows of the source.</param>
    /// <param name="target">Columns x rows.</param>
    /// <param name="targetRow">Elements between rows of the target.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    public static void Run<T>(
        VectorWidth width, T* source, long sourceRow, T* target, long targetRow, int rows, int columns)
        where T : unmanaged
    {
        if (sizeof(T) == sizeof(float) && width != VectorWidth.Scalar)
        {
            int least = Math.Min(rows, columns);
            float* from = (float*)source;
            float* to = (float*)target;
            if (least >= 8 && width >= VectorWidth.Vector256 && Avx.IsSupported)
            {
                Tiled<Tile8>(from, sourceRow, to, targetRow, rows, columns);
                return;
            }

            if (least >= 4)
            {
                Tiled<Tile4>(from, sourceRow, to, targetRow, rows, columns);
                return;
            }

            if (columns is 2 or 3)
            {
                Separate(from, sourceRow, to, targetRow, rows, columns);
                return;
            }

            if (rows is 2 or 3 && targetRow == rows)
            {
                Interleave(from, sourceRow, to, rows, columns);
                return;
            }
        }

        for (int r0 = 0; r0 < rows; r0 += Block)
        {
            int r1 = Math.Min(rows, r0 + Block);
            for (int c = 0; c < columns; c++)
            {
                for (int r = r0; r < r1; r++)
                {
                    target[(c * targetRow) + r] = source[(r * sourceRow) + c];
                }
            }
        }
    }

    private interface ITile
    {
        static abstract int Side { get; }

        static abstract void Turn(float* source, long sourceRow, float* target, long targetRow);
    }

    /// <summary>
    /// Block by block, so that the lines of a block are read and written as a whole while they are
    /// near. Tiles at the far edges overlap those before them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiled<TTile>(
        float* source, long sourceRow, float* target, long targetRow, int rows, int columns)
        where TTile : struct, ITile
    {
        for (int r0 = 0; r0 < rows; r0 += Block)
        {
            int r1 = Math.Min(rows, r0 + Block);
            for (int c0 = 0; c0 < columns; c0 += Block)
            {
                int c1 = Math.Min(columns, c0 + Block);
                for (int r = r0; r < r1; r += TTile.Side)
                {
                    int row = Math.Min(r, rows - TTile.Side);
                    for (int c = c0; c < c1; c += TTile.Side)
                    {
                        int column = Math.Min(c, columns - TTile.Side);
                        TTile.Turn(
                            source + (row * sourceRow) + column,
                            sourceRow,
                            target + (column * targetRow) + row,
                            targetRow);
                    }
                }
            }
        }
    }

    /// <summary>
    /// Two or three numbers a pixel to planes. Reads up to two floats past the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Separate(
        float* source, long sourceRow, float* target, long targetRow, int rows, int columns)
    {
        int r = 0;
        for (; r <= rows - 4; r += 4)
        {
            float* from = source + (r * sourceRow);
            var (a, b, c, _) = Turn4(
                Vector128.Load(from),
                Vector128.Load(from + sourceRow),
                Vector128.Load(from + (2 * sourceRow)),
                Vector128.Load(from + (3 * sourceRow)));
            a.Store(target + r);
            b.Store(target + targetRow + r);
            if (columns == 3)
            {
                c.Store(target + (2 * targetRow) + r);
            }
        }

        for (; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                target[(c * targetRow) + r] = source[(r * sourceRow) + c];
            }
        }
    }

    /// <summary>
    /// Two or three planes to numbers side by side. Each store of four writes into the pixel after
    /// it, which is written next; the last pixels go one by one, so that nothing is written past
    /// the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(float* source, long sourceRow, float* target, int rows, int columns)
    {
        float* third = source + (rows == 3 ? 2 * sourceRow : 0);
        int c = 0;
        for (; c <= columns - 5; c += 4)
        {
            var (p0, p1, p2, p3) = Turn4(
                Vector128.Load(source + c),
                Vector128.Load(source + sourceRow + c),
                Vector128.Load(third + c),
                Vector128<float>.Zero);
            float* to = target + ((long)c * rows);
            p0.Store(to);
            p1.Store(to + rows);
            p2.Store(to + (2 * rows));
            p3.Store(to + (3 * rows));
        }

        for (; c < columns; c++)
        {
            for (int r = 0; r < rows; r++)
            {
                target[((long)c * rows) + r] = source[(r * sourceRow) + c];
            }
        }
    }

    /// <summary>Rows of a 4 x 4 matrix to its columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> C0, Vector128<float> C1, Vector128<float> C2, Vector128<float> C3) Turn4(
        Vector128<float> r0, Vector128<float> r1, Vector128<float> r2, Vector128<float> r3)
    {
        // r0[0] r2[0] r0[1] r2[1] and so on; zipping twice turns the matrix.
        var (low02, high02) = (ZipLow(r0, r2), ZipHigh(r0, r2));
        var (low13, high13) = (ZipLow(r1, r3), ZipHigh(r1, r3));
        return (ZipLow(low02, low13), ZipHigh(low02, low13), ZipLow(high02, high13), ZipHigh(high02, high13));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) => Sse.IsSupported
        ? Sse.UnpackLow(a, b)
        : Vector128.ConditionalSelect(
            Vector128.Create(-1, 0, -1, 0).AsSingle(),
            Vector128.Shuffle(a, Vector128.Create(0, 0, 1, 1)),
            Vector128.Shuffle(b, Vector128.Create(0, 0, 1, 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) => Sse.IsSupported
        ? Sse.UnpackHigh(a, b)
        : Vector128.ConditionalSelect(
            Vector128.Create(-1, 0, -1, 0).AsSingle(),
            Vector128.Shuffle(a, Vector128.Create(2, 2, 3, 3)),
            Vector128.Shuffle(b, Vector128.Create(2, 2, 3, 3)));

    private readonly struct Tile4 : ITile
    {
        public static int Side => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Turn(float* source, long sourceRow, float* target, long targetRow)
        {
            var (c0, c1, c2, c3) = Turn4(
                Vector128.Load(source),
                Vector128.Load(source + sourceRow),
                Vector128.Load(source + (2 * sourceRow)),
                Vector128.Load(source + (3 * sourceRow)));
            c0.Store(target);
            c1.Store(target + targetRow);
            c2.Store(target + (2 * targetRow));
            c3.Store(target + (3 * targetRow));
        }
    }

    private readonly struct Tile8 : ITile
    {
        public static int Side => 8;

        /// <remarks>
        /// Rows i and i + 4 share a register, so that zipping within halves of 128 bits is all that
        /// is needed.
        /// </remarks>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Turn(float* source, long sourceRow, float* target, long targetRow)
        {
            TurnHalf(source, sourceRow, target, targetRow);
            TurnHalf(source + 4, sourceRow, target + (4 * targetRow), targetRow);
        }

        /// <summary>8 rows x 4 columns to 4 rows x 8 columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void TurnHalf(float* source, long sourceRow, float* target, long targetRow)
        {
            var r04 = Rows(source, sourceRow);
            var r15 = Rows(source + sourceRow, sourceRow);
            var r26 = Rows(source + (2 * sourceRow), sourceRow);
            var r37 = Rows(source + (3 * sourceRow), sourceRow);
            var (low02, high02) = (Avx.UnpackLow(r04, r26), Avx.UnpackHigh(r04, r26));
            var (low13, high13) = (Avx.UnpackLow(r15, r37), Avx.UnpackHigh(r15, r37));
            Avx.UnpackLow(low02, low13).Store(target);
            Avx.UnpackHigh(low02, low13).Store(target + targetRow);
            Avx.UnpackLow(high02, high13).Store(target + (2 * targetRow));
            Avx.UnpackHigh(high02, high13).Store(target + (3 * targetRow));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Rows(float* row, long sourceRow) =>
            Vector256.Create(Vector128.Load(row), Vector128.Load(row + (4 * sourceRow)));
    }
}
