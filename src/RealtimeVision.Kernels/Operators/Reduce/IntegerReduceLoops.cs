using System.Numerics;
using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The loops of <see cref="ReduceLoops"/> for 32-bit integers, where order does not matter.
/// </summary>
internal static unsafe class IntegerReduceLoops
{
    /// <summary>
    /// y[c] = the fold of x[0, c], x[1, c] and so on. Integers lie where floats are declared: steps
    /// know one kind of loop.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold<TFunction>(
        float* x, long rows, int columns, long stride, float* y, float unused)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        int* source = (int*)x;
        int* results = (int*)y;
        if (columns == 1 && stride == 1)
        {
            *results = FoldRow<TFunction>(source, rows);
            return;
        }

        int column = 0;
        for (; column <= columns - Vector<int>.Count; column += Vector<int>.Count)
        {
            var result = Vector.Load(source + column);
            for (long row = 1; row < rows; row++)
            {
                result = TFunction.Apply(result, Vector.Load(source + (row * stride) + column));
            }

            result.Store(results + column);
        }

        for (; column < columns; column++)
        {
            int result = source[column];
            for (long row = 1; row < rows; row++)
            {
                result = TFunction.Apply(result, source[(row * stride) + column]);
            }

            results[column] = result;
        }
    }

    private static int FoldRow<TFunction>(int* x, long count)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        int result = *x;
        long i = 1;
        if (count >= 2 * Vector<int>.Count)
        {
            var lanes = Vector.Load(x);
            for (i = Vector<int>.Count; i <= count - Vector<int>.Count; i += Vector<int>.Count)
            {
                lanes = TFunction.Apply(lanes, Vector.Load(x + i));
            }

            result = lanes[0];
            for (int lane = 1; lane < Vector<int>.Count; lane++)
            {
                result = TFunction.Apply(result, lanes[lane]);
            }
        }

        for (; i < count; i++)
        {
            result = TFunction.Apply(result, x[i]);
        }

        return result;
    }
}
