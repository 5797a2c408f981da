using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What is summed over a group to measure it.</summary>
internal interface INormTerm
{
    /// <summary>True where the terms are of deviations from the mean.</summary>
    static abstract bool IsCentred { get; }

    /// <summary>The term of a deviation, or of an element where none is meant.</summary>
    static abstract TLanes Of<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>Squares of deviations from the mean.</summary>
internal readonly struct SquaredDeviation : INormTerm
{
    public static bool IsCentred => true;

    public static TLanes Of<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * x;
}

/// <summary>Squares.</summary>
internal readonly struct SquaredElement : INormTerm
{
    public static bool IsCentred => false;

    public static TLanes Of<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * x;
}

/// <summary>Magnitudes.</summary>
internal readonly struct Magnitude : INormTerm
{
    public static bool IsCentred => false;

    public static TLanes Of<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Abs(x);
}

/// <summary>
/// The vector loops of <see cref="NormOperator"/>: measuring rows and columns, and applying what
/// was measured.
/// </summary>
internal static unsafe class NormLoops
{
    // Sums of blocks are added in double precision, so that long rows lose no digits.
    private const int BlockElements = 4096;

    /// <summary>Sum of the elements of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum<TLanes>(float* x, long count)
        where TLanes : struct, ILanes<TLanes>
    {
        double total = 0;
        while (count > 0)
        {
            int block = (int)Math.Min(count, BlockElements);
            TLanes a = default, b = default, c = default, d = default;
            int i = 0;
            for (; i <= block - (4 * TLanes.Count); i += 4 * TLanes.Count)
            {
                a += TLanes.Load(x + i);
                b += TLanes.Load(x + i + TLanes.Count);
                c += TLanes.Load(x + i + (2 * TLanes.Count));
                d += TLanes.Load(x + i + (3 * TLanes.Count));
            }

            float sum = ((a + b) + (c + d)).Sum();
            for (; i < block; i++)
            {
                sum += x[i];
            }

            total += sum;
            x += block;
            count -= block;
        }

        return total;
    }

    /// <summary>Sum of the terms of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfTerms<TTerm, TLanes>(float* x, long count, float mean)
        where TTerm : struct, INormTerm
        where TLanes : struct, ILanes<TLanes>
    {
        double total = 0;
        var centre = TLanes.Broadcast(mean);
        while (count > 0)
        {
            int block = (int)Math.Min(count, BlockElements);
            TLanes a = default, b = default, c = default, d = default;
            int i = 0;
            for (; i <= block - (4 * TLanes.Count); i += 4 * TLanes.Count)
            {
                a += Term<TTerm, TLanes>(x + i, centre);
                b += Term<TTerm, TLanes>(x + i + TLanes.Count, centre);
                c += Term<TTerm, TLanes>(x + i + (2 * TLanes.Count), centre);
                d += Term<TTerm, TLanes>(x + i + (3 * TLanes.Count), centre);
            }

            float sum = ((a + b) + (c + d)).Sum();
            for (; i < block; i++)
            {
                sum += Term<TTerm, Lanes1>(x + i, new Lanes1(mean)).Value;
            }

            total += sum;
            x += block;
            count -= block;
        }

        return total;
    }

    /// <summary>
    /// The mean of each column of a matrix, 0 where terms are not centred, and the sum of its
    /// terms.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MeasureColumns<TTerm, TLanes>(
        float* x, int rows, int columns, long stride, float* mean, float* terms)
        where TTerm : struct, INormTerm
        where TLanes : struct, ILanes<TLanes>
    {
        int lanes = TLanes.Count;
        var scale = TLanes.Broadcast(1f / rows);
        int column = 0;
        for (; column <= columns - (4 * lanes); column += 4 * lanes)
        {
            TLanes m0 = default, m1 = default, m2 = default, m3 = default;
            float* row = x + column;
            if (TTerm.IsCentred)
            {
                for (int r = 0; r < rows; r++, row += stride)
                {
                    m0 += TLanes.Load(row);
                    m1 += TLanes.Load(row + lanes);
                    m2 += TLanes.Load(row + (2 * lanes));
                    m3 += TLanes.Load(row + (3 * lanes));
                }

                m0 *= scale;
                m1 *= scale;
                m2 *= scale;
                m3 *= scale;
                row = x + column;
            }

            TLanes t0 = default, t1 = default, t2 = default, t3 = default;
            for (int r = 0; r < rows; r++, row += stride)
            {
                t0 += Term<TTerm, TLanes>(row, m0);
                t1 += Term<TTerm, TLanes>(row + lanes, m1);
                t2 += Term<TTerm, TLanes>(row + (2 * lanes), m2);
                t3 += Term<TTerm, TLanes>(row + (3 * lanes), m3);
            }

            m0.Store(mean + column);
            m1.Store(mean + column + lanes);
            m2.Store(mean + column + (2 * lanes));
            m3.Store(mean + column + (3 * lanes));
            t0.Store(terms + column);
            t1.Store(terms + column + lanes);
            t2.Store(terms + column + (2 * lanes));
            t3.Store(terms + column + (3 * lanes));
        }

        column = MeasureColumns<TTerm, TLanes>(x, rows, column, columns, stride, mean, terms);
        MeasureColumns<TTerm, Lanes1>(x, rows, column, columns, stride, mean, terms);
    }

    /// <summary>y = (x - mean) factor, then times gamma and plus beta where they are given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyToRow<TLanes>(
        float* x, float mean, float factor, float* gamma, float* beta, float* y, long count)
        where TLanes : struct, ILanes<TLanes>
    {
        var centre = TLanes.Broadcast(mean);
        var scale = TLanes.Broadcast(factor);
        long i = 0;
        if (beta is not null)
        {
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                var value = (TLanes.Load(x + i) - centre) * scale;
                TLanes.MultiplyAdd(value, TLanes.Load(gamma + i), TLanes.Load(beta + i)).Store(y + i);
            }
        }
        else if (gamma is not null)
        {
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                ((TLanes.Load(x + i) - centre) * scale * TLanes.Load(gamma + i)).Store(y + i);
            }
        }
        else
        {
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                ((TLanes.Load(x + i) - centre) * scale).Store(y + i);
            }
        }

        for (; i < count; i++)
        {
            float value = (x[i] - mean) * factor * (gamma is null ? 1 : gamma[i]);
            y[i] = value + (beta is null ? 0 : beta[i]);
        }
    }

    /// <summary>
    /// y = (x - mean) scale, plus shift where it is given, over rows of as many floats as there are
    /// of each.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyToRows<TLanes>(
        float* x, float* mean, float* scale, float* shift, float* y, long count, int rowLength)
        where TLanes : struct, ILanes<TLanes>
    {
        while (count > 0)
        {
            int row = (int)Math.Min(rowLength, count);
            int i = 0;
            if (shift is not null)
            {
                for (; i <= row - TLanes.Count; i += TLanes.Count)
                {
                    TLanes.MultiplyAdd(
                        TLanes.Load(x + i) - TLanes.Load(mean + i),
                        TLanes.Load(scale + i),
                        TLanes.Load(shift + i)).Store(y + i);
                }
            }
            else
            {
                for (; i <= row - TLanes.Count; i += TLanes.Count)
                {
                    ((TLanes.Load(x + i) - TLanes.Load(mean + i)) * TLanes.Load(scale + i))
                        .Store(y + i);
                }
            }

            for (; i < row; i++)
            {
                y[i] = ((x[i] - mean[i]) * scale[i]) + (shift is null ? 0 : shift[i]);
            }

            x += row;
            y += row;
            count -= row;
        }
    }

    /// <summary>Columns one vector at a time; returns the first column that is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MeasureColumns<TTerm, TLanes>(
        float* x, int rows, int column, int columns, long stride, float* mean, float* terms)
        where TTerm : struct, INormTerm
        where TLanes : struct, ILanes<TLanes>
    {
        for (; column <= columns - TLanes.Count; column += TLanes.Count)
        {
            var m = default(TLanes);
            float* row = x + column;
            if (TTerm.IsCentred)
            {
                for (int r = 0; r < rows; r++, row += stride)
                {
                    m += TLanes.Load(row);
                }

                m *= TLanes.Broadcast(1f / rows);
                row = x + column;
            }

            var t = default(TLanes);
            for (int r = 0; r < rows; r++, row += stride)
            {
                t += Term<TTerm, TLanes>(row, m);
            }

            m.Store(mean + column);
            t.Store(terms + column);
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Term<TTerm, TLanes>(float* x, TLanes mean)
        where TTerm : struct, INormTerm
        where TLanes : struct, ILanes<TLanes> =>
        TTerm.Of(TTerm.IsCentred ? TLanes.Load(x) - mean : TLanes.Load(x));
}
