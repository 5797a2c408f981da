using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>One axis of a pooling window: plain numbers, which a GPU kernel can be given.</summary>
internal struct PoolAxis
{
    public int Size, Taps, Stride, Dilation, Before, After;

    /// <summary>
    /// Where the window for output <paramref name="position"/> begins; negative in the padding.
    /// </summary>
    public readonly int Start(int position) => (position * Stride) - Before;

    /// <summary>The first tap of a window that is not before <paramref name="edge"/>.</summary>
    public readonly int FirstTap(int start, int edge) =>
        start >= edge ? 0 : (edge - start + Dilation - 1) / Dilation;

    /// <summary>The tap after the last one before <paramref name="edge"/>.</summary>
    public readonly int EndTap(int start, int edge)
    {
        int taps = start >= edge ? 0 : (edge - start + Dilation - 1) / Dilation;
        return taps < Taps ? taps : Taps;
    }

    /// <summary>The first window that reaches a pixel, as far as its ends tell.</summary>
    public readonly int FirstWindow(int pixel)
    {
        int beyond = pixel + Before - ((Taps - 1) * Dilation);
        return beyond <= 0 ? 0 : (beyond + Stride - 1) / Stride;
    }

    /// <summary>
    /// The last window that begins before a pixel's end; there may not be so many.
    /// </summary>
    public readonly int LastWindow(int pixel) => (pixel + Before) / Stride;

    /// <summary>
    /// What pooling by sums does along the axis: a row of the matrix is a window.
    /// </summary>
    /// <param name="windows">Number of windows.</param>
    /// <param name="isMean">True where sums are divided by the number of taps.</param>
    /// <param name="countsPadding">True where taps in the padding count, too.</param>
    public readonly SparseMatrix Matrix(int windows, bool isMean, bool countsPadding)
    {
        var axis = this;
        return SparseMatrix.Of(Size, Enumerable.Range(0, windows).Select(window =>
        {
            int start = axis.Start(window);
            int first = axis.FirstTap(start, 0);
            int taps = Math.Max(axis.EndTap(start, axis.Size) - first, 0);
            float weight = isMean ? 1f / (countsPadding ? axis.PaddedTaps(start) : taps) : 1f;
            return Enumerable.Range(first, taps)
                .Select(tap => (start + (tap * axis.Dilation), weight));
        }));
    }

    /// <summary>Number of taps inside the padded picture.</summary>
    public readonly int PaddedTaps(int start) => EndTap(start, Size + After);
}

/// <summary>Sizes of a pooling.</summary>
internal struct PoolGeometry
{
    public PoolAxis Rows, Columns;
    public int N, OH, OW, C, CountsPadding;

    /// <summary>The sizes for a window.</summary>
    public static PoolGeometry Of(Window2 window, Shape x, Shape y, bool countsPadding = false) =>
        new()
        {
            Rows = new PoolAxis
            {
                Size = x.H, Taps = window.Kernel.Height, Stride = window.Stride.Height,
                Dilation = window.Dilation.Height, Before = window.Padding.Top,
                After = window.Padding.Bottom,
            },
            Columns = new PoolAxis
            {
                Size = x.W, Taps = window.Kernel.Width, Stride = window.Stride.Width,
                Dilation = window.Dilation.Width, Before = window.Padding.Left,
                After = window.Padding.Right,
            },
            N = x.N, OH = y.H, OW = y.W, C = x.C, CountsPadding = countsPadding ? 1 : 0,
        };

    /// <summary>1 over what a mean is divided by.</summary>
    /// <param name="top">Where the window begins.</param>
    /// <param name="left">Where the window begins.</param>
    /// <param name="inside">Number of its taps inside the picture.</param>
    public readonly float Share(int top, int left, int inside)
    {
        int count = CountsPadding != 0 ? Rows.PaddedTaps(top) * Columns.PaddedTaps(left) : inside;
        return count > 0 ? 1f / count : 0f;
    }
}

/// <summary>What pooling does with the pixels under a window; written once for all lanes.</summary>
internal interface IPoolReduction
{
    /// <summary>The value of no pixels.</summary>
    static abstract float Empty { get; }

    /// <summary>The value so far with one more pixel.</summary>
    static abstract TLanes Accumulate<TLanes>(TLanes value, TLanes pixel)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>The result, given 1 over the number of pixels.</summary>
    static abstract TLanes Finish<TLanes>(TLanes value, TLanes share)
        where TLanes : struct, ILanes<TLanes>;
}

internal readonly struct MaxReduction : IPoolReduction
{
    public static float Empty => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Accumulate<TLanes>(TLanes value, TLanes pixel)
        where TLanes : struct, ILanes<TLanes> => TLanes.Max(value, pixel);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Finish<TLanes>(TLanes value, TLanes share)
        where TLanes : struct, ILanes<TLanes> => value;
}

internal readonly struct MeanReduction : IPoolReduction
{
    public static float Empty => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Accumulate<TLanes>(TLanes value, TLanes pixel)
        where TLanes : struct, ILanes<TLanes> => value + pixel;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Finish<TLanes>(TLanes value, TLanes share)
        where TLanes : struct, ILanes<TLanes> => value * share;
}

internal readonly struct SumReduction : IPoolReduction
{
    public static float Empty => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Accumulate<TLanes>(TLanes value, TLanes pixel)
        where TLanes : struct, ILanes<TLanes> => value + pixel;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Finish<TLanes>(TLanes value, TLanes share)
        where TLanes : struct, ILanes<TLanes> => value;
}
