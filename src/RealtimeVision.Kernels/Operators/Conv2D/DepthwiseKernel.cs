using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One call of a depthwise kernel: blocks of a few neighbouring pixels of one output row, whole
/// vectors of channels or the channels after the last of them.
/// </summary>
internal unsafe struct DepthwiseTile
{
    /// <summary>Under the first tap that is taken, of the first pixel.</summary>
    public float* X;

    /// <summary>Floats from a pixel's window to the next pixel's.</summary>
    public nint PixelStride;

    /// <summary>Floats from a tap to the next in its row.</summary>
    public nint TapX;

    /// <summary>Floats from a row of taps to the next.</summary>
    public nint TapY;

    /// <summary>Rows of taps that are taken.</summary>
    public int Rows;

    /// <summary>Taps that are taken of each row.</summary>
    public int Columns;

    /// <summary>Weights of the first tap that is taken.</summary>
    public float* Weights;

    /// <summary>Floats from a tap's weights to the next tap's.</summary>
    public nint WeightStride;

    /// <summary>Floats from a row of weights to the next.</summary>
    public nint WeightRow;

    /// <summary>Bias, or null.</summary>
    public float* Bias;

    /// <summary>First output.</summary>
    public float* Y;

    /// <summary>Floats from an output pixel to the next.</summary>
    public nint OutputStride;

    /// <summary>Channels: whole vectors, or less than one.</summary>
    public int Channels;

    /// <summary>Blocks of pixels, one after the other.</summary>
    public int Blocks;

    /// <summary>Smallest result.</summary>
    public float Low;

    /// <summary>Largest result.</summary>
    public float High;
}

/// <summary>
/// Depthwise convolution of up to 8 pixels, their sums in registers, so that each loaded weight
/// serves all of them. Written out because only named locals stay in registers; pixels beyond
/// <typeparamref name="TPixels"/> fall away, and so do masks where channels fill the vectors.
/// </summary>
internal static unsafe class DepthwiseKernel<TPixels, TPartial, TLanes>
    where TPixels : struct, INumber
    where TPartial : struct, IFlag
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Any taps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(DepthwiseTile* tile)
    {
        nint s = tile->PixelStride;
        nint o = tile->OutputStride;
        var low = TLanes.Broadcast(tile->Low);
        var high = TLanes.Broadcast(tile->High);
        var mask = TPartial.IsSet ? TLanes.FirstLanes(tile->Channels) : TLanes.Broadcast(0f);
        float* x0 = tile->X;
        float* y0 = tile->Y;
        for (int block = tile->Blocks; block > 0; block--)
        {
            for (int c = 0; c < tile->Channels; c += TLanes.Count)
            {
                var sum = tile->Bias is null ? TLanes.Broadcast(0f) : TLanes.Load(tile->Bias + c);
                TLanes s0 = sum, s1 = sum, s2 = sum, s3 = sum, s4 = sum, s5 = sum, s6 = sum, s7 = sum;
                float* row = x0 + c;
                float* weightRow = tile->Weights + c;
                for (int ky = tile->Rows; ky > 0; ky--)
                {
                    float* p = row;
                    float* w = weightRow;
                    for (int kx = tile->Columns; kx > 0; kx--)
                    {
                        var weight = TLanes.Load(w);
                        s0 = TLanes.MultiplyAdd(TLanes.Load(p), weight, s0);
                        if (TPixels.Value > 1)
                        {
                            s1 = TLanes.MultiplyAdd(TLanes.Load(p + (1 * s)), weight, s1);
                        }

                        if (TPixels.Value > 2)
                        {
                            s2 = TLanes.MultiplyAdd(TLanes.Load(p + (2 * s)), weight, s2);
                        }

                        if (TPixels.Value > 3)
                        {
                            s3 = TLanes.MultiplyAdd(TLanes.Load(p + (3 * s)), weight, s3);
                        }

                        if (TPixels.Value > 4)
                        {
                            s4 = TLanes.MultiplyAdd(TLanes.Load(p + (4 * s)), weight, s4);
                        }

                        if (TPixels.Value > 5)
                        {
                            s5 = TLanes.MultiplyAdd(TLanes.Load(p + (5 * s)), weight, s5);
                        }

                        if (TPixels.Value > 6)
                        {
                            s6 = TLanes.MultiplyAdd(TLanes.Load(p + (6 * s)), weight, s6);
                        }

                        if (TPixels.Value > 7)
                        {
                            s7 = TLanes.MultiplyAdd(TLanes.Load(p + (7 * s)), weight, s7);
                        }

                        w += tile->WeightStride;
                        p += tile->TapX;
                    }

                    row += tile->TapY;
                    weightRow += tile->WeightRow;
                }

                float* y = y0 + c;
                Write(s0, low, high, y, mask);
                if (TPixels.Value > 1)
                {
                    Write(s1, low, high, y + (1 * o), mask);
                }

                if (TPixels.Value > 2)
                {
                    Write(s2, low, high, y + (2 * o), mask);
                }

                if (TPixels.Value > 3)
                {
                    Write(s3, low, high, y + (3 * o), mask);
                }

                if (TPixels.Value > 4)
                {
                    Write(s4, low, high, y + (4 * o), mask);
                }

                if (TPixels.Value > 5)
                {
                    Write(s5, low, high, y + (5 * o), mask);
                }

                if (TPixels.Value > 6)
                {
                    Write(s6, low, high, y + (6 * o), mask);
                }

                if (TPixels.Value > 7)
                {
                    Write(s7, low, high, y + (7 * o), mask);
                }
            }

            x0 += TPixels.Value * s;
            y0 += TPixels.Value * o;
        }
    }

    /// <summary>
    /// Three taps a row at stride 1: neighbouring pixels share what they read, so that each pixel
    /// is loaded once a row.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunThree(DepthwiseTile* tile)
    {
        nint s = tile->PixelStride;
        nint o = tile->OutputStride;
        var low = TLanes.Broadcast(tile->Low);
        var high = TLanes.Broadcast(tile->High);
        var mask = TPartial.IsSet ? TLanes.FirstLanes(tile->Channels) : TLanes.Broadcast(0f);
        float* x0 = tile->X;
        float* y0 = tile->Y;
        for (int block = tile->Blocks; block > 0; block--)
        {
            for (int c = 0; c < tile->Channels; c += TLanes.Count)
            {
                var sum = tile->Bias is null ? TLanes.Broadcast(0f) : TLanes.Load(tile->Bias + c);
                TLanes s0 = sum, s1 = sum, s2 = sum, s3 = sum, s4 = sum, s5 = sum, s6 = sum, s7 = sum;
                float* row = x0 + c;
                float* weightRow = tile->Weights + c;
                for (int ky = tile->Rows; ky > 0; ky--)
                {
                    float* p = row;
                    var w0 = TLanes.Load(weightRow);
                    var w1 = TLanes.Load(weightRow + tile->WeightStride);
                    var w2 = TLanes.Load(weightRow + (2 * tile->WeightStride));
                    var x = TLanes.Load(p);
                    s0 = TLanes.MultiplyAdd(x, w0, s0);

                    x = TLanes.Load(p + s);
                    s0 = TLanes.MultiplyAdd(x, w1, s0);
                    if (TPixels.Value > 1)
                    {
                        s1 = TLanes.MultiplyAdd(x, w0, s1);
                    }

                    x = TLanes.Load(p + (2 * s));
                    s0 = TLanes.MultiplyAdd(x, w2, s0);
                    if (TPixels.Value > 1)
                    {
                        s1 = TLanes.MultiplyAdd(x, w1, s1);
                    }

                    if (TPixels.Value > 2)
                    {
                        s2 = TLanes.MultiplyAdd(x, w0, s2);
                    }

                    if (TPixels.Value > 1)
                    {
                        x = TLanes.Load(p + (3 * s));
                        s1 = TLanes.MultiplyAdd(x, w2, s1);
                        if (TPixels.Value > 2)
                        {
                            s2 = TLanes.MultiplyAdd(x, w1, s2);
                        }

                        if (TPixels.Value > 3)
                        {
                            s3 = TLanes.MultiplyAdd(x, w0, s3);
                        }
                    }

                    if (TPixels.Value > 2)
                    {
                        x = TLanes.Load(p + (4 * s));
                        s2 = TLanes.MultiplyAdd(x, w2, s2);
                        if (TPixels.Value > 3)
                        {
                            s3 = TLanes.MultiplyAdd(x, w1, s3);
                        }

                        if (TPixels.Value > 4)
                        {
                            s4 = TLanes.MultiplyAdd(x, w0, s4);
                        }
                    }

                    if (TPixels.Value > 3)
                    {
                        x = TLanes.Load(p + (5 * s));
                        s3 = TLanes.MultiplyAdd(x, w2, s3);
                        if (TPixels.Value > 4)
                        {
                            s4 = TLanes.MultiplyAdd(x, w1, s4);
                        }

                        if (TPixels.Value > 5)
                        {
                            s5 = TLanes.MultiplyAdd(x, w0, s5);
                        }
                    }

                    if (TPixels.Value > 4)
                    {
                        x = TLanes.Load(p + (6 * s));
                        s4 = TLanes.MultiplyAdd(x, w2, s4);
                        if (TPixels.Value > 5)
                        {
                            s5 = TLanes.MultiplyAdd(x, w1, s5);
                        }

                        if (TPixels.Value > 6)
                        {
                            s6 = TLanes.MultiplyAdd(x, w0, s6);
                        }
                    }

                    if (TPixels.Value > 5)
                    {
                        x = TLanes.Load(p + (7 * s));
                        s5 = TLanes.MultiplyAdd(x, w2, s5);
                        if (TPixels.Value > 6)
                        {
                            s6 = TLanes.MultiplyAdd(x, w1, s6);
                        }

                        if (TPixels.Value > 7)
                        {
                            s7 = TLanes.MultiplyAdd(x, w0, s7);
                        }
                    }

                    if (TPixels.Value > 6)
                    {
                        x = TLanes.Load(p + (8 * s));
                        s6 = TLanes.MultiplyAdd(x, w2, s6);
                        if (TPixels.Value > 7)
                        {
                            s7 = TLanes.MultiplyAdd(x, w1, s7);
                        }
                    }

                    if (TPixels.Value > 7)
                    {
                        x = TLanes.Load(p + (9 * s));
                        s7 = TLanes.MultiplyAdd(x, w2, s7);
                    }

                    row += tile->TapY;
                    weightRow += tile->WeightRow;
                }

                float* y = y0 + c;
                Write(s0, low, high, y, mask);
                if (TPixels.Value > 1)
                {
                    Write(s1, low, high, y + (1 * o), mask);
                }

                if (TPixels.Value > 2)
                {
                    Write(s2, low, high, y + (2 * o), mask);
                }

                if (TPixels.Value > 3)
                {
                    Write(s3, low, high, y + (3 * o), mask);
                }

                if (TPixels.Value > 4)
                {
                    Write(s4, low, high, y + (4 * o), mask);
                }

                if (TPixels.Value > 5)
                {
                    Write(s5, low, high, y + (5 * o), mask);
                }

                if (TPixels.Value > 6)
                {
                    Write(s6, low, high, y + (6 * o), mask);
                }

                if (TPixels.Value > 7)
                {
                    Write(s7, low, high, y + (7 * o), mask);
                }
            }

            x0 += TPixels.Value * s;
            y0 += TPixels.Value * o;
        }
    }

    // The channels past the last belong to the next pixel, which another thread may be writing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(TLanes sum, TLanes low, TLanes high, float* y, TLanes mask)
    {
        sum = TLanes.Clamp(sum, low, high);
        if (TPartial.IsSet)
        {
            sum.StoreWhere(mask, y);
        }
        else
        {
            sum.Store(y);
        }
    }
}
