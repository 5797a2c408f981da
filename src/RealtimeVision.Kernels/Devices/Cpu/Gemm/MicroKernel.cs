using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Devices.Cpu.Gemm;

/// <summary>
/// The inner loop of convolution and matrix product: up to 12 rows times two vectors of columns,
/// all sums in registers. A step loads two vectors of packed weights and repeats one number of each
/// row over a vector.
/// </summary>
/// <remarks>
/// Written out because only named locals stay in registers. Rows and vectors beyond
/// <typeparamref name="TRows"/> and <typeparamref name="TVectors"/> fall away when the method is
/// compiled, and so do residuals and masks (for columns that do not fill the last vector) where
/// there are none. What remains has to be small: the JIT compiler inlines only so much into a method,
/// and one call that is left costs all registers. Rows are reached from four pointers at distances 0, s and 2s: more pointers would not
/// fit the general registers.
/// </remarks>
internal static unsafe class MicroKernel<TRows, TVectors, TPartial, TResidual, TLanes>
    where TRows : struct, INumber
    where TVectors : struct, INumber
    where TPartial : struct, IFlag
    where TResidual : struct, IFlag
    where TLanes : struct, ILanes<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(GemmTile* tile)
    {
        int width = TLanes.Count;
        var zero = TLanes.Broadcast(0f);
        var first = tile->Bias is null ? zero : TLanes.Load(tile->Bias);
        var second = tile->Bias is null || TVectors.Value < 2 ? zero : TLanes.Load(tile->Bias + width);
        TLanes l0 = first, r0 = second;
        TLanes l1 = first, r1 = second;
        TLanes l2 = first, r2 = second;
        TLanes l3 = first, r3 = second;
        TLanes l4 = first, r4 = second;
        TLanes l5 = first, r5 = second;
        TLanes l6 = first, r6 = second;
        TLanes l7 = first, r7 = second;
        TLanes l8 = first, r8 = second;
        TLanes l9 = first, r9 = second;
        TLanes l10 = first, r10 = second;
        TLanes l11 = first, r11 = second;

        if (TResidual.IsSet)
        {
            float* residual = tile->Residual;
            nint o = tile->OutputStride;
            if (TRows.Value > 0)
            {
                l0 += TLanes.Load(residual);
                if (TVectors.Value > 1)
                {
                    r0 += TLanes.Load(residual + width);
                }
            }

            if (TRows.Value > 1)
            {
                l1 += TLanes.Load(residual + (1 * o));
                if (TVectors.Value > 1)
                {
                    r1 += TLanes.Load(residual + (1 * o) + width);
                }
            }

            if (TRows.Value > 2)
            {
                l2 += TLanes.Load(residual + (2 * o));
                if (TVectors.Value > 1)
                {
                    r2 += TLanes.Load(residual + (2 * o) + width);
                }
            }

            if (TRows.Value > 3)
            {
                l3 += TLanes.Load(residual + (3 * o));
                if (TVectors.Value > 1)
                {
                    r3 += TLanes.Load(residual + (3 * o) + width);
                }
            }

            if (TRows.Value > 4)
            {
                l4 += TLanes.Load(residual + (4 * o));
                if (TVectors.Value > 1)
                {
                    r4 += TLanes.Load(residual + (4 * o) + width);
                }
            }

            if (TRows.Value > 5)
            {
                l5 += TLanes.Load(residual + (5 * o));
                if (TVectors.Value > 1)
                {
                    r5 += TLanes.Load(residual + (5 * o) + width);
                }
            }

            if (TRows.Value > 6)
            {
                l6 += TLanes.Load(residual + (6 * o));
                if (TVectors.Value > 1)
                {
                    r6 += TLanes.Load(residual + (6 * o) + width);
                }
            }

            if (TRows.Value > 7)
            {
                l7 += TLanes.Load(residual + (7 * o));
                if (TVectors.Value > 1)
                {
                    r7 += TLanes.Load(residual + (7 * o) + width);
                }
            }

            if (TRows.Value > 8)
            {
                l8 += TLanes.Load(residual + (8 * o));
                if (TVectors.Value > 1)
                {
                    r8 += TLanes.Load(residual + (8 * o) + width);
                }
            }

            if (TRows.Value > 9)
            {
                l9 += TLanes.Load(residual + (9 * o));
                if (TVectors.Value > 1)
                {
                    r9 += TLanes.Load(residual + (9 * o) + width);
                }
            }

            if (TRows.Value > 10)
            {
                l10 += TLanes.Load(residual + (10 * o));
                if (TVectors.Value > 1)
                {
                    r10 += TLanes.Load(residual + (10 * o) + width);
                }
            }

            if (TRows.Value > 11)
            {
                l11 += TLanes.Load(residual + (11 * o));
                if (TVectors.Value > 1)
                {
                    r11 += TLanes.Load(residual + (11 * o) + width);
                }
            }
        }

        nint s = tile->RowStride;
        nint next = tile->RunStride;
        float* b = tile->Weights;
        for (int tap = 0; tap < tile->TapCount; tap++)
        {
            float* a0 = tile->Rows + tile->Taps[tap];
            float* a3 = a0 + (3 * s);
            float* a6 = a0 + (6 * s);
            float* a9 = a0 + (9 * s);
            for (int k = tile->Run; k > 0; k--)
            {
                var left = TLanes.Load(b);
                var right = TVectors.Value < 2 ? zero : TLanes.Load(b + width);
                b += 2 * width;
                if (TRows.Value > 0)
                {
                    var x = TLanes.Broadcast(a0[0]);
                    l0 = TLanes.MultiplyAdd(x, left, l0);
                    if (TVectors.Value > 1)
                    {
                        r0 = TLanes.MultiplyAdd(x, right, r0);
                    }
                }

                if (TRows.Value > 1)
                {
                    var x = TLanes.Broadcast(a0[s]);
                    l1 = TLanes.MultiplyAdd(x, left, l1);
                    if (TVectors.Value > 1)
                    {
                        r1 = TLanes.MultiplyAdd(x, right, r1);
                    }
                }

                if (TRows.Value > 2)
                {
                    var x = TLanes.Broadcast(a0[2 * s]);
                    l2 = TLanes.MultiplyAdd(x, left, l2);
                    if (TVectors.Value > 1)
                    {
                        r2 = TLanes.MultiplyAdd(x, right, r2);
                    }
                }

                if (TRows.Value > 3)
                {
                    var x = TLanes.Broadcast(a3[0]);
                    l3 = TLanes.MultiplyAdd(x, left, l3);
                    if (TVectors.Value > 1)
                    {
                        r3 = TLanes.MultiplyAdd(x, right, r3);
                    }
                }

                if (TRows.Value > 4)
                {
                    var x = TLanes.Broadcast(a3[s]);
                    l4 = TLanes.MultiplyAdd(x, left, l4);
                    if (TVectors.Value > 1)
                    {
                        r4 = TLanes.MultiplyAdd(x, right, r4);
                    }
                }

                if (TRows.Value > 5)
                {
                    var x = TLanes.Broadcast(a3[2 * s]);
                    l5 = TLanes.MultiplyAdd(x, left, l5);
                    if (TVectors.Value > 1)
                    {
                        r5 = TLanes.MultiplyAdd(x, right, r5);
                    }
                }

                if (TRows.Value > 6)
                {
                    var x = TLanes.Broadcast(a6[0]);
                    l6 = TLanes.MultiplyAdd(x, left, l6);
                    if (TVectors.Value > 1)
                    {
                        r6 = TLanes.MultiplyAdd(x, right, r6);
                    }
                }

                if (TRows.Value > 7)
                {
                    var x = TLanes.Broadcast(a6[s]);
                    l7 = TLanes.MultiplyAdd(x, left, l7);
                    if (TVectors.Value > 1)
                    {
                        r7 = TLanes.MultiplyAdd(x, right, r7);
                    }
                }

                if (TRows.Value > 8)
                {
                    var x = TLanes.Broadcast(a6[2 * s]);
                    l8 = TLanes.MultiplyAdd(x, left, l8);
                    if (TVectors.Value > 1)
                    {
                        r8 = TLanes.MultiplyAdd(x, right, r8);
                    }
                }

                if (TRows.Value > 9)
                {
                    var x = TLanes.Broadcast(a9[0]);
                    l9 = TLanes.MultiplyAdd(x, left, l9);
                    if (TVectors.Value > 1)
                    {
                        r9 = TLanes.MultiplyAdd(x, right, r9);
                    }
                }

                if (TRows.Value > 10)
                {
                    var x = TLanes.Broadcast(a9[s]);
                    l10 = TLanes.MultiplyAdd(x, left, l10);
                    if (TVectors.Value > 1)
                    {
                        r10 = TLanes.MultiplyAdd(x, right, r10);
                    }
                }

                if (TRows.Value > 11)
                {
                    var x = TLanes.Broadcast(a9[2 * s]);
                    l11 = TLanes.MultiplyAdd(x, left, l11);
                    if (TVectors.Value > 1)
                    {
                        r11 = TLanes.MultiplyAdd(x, right, r11);
                    }
                }

                a0 += next;
                a3 += next;
                a6 += next;
                a9 += next;
            }
        }

        float* c = tile->Output;
        nint stride = tile->OutputStride;
        var low = TLanes.Broadcast(tile->Low);
        var high = TLanes.Broadcast(tile->High);
        var mask = TPartial.IsSet
            ? TLanes.FirstLanes(tile->Columns - ((TVectors.Value - 1) * width))
            : zero;
        if (TRows.Value > 0)
        {
            Finish(l0, r0, c + (0 * stride), low, high, mask);
        }

        if (TRows.Value > 1)
        {
            Finish(l1, r1, c + (1 * stride), low, high, mask);
        }

        if (TRows.Value > 2)
        {
            Finish(l2, r2, c + (2 * stride), low, high, mask);
        }

        if (TRows.Value > 3)
        {
            Finish(l3, r3, c + (3 * stride), low, high, mask);
        }

        if (TRows.Value > 4)
        {
            Finish(l4, r4, c + (4 * stride), low, high, mask);
        }

        if (TRows.Value > 5)
        {
            Finish(l5, r5, c + (5 * stride), low, high, mask);
        }

        if (TRows.Value > 6)
        {
            Finish(l6, r6, c + (6 * stride), low, high, mask);
        }

        if (TRows.Value > 7)
        {
            Finish(l7, r7, c + (7 * stride), low, high, mask);
        }

        if (TRows.Value > 8)
        {
            Finish(l8, r8, c + (8 * stride), low, high, mask);
        }

        if (TRows.Value > 9)
        {
            Finish(l9, r9, c + (9 * stride), low, high, mask);
        }

        if (TRows.Value > 10)
        {
            Finish(l10, r10, c + (10 * stride), low, high, mask);
        }

        if (TRows.Value > 11)
        {
            Finish(l11, r11, c + (11 * stride), low, high, mask);
        }
    }

    // The columns past the last belong to the next pixel, which another thread may be writing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(
        TLanes left, TLanes right, float* c, TLanes low, TLanes high, TLanes mask)
    {
        left = TLanes.Clamp(left, low, high);
        if (TVectors.Value > 1)
        {
            left.Store(c);
            left = TLanes.Clamp(right, low, high);
            c += TLanes.Count;
        }

        if (TPartial.IsSet)
        {
            left.StoreWhere(mask, c);
        }
        else
        {
            left.Store(c);
        }
    }
}
