using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One call of a depthwise kernel: a few neighbouring pixels of one output row, whole vectors of
/// channels.
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

    /// <summary>Channels, in whole vectors.</summary>
    public int Channels;

    /// <summary>Smallest result.</summary>
    public float Low;

    /// <summary>Largest result.</summary>
    public float High;
}

/// <summary>
/// Depthwise convolution of up to 8 pixels, their sums in registers, so that each loaded weight
/// serves all of them. Written out because only named locals stay in registers; pixels beyond
/// <typeparamref name="TPixels"/> fall away.
/// </summary>
internal static unsafe class DepthwiseKernel<TPixels, TLanes>
    where TPixels : struct, INumber
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
        for (int c = 0; c < tile->Channels; c += TLanes.Count)
        {
            var sum = tile->Bias is null ? TLanes.Broadcast(0f) : TLanes.Load(tile->Bias + c);
            TLanes s0 = sum, s1 = sum, s2 = sum, s3 = sum, s4 = sum, s5 = sum, s6 = sum, s7 = sum;
            float* row = tile->X + c;
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

            float* y = tile->Y + c;
            TLanes.AtMost(high, TLanes.AtLeast(low, s0)).Store(y);
            if (TPixels.Value > 1)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s1)).Store(y + (1 * o));
            }

            if (TPixels.Value > 2)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s2)).Store(y + (2 * o));
            }

            if (TPixels.Value > 3)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s3)).Store(y + (3 * o));
            }

            if (TPixels.Value > 4)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s4)).Store(y + (4 * o));
            }

            if (TPixels.Value > 5)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s5)).Store(y + (5 * o));
            }

            if (TPixels.Value > 6)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s6)).Store(y + (6 * o));
            }

            if (TPixels.Value > 7)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s7)).Store(y + (7 * o));
            }
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
        for (int c = 0; c < tile->Channels; c += TLanes.Count)
        {
            var sum = tile->Bias is null ? TLanes.Broadcast(0f) : TLanes.Load(tile->Bias + c);
            TLanes s0 = sum, s1 = sum, s2 = sum, s3 = sum, s4 = sum, s5 = sum, s6 = sum, s7 = sum;
            float* row = tile->X + c;
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

            float* y = tile->Y + c;
            TLanes.AtMost(high, TLanes.AtLeast(low, s0)).Store(y);
            if (TPixels.Value > 1)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s1)).Store(y + (1 * o));
            }

            if (TPixels.Value > 2)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s2)).Store(y + (2 * o));
            }

            if (TPixels.Value > 3)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s3)).Store(y + (3 * o));
            }

            if (TPixels.Value > 4)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s4)).Store(y + (4 * o));
            }

            if (TPixels.Value > 5)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s5)).Store(y + (5 * o));
            }

            if (TPixels.Value > 6)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s6)).Store(y + (6 * o));
            }

            if (TPixels.Value > 7)
            {
                TLanes.AtMost(high, TLanes.AtLeast(low, s7)).Store(y + (7 * o));
            }
        }
    }
}
