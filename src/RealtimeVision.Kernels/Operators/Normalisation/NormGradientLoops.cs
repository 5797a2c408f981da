using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The vector loops of <see cref="NormGradient"/>, over rows and over columns.</summary>
internal static unsafe class NormGradientLoops
{
    // Sums of blocks are added in double precision, so that long rows lose no digits.
    private const int BlockElements = 4096;

    /// <summary>Sums of gamma dy, and of gamma dy (x - mean); gamma may be null for 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Sum, double Product) SumsOfRow<TLanes>(
        float* dy, float* x, float* gamma, float mean, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        double sum = 0;
        double product = 0;
        var centre = TLanes.Broadcast(mean);
        for (int first = 0; first < count; first += BlockElements)
        {
            int end = Math.Min(count, first + BlockElements);
            TLanes sum0 = default, sum1 = default, product0 = default, product1 = default;
            int i = first;
            for (; i <= end - (2 * TLanes.Count); i += 2 * TLanes.Count)
            {
                var d0 = TLanes.Load(dy + i);
                var d1 = TLanes.Load(dy + i + TLanes.Count);
                if (gamma is not null)
                {
                    d0 *= TLanes.Load(gamma + i);
                    d1 *= TLanes.Load(gamma + i + TLanes.Count);
                }

                sum0 += d0;
                sum1 += d1;
                product0 = TLanes.MultiplyAdd(d0, TLanes.Load(x + i) - centre, product0);
                product1 = TLanes.MultiplyAdd(
                    d1, TLanes.Load(x + i + TLanes.Count) - centre, product1);
            }

            float restOfSum = 0;
            float restOfProduct = 0;
            for (; i < end; i++)
            {
                float d = gamma is null ? dy[i] : dy[i] * gamma[i];
                restOfSum += d;
                restOfProduct += d * (x[i] - mean);
            }

            sum += (sum0 + sum1).Sum() + restOfSum;
            product += (product0 + product1).Sum() + restOfProduct;
        }

        return (sum, product);
    }

    /// <summary>dx = factor gamma dy - shift - slope (x - mean).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyToRow<TLanes>(
        float* dy, float* x, float* gamma, float mean, float factor, float shift, float slope,
        float* dx, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        var centre = TLanes.Broadcast(mean);
        var scale = TLanes.Broadcast(factor);
        var offset = TLanes.Broadcast(-shift);
        var steepness = TLanes.Broadcast(-slope);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            var d = TLanes.Load(dy + i) * scale;
            if (gamma is not null)
            {
                d *= TLanes.Load(gamma + i);
            }

            TLanes.MultiplyAdd(TLanes.Load(x + i) - centre, steepness, d + offset).Store(dx + i);
        }

        for (; i < count; i++)
        {
            float d = dy[i] * factor * (gamma is null ? 1 : gamma[i]);
            dx[i] = d - shift - ((x[i] - mean) * slope);
        }
    }

    /// <summary>Adds dy, and dy (x - mean) factor, to a row of sums of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRow<TLanes>(
        float* dy, float* x, float mean, float factor, float* sums, float* products, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        var centre = TLanes.Broadcast(mean);
        var scale = TLanes.Broadcast(factor);
        int i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            var d = TLanes.Load(dy + i);
            (TLanes.Load(sums + i) + d).Store(sums + i);
            var normalised = (TLanes.Load(x + i) - centre) * scale;
            TLanes.MultiplyAdd(d, normalised, TLanes.Load(products + i)).Store(products + i);
        }

        for (; i < count; i++)
        {
            sums[i] += dy[i];
            products[i] += dy[i] * ((x[i] - mean) * factor);
        }
    }

    /// <summary>
    /// Adds the sums of dy, and of dy (x - mean), of each column of a matrix to a row of each.
    /// </summary>
    public static void AddColumns<TLanes>(
        float* dy, float* x, float* mean, int rows, int columns, long stride, float* sums,
        float* products)
        where TLanes : struct, ILanes<TLanes>
    {
        int column = AddVectors<TLanes>(dy, x, mean, rows, 0, columns, stride, sums, products);
        AddVectors<Lanes1>(dy, x, mean, rows, column, columns, stride, sums, products);
    }

    /// <summary>
    /// dx = scale dy + shift + slope (x - mean), over rows of as many floats as there are of each.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplyToRows<TLanes>(
        float* dy, float* x, float* mean, float* scale, float* shift, float* slope, float* dx,
        long count, int rowLength)
        where TLanes : struct, ILanes<TLanes>
    {
        while (count > 0)
        {
            int row = (int)Math.Min(rowLength, count);
            int i = 0;
            for (; i <= row - TLanes.Count; i += TLanes.Count)
            {
                var d = TLanes.MultiplyAdd(
                    TLanes.Load(dy + i), TLanes.Load(scale + i), TLanes.Load(shift + i));
                TLanes.MultiplyAdd(
                    TLanes.Load(x + i) - TLanes.Load(mean + i), TLanes.Load(slope + i), d)
                    .Store(dx + i);
            }

            for (; i < row; i++)
            {
                dx[i] = (dy[i] * scale[i]) + shift[i] + ((x[i] - mean[i]) * slope[i]);
            }

            dy += row;
            x += row;
            dx += row;
            count -= row;
        }
    }

    /// <summary>Columns a vector at a time; returns the first column that is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int AddVectors<TLanes>(
        float* dy, float* x, float* mean, int rows, int column, int columns, long stride,
        float* sums, float* products)
        where TLanes : struct, ILanes<TLanes>
    {
        for (; column <= columns - TLanes.Count; column += TLanes.Count)
        {
            var centre = TLanes.Load(mean + column);
            TLanes sum0 = default, sum1 = default, product0 = default, product1 = default;
            float* d = dy + column;
            float* v = x + column;
            int r = 0;
            for (; r < rows - 1; r += 2, d += 2 * stride, v += 2 * stride)
            {
                var d0 = TLanes.Load(d);
                var d1 = TLanes.Load(d + stride);
                sum0 += d0;
                sum1 += d1;
                product0 = TLanes.MultiplyAdd(d0, TLanes.Load(v) - centre, product0);
                product1 = TLanes.MultiplyAdd(d1, TLanes.Load(v + stride) - centre, product1);
            }

            if (r < rows)
            {
                var last = TLanes.Load(d);
                sum0 += last;
                product0 = TLanes.MultiplyAdd(last, TLanes.Load(v) - centre, product0);
            }

            (TLanes.Load(sums + column) + (sum0 + sum1)).Store(sums + column);
            (TLanes.Load(products + column) + (product0 + product1)).Store(products + column);
        }

        return column;
    }
}
