using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The transforms of Winograd's F(4x4, 3x3), with the interpolation points 0, 1, -1, 2, -2 and
/// infinity.
/// </summary>
internal static unsafe class WinogradTransforms
{
    private const int Size = 6;
    private const int LineFloats = 16;

    /// <summary>Where an output tile goes.</summary>
    public struct Target
    {
        /// <summary>The tile's first output.</summary>
        public float* Output;

        /// <summary>The same place in the residual, or null.</summary>
        public float* Residual;

        /// <summary>The same place in what has to be positive for a result to stay, or null.</summary>
        public float* Gate;

        /// <summary>Bias of the first channel, or null.</summary>
        public float* Bias;

        /// <summary>Floats from a row of the picture to the next.</summary>
        public nint Pitch;

        /// <summary>Floats from a pixel to the next.</summary>
        public nint PixelStride;

        /// <summary>Rows of the tile that lie in the picture.</summary>
        public int Rows;

        /// <summary>Columns of the tile that lie in the picture.</summary>
        public int Columns;

        /// <summary>Channels to write.</summary>
        public int Channels;

        /// <summary>Smallest result.</summary>
        public float Low;

        /// <summary>Largest result.</summary>
        public float High;
    }

    /// <summary>G g G^T of one filter a lane.</summary>
    /// <param name="taps">Lanes of each of the nine taps, one after the other.</param>
    /// <param name="destination">First of the 36 results.</param>
    /// <param name="stride">Floats from a result to the next.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weights<TLanes>(float* taps, float* destination, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        float* halfMemory = stackalloc float[(Size * 3 * 16) + LineFloats];
        float* half = Aligned(halfMemory);
        nint lane = TLanes.Count;
        for (int column = 0; column < 3; column++)
        {
            float* p = taps + (column * lane);
            TransformWeights(
                TLanes.Load(p), TLanes.Load(p + (3 * lane)), TLanes.Load(p + (6 * lane)),
                half + (column * lane), 3 * lane);
        }

        for (int row = 0; row < Size; row++)
        {
            float* p = half + (row * 3 * lane);
            TransformWeights(
                TLanes.Load(p), TLanes.Load(p + lane), TLanes.Load(p + (2 * lane)),
                destination + (row * Size * stride), stride);
        }
    }

    /// <summary>B^T d B of one tile, for all channels.</summary>
    /// <param name="source">First pixel of the 6x6 tile.</param>
    /// <param name="pitch">Floats from a row to the next.</param>
    /// <param name="pixelStride">Floats from a pixel to the next.</param>
    /// <param name="channels">Channels, which are neighbours.</param>
    /// <param name="destination">First of the 36 results.</param>
    /// <param name="stride">Floats from a result to the next.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<TLanes>(
        float* source, nint pitch, nint pixelStride, int channels, float* destination, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        float* halfMemory = stackalloc float[(Size * Size * 16) + LineFloats];
        float* half = Aligned(halfMemory);
        nint lane = TLanes.Count;
        for (int c = 0; c < channels; c += TLanes.Count)
        {
            for (int column = 0; column < Size; column++)
            {
                float* p = source + (column * pixelStride) + c;
                TransformInput(
                    TLanes.Load(p),
                    TLanes.Load(p + pitch),
                    TLanes.Load(p + (2 * pitch)),
                    TLanes.Load(p + (3 * pitch)),
                    TLanes.Load(p + (4 * pitch)),
                    TLanes.Load(p + (5 * pitch)),
                    half + (column * lane),
                    Size * lane);
            }

            for (int row = 0; row < Size; row++)
            {
                float* p = half + (row * Size * lane);
                TransformInput(
                    TLanes.Load(p),
                    TLanes.Load(p + lane),
                    TLanes.Load(p + (2 * lane)),
                    TLanes.Load(p + (3 * lane)),
                    TLanes.Load(p + (4 * lane)),
                    TLanes.Load(p + (5 * lane)),
                    destination + (row * Size * stride) + c,
                    stride);
            }
        }
    }

    /// <summary>
    /// A e A^T of the 4x4 gradients of one tile, for the channels of one vector: the transpose of
    /// what <see cref="Output"/> does.
    /// </summary>
    /// <param name="source">First pixel of the 4x4 tile.</param>
    /// <param name="pitch">Floats from a row to the next.</param>
    /// <param name="pixelStride">Floats from a pixel to the next.</param>
    /// <param name="destination">First of the 36 results.</param>
    /// <param name="stride">Floats from a result to the next.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient<TLanes>(
        float* source, nint pitch, nint pixelStride, float* destination, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        float* halfMemory = stackalloc float[(Size * 4 * 16) + LineFloats];
        float* half = Aligned(halfMemory);
        nint lane = TLanes.Count;
        for (int column = 0; column < 4; column++)
        {
            float* p = source + (column * pixelStride);
            TransformGradient(
                TLanes.Load(p), TLanes.Load(p + pitch), TLanes.Load(p + (2 * pitch)),
                TLanes.Load(p + (3 * pitch)), half + (column * lane), 4 * lane);
        }

        for (int row = 0; row < Size; row++)
        {
            float* p = half + (row * 4 * lane);
            TransformGradient(
                TLanes.Load(p), TLanes.Load(p + lane), TLanes.Load(p + (2 * lane)),
                TLanes.Load(p + (3 * lane)), destination + (row * Size * stride), stride);
        }
    }

    /// <summary>
    /// G^T m G, the gradients of the nine taps, for the outputs of one vector: the transpose of
    /// what <see cref="Weights"/> does.
    /// </summary>
    /// <param name="sums">First of the 36 sums of products, a vector each.</param>
    /// <param name="taps">The nine results, a vector each.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient<TLanes>(float* sums, float* taps)
        where TLanes : struct, ILanes<TLanes>
    {
        float* halfMemory = stackalloc float[(Size * 3 * 16) + LineFloats];
        float* half = Aligned(halfMemory);
        nint lane = TLanes.Count;
        for (int column = 0; column < Size; column++)
        {
            TransformSums<TLanes>(
                sums + (column * lane), Size * lane, half + (column * lane), Size * lane);
        }

        for (int row = 0; row < 3; row++)
        {
            TransformSums<TLanes>(half + (row * Size * lane), lane, taps + (row * 3 * lane), lane);
        }
    }

    /// <summary>A^T m A of one tile, then bias, residual and clamp, for all channels.</summary>
    /// <param name="products">First of the 36 products.</param>
    /// <param name="stride">Floats from a product to the next.</param>
    /// <param name="target">Where results go.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<TLanes>(float* products, nint stride, Target target)
        where TLanes : struct, ILanes<TLanes>
    {
        float* halfMemory = stackalloc float[(Size * 4 * 16) + LineFloats];
        float* half = Aligned(halfMemory);
        float* resultsMemory = stackalloc float[(4 * 16) + LineFloats];
        float* results = Aligned(resultsMemory);
        nint lane = TLanes.Count;
        var low = TLanes.Broadcast(target.Low);
        var high = TLanes.Broadcast(target.High);
        for (int c = 0; c < target.Channels; c += TLanes.Count)
        {
            var bias = target.Bias is null ? TLanes.Broadcast(0f) : TLanes.Load(target.Bias + c);
            for (int column = 0; column < Size; column++)
            {
                float* p = products + (column * stride) + c;
                TransformOutput<TLanes>(p, Size * stride, half + (column * lane), Size * lane);
            }

            int valid = Math.Min(target.Channels - c, TLanes.Count);
            for (int row = 0; row < target.Rows; row++)
            {
                TransformOutput<TLanes>(half + (row * Size * lane), lane, results, lane);
                float* y = target.Output + (row * target.Pitch) + c;
                for (int column = 0; column < target.Columns; column++)
                {
                    var value = TLanes.Load(results + (column * lane)) + bias;
                    if (target.Residual is not null)
                    {
                        value += TLanes.Load(target.Residual + (y - target.Output));
                    }

                    if (target.Gate is not null)
                    {
                        value = WherePositive.Apply(value, TLanes.Load(target.Gate + (y - target.Output)));
                    }

                    value = TLanes.AtMost(high, TLanes.AtLeast(low, value));
                    if (valid == TLanes.Count)
                    {
                        value.Store(y);
                    }
                    else
                    {
                        value.Store(results + (column * lane));
                        for (int i = 0; i < valid; i++)
                        {
                            y[i] = results[(column * lane) + i];
                        }
                    }

                    y += target.PixelStride;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformGradient<TLanes>(
        TLanes e0, TLanes e1, TLanes e2, TLanes e3, float* y, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var four = TLanes.Broadcast(4f);
        var even = e0 + e2;
        var odd = e1 + e3;
        var evenTwo = TLanes.MultiplyAdd(e2, four, e0);
        var oddTwo = TLanes.Broadcast(2f) * TLanes.MultiplyAdd(e3, four, e1);
        e0.Store(y);
        (even + odd).Store(y + stride);
        (even - odd).Store(y + (2 * stride));
        (evenTwo + oddTwo).Store(y + (3 * stride));
        (evenTwo - oddTwo).Store(y + (4 * stride));
        e3.Store(y + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformSums<TLanes>(float* m, nint step, float* y, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var m1 = TLanes.Load(m + step);
        var m2 = TLanes.Load(m + (2 * step));
        var m3 = TLanes.Load(m + (3 * step));
        var m4 = TLanes.Load(m + (4 * step));
        var sixth = TLanes.Broadcast(1f / 6f);
        var sum = (m1 + m2) * sixth;
        var sumTwo = (m3 + m4) * sixth;
        var quarter = TLanes.Broadcast(0.25f);
        (TLanes.MultiplyAdd(TLanes.Load(m), quarter, sumTwo * quarter) - sum).Store(y);
        TLanes.MultiplyAdd(m3 - m4, TLanes.Broadcast(1f / 12f), (m2 - m1) * sixth).Store(y + stride);
        (TLanes.Load(m + (5 * step)) + sumTwo - sum).Store(y + (2 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformWeights<TLanes>(
        TLanes g0, TLanes g1, TLanes g2, float* y, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var sixth = TLanes.Broadcast(-1f / 6f);
        var outer = (g0 + g2) * sixth;
        var inner = g1 * sixth;
        var outerTwo = TLanes.MultiplyAdd(
            g0, TLanes.Broadcast(1f / 24f), g2 * TLanes.Broadcast(1f / 6f));
        var innerTwo = g1 * TLanes.Broadcast(1f / 12f);
        (g0 * TLanes.Broadcast(0.25f)).Store(y);
        (outer + inner).Store(y + stride);
        (outer - inner).Store(y + (2 * stride));
        (outerTwo + innerTwo).Store(y + (3 * stride));
        (outerTwo - innerTwo).Store(y + (4 * stride));
        g2.Store(y + (5 * stride));
    }

    // Vectors that lie across two lines of the cache take twice as long to write and to read back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Aligned(float* memory)
    {
        const nint Line = LineFloats * sizeof(float);
        return (float*)(((nint)memory + Line - 1) & -Line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformInput<TLanes>(
        TLanes d0, TLanes d1, TLanes d2, TLanes d3, TLanes d4, TLanes d5, float* y, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var two = TLanes.Broadcast(2f);
        var four = TLanes.Broadcast(4f);
        var five = TLanes.Broadcast(-5f);
        var even = d4 - (four * d2);
        var odd = d3 - (four * d1);
        var evenTwo = d4 - d2;
        var oddTwo = two * (d3 - d1);
        TLanes.MultiplyAdd(d2, five, TLanes.MultiplyAdd(d0, four, d4)).Store(y);
        (even + odd).Store(y + stride);
        (even - odd).Store(y + (2 * stride));
        (evenTwo + oddTwo).Store(y + (3 * stride));
        (evenTwo - oddTwo).Store(y + (4 * stride));
        TLanes.MultiplyAdd(d3, five, TLanes.MultiplyAdd(d1, four, d5)).Store(y + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransformOutput<TLanes>(float* m, nint step, float* y, nint stride)
        where TLanes : struct, ILanes<TLanes>
    {
        var m0 = TLanes.Load(m);
        var m1 = TLanes.Load(m + step);
        var m2 = TLanes.Load(m + (2 * step));
        var m3 = TLanes.Load(m + (3 * step));
        var m4 = TLanes.Load(m + (4 * step));
        var m5 = TLanes.Load(m + (5 * step));
        var sum = m1 + m2;
        var difference = m1 - m2;
        var sumTwo = m3 + m4;
        var differenceTwo = m3 - m4;
        (m0 + sum + sumTwo).Store(y);
        TLanes.MultiplyAdd(differenceTwo, TLanes.Broadcast(2f), difference).Store(y + stride);
        TLanes.MultiplyAdd(sumTwo, TLanes.Broadcast(4f), sum).Store(y + (2 * stride));
        (TLanes.MultiplyAdd(differenceTwo, TLanes.Broadcast(8f), difference) + m5).Store(y + (3 * stride));
    }
}
