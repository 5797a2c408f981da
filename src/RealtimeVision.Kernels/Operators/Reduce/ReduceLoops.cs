using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Loops that fold a matrix into one row by a function of two numbers (addition, multiplication,
/// the larger or smaller of both) of what another function makes of each element. Blocks are
/// folded for themselves first, which keeps the rounding errors of sums small.
/// </summary>
internal static unsafe class ReduceLoops
{
    private const int BlockElements = 1024;
    private const int BlockRows = 128;

    // Narrower matrices are folded 16 rows to one, so that all lanes of a vector have work.
    private const int NarrowColumns = 16;
    private const int RowsAtOnce = 16;

    /// <summary>y[c] = scale times the fold of x[0, c], x[1, c] and so on.</summary>
    /// <param name="x">The matrix; its rows are <paramref name="stride"/> elements apart.</param>
    /// <param name="rows">Rows, at least one.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="stride">Elements between rows.</param>
    /// <param name="y">One number a column.</param>
    /// <param name="scale">What results are multiplied by.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold<TBefore, TFunction, TLanes>(
        float* x, long rows, int columns, long stride, float* y, float scale)
        where TBefore : struct, IUnaryFunction
        where TFunction : struct, IBinaryFunction
        where TLanes : struct, ILanes<TLanes>
    {
        if (columns == 1 && stride == 1)
        {
            *y = FoldRow<TBefore, TFunction, TLanes>(x, rows) * scale;
            return;
        }

        if (columns < NarrowColumns && stride == columns && rows >= 4 * RowsAtOnce)
        {
            float* wide = stackalloc float[(RowsAtOnce + 1) * NarrowColumns];
            long turns = rows / RowsAtOnce;
            int width = columns * RowsAtOnce;
            Fold<TBefore, TFunction, TLanes>(x, turns, width, width, wide, 1);

            // The rest, fewer than 16 rows, becomes one row more.
            long rest = rows - (turns * RowsAtOnce);
            if (rest > 0)
            {
                FoldColumns<TBefore, TFunction, Lanes1>(
                    x + (turns * width), rest, 0, columns, columns, wide + width, 1);
            }

            FoldColumns<Unchanged, TFunction, Lanes1>(
                wide, RowsAtOnce + (rest > 0 ? 1 : 0), 0, columns, columns, y, scale);
            return;
        }

        int c = FoldFourVectors<TBefore, TFunction, TLanes>(x, rows, columns, stride, y, scale);
        c = FoldColumns<TBefore, TFunction, TLanes>(x, rows, c, columns, stride, y, scale);
        FoldColumns<TBefore, TFunction, Lanes1>(x, rows, c, columns, stride, y, scale);
    }

    /// <summary>
    /// Fold of a row: halves of many blocks for themselves, a block by four vectors.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float FoldRow<TBefore, TFunction, TLanes>(float* x, long count)
        where TBefore : struct, IUnaryFunction
        where TFunction : struct, IBinaryFunction
        where TLanes : struct, ILanes<TLanes>
    {
        if (count > BlockElements)
        {
            long half = ((count / 2) + BlockElements - 1) / BlockElements * BlockElements;
            return Apply<TFunction>(
                FoldRow<TBefore, TFunction, TLanes>(x, half),
                FoldRow<TBefore, TFunction, TLanes>(x + half, count - half));
        }

        int lanes = TLanes.Count;
        float result = Load<TBefore, Lanes1>(x).Value;
        long i = 1;
        if (count >= 4 * lanes)
        {
            var a = Load<TBefore, TLanes>(x);
            var b = Load<TBefore, TLanes>(x + lanes);
            var c = Load<TBefore, TLanes>(x + (2 * lanes));
            var d = Load<TBefore, TLanes>(x + (3 * lanes));
            for (i = 4 * lanes; i <= count - (4 * lanes); i += 4 * lanes)
            {
                a = TFunction.Apply(a, Load<TBefore, TLanes>(x + i));
                b = TFunction.Apply(b, Load<TBefore, TLanes>(x + i + lanes));
                c = TFunction.Apply(c, Load<TBefore, TLanes>(x + i + (2 * lanes)));
                d = TFunction.Apply(d, Load<TBefore, TLanes>(x + i + (3 * lanes)));
            }

            result = Across<TFunction, TLanes>(TFunction.Apply(TFunction.Apply(a, b), TFunction.Apply(c, d)));
        }

        for (; i < count; i++)
        {
            result = Apply<TFunction>(result, Load<TBefore, Lanes1>(x + i).Value);
        }

        return result;
    }

    /// <summary>Fold of the lanes, by halves.</summary>
    private static float Across<TFunction, TLanes>(TLanes lanes)
        where TFunction : struct, IBinaryFunction
        where TLanes : struct, ILanes<TLanes>
    {
        float* values = stackalloc float[16];
        lanes.Store(values);
        for (int half = TLanes.Count / 2; half >= 1; half /= 2)
        {
            for (int i = 0; i < half; i++)
            {
                values[i] = Apply<TFunction>(values[i], values[i + half]);
            }
        }

        return values[0];
    }

    /// <summary>Columns four vectors at a time; returns the first column that is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FoldFourVectors<TBefore, TFunction, TLanes>(
        float* x, long rows, int columns, long stride, float* y, float scale)
        where TBefore : struct, IUnaryFunction
        where TFunction : struct, IBinaryFunction
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        var factor = TLanes.Broadcast(scale);
        int column = 0;
        for (; column <= columns - (4 * lanes); column += 4 * lanes)
        {
            TLanes a = default, b = default, c = default, d = default;
            for (long first = 0; first < rows; first += BlockRows)
            {
                float* row = x + (first * stride) + column;
                var blockA = Load<TBefore, TLanes>(row);
                var blockB = Load<TBefore, TLanes>(row + lanes);
                var blockC = Load<TBefore, TLanes>(row + (2 * lanes));
                var blockD = Load<TBefore, TLanes>(row + (3 * lanes));
                for (long r = Math.Min(BlockRows, rows - first) - 1; r > 0; r--)
                {
                    row += stride;
                    blockA = TFunction.Apply(blockA, Load<TBefore, TLanes>(row));
                    blockB = TFunction.Apply(blockB, Load<TBefore, TLanes>(row + lanes));
                    blockC = TFunction.Apply(blockC, Load<TBefore, TLanes>(row + (2 * lanes)));
                    blockD = TFunction.Apply(blockD, Load<TBefore, TLanes>(row + (3 * lanes)));
                }

                a = first == 0 ? blockA : TFunction.Apply(a, blockA);
                b = first == 0 ? blockB : TFunction.Apply(b, blockB);
                c = first == 0 ? blockC : TFunction.Apply(c, blockC);
                d = first == 0 ? blockD : TFunction.Apply(d, blockD);
            }

            (a * factor).Store(y + column);
            (b * factor).Store(y + column + lanes);
            (c * factor).Store(y + column + (2 * lanes));
            (d * factor).Store(y + column + (3 * lanes));
        }

        return column;
    }

    /// <summary>
    /// Columns one vector at a time from a column on; returns the first column that is left.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FoldColumns<TBefore, TFunction, TLanes>(
        float* x, long rows, int column, int columns, long stride, float* y, float scale)
        where TBefore : struct, IUnaryFunction
        where TFunction : struct, IBinaryFunction
        where TLanes : struct, ILanes<TLanes>
    {
        for (; column <= columns - TLanes.Count; column += TLanes.Count)
        {
            var total = default(TLanes);
            for (long first = 0; first < rows; first += BlockRows)
            {
                float* row = x + (first * stride) + column;
                var block = Load<TBefore, TLanes>(row);
                for (long r = Math.Min(BlockRows, rows - first) - 1; r > 0; r--)
                {
                    row += stride;
                    block = TFunction.Apply(block, Load<TBefore, TLanes>(row));
                }

                total = first == 0 ? block : TFunction.Apply(total, block);
            }

            (total * TLanes.Broadcast(scale)).Store(y + column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Apply<TFunction>(float x, float y)
        where TFunction : struct, IBinaryFunction => TFunction.Apply(new Lanes1(x), new Lanes1(y)).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Load<TBefore, TLanes>(float* x)
        where TBefore : struct, IUnaryFunction
        where TLanes : struct, ILanes<TLanes> => TBefore.Apply(TLanes.Load(x), default, default);
}

/// <summary>x as it is.</summary>
internal readonly struct Unchanged : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> => x;
}
