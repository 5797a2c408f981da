using System.Runtime.CompilerServices;
using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2DWeightGradient
{
    /// <summary>Threads of a group of the kernels without tiles.</summary>
    private const int DirectGroup = 256;

    /// <summary>
    /// Neighbouring taps of a row that a thread has, so that a gradient is read once for them.
    /// </summary>
    private const int TapsPerThread = 4;

    /// <summary>An output pixel among those of all pictures.</summary>
    internal struct PixelPosition
    {
        public int N, Y, X;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static PixelPosition At(int pixel, GpuGeometry g)
        {
            int row = pixel / g.OW;
            int n = row / g.OH;
            return new PixelPosition { N = n, Y = row - (n * g.OH), X = pixel - (row * g.OW) };
        }

        /// <summary>The geometry's step on, without a division.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static PixelPosition Next(PixelPosition at, GpuGeometry g)
        {
            at.N += g.StepN;
            at.Y += g.StepY;
            at.X += g.StepX;
            if (at.X >= g.OW)
            {
                at.X -= g.OW;
                at.Y++;
            }

            if (at.Y >= g.OH)
            {
                at.Y -= g.OH;
                at.N++;
            }

            return at;
        }
    }

    /// <summary>
    /// Any convolution: a thread has four taps of a channel of the picture and one of the gradient,
    /// and some pixels of a slice. For what is too small to share tiles.
    /// </summary>
    /// <remarks>
    /// Grid: blocks of pairs of channels, fours of taps, slices. Neighbouring threads have
    /// neighbouring channels of the gradient, or of the picture where the gradient has one.
    /// </remarks>
    [HotKernel]
    internal static void DirectKernel(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, GpuGeometry g)
    {
        var shared = SharedMemory.Allocate<Float4>(DirectGroup);
        int worker = Group.IdxX / g.Lanes;
        int pair = (Grid.IdxX * g.Lanes) + Group.IdxX - (worker * g.Lanes);
        int c = pair / g.O;
        int o = pair - (c * g.O);
        int channel = (o / g.GroupO * g.GroupC) + c;
        int fours = (g.KW + TapsPerThread - 1) / TapsPerThread;
        int ky = Grid.IdxY / fours;
        int kx = (Grid.IdxY - (ky * fours)) * TapsPerThread;
        int top = (ky * g.DilationH) - g.Top;
        int left = (kx * g.DilationW) - g.Left;
        int pixel = (Grid.IdxZ * g.SlicePixels) + worker;
        int end = IntrinsicMath.Min((Grid.IdxZ + 1) * g.SlicePixels, c < g.GroupC ? g.Pixels : 0);
        var at = PixelPosition.At(pixel, g);
        var sums = default(Float4);
        for (; pixel < end; pixel += DirectGroup / g.Lanes)
        {
            int iy = (at.Y * g.StrideH) + top;
            if (iy >= 0 && iy < g.H)
            {
                int ix = (at.X * g.StrideW) + left;
                int row = (((at.N * g.H) + iy) * g.W * g.C) + channel;
                float gradient = dy[(pixel * g.O) + o];
                sums.X = GpuMath.MultiplyAdd(Read(x, row, ix, g), gradient, sums.X);
                ix += g.DilationW;
                sums.Y = GpuMath.MultiplyAdd(Read(x, row, ix, g), gradient, sums.Y);
                ix += g.DilationW;
                sums.Z = GpuMath.MultiplyAdd(Read(x, row, ix, g), gradient, sums.Z);
                ix += g.DilationW;
                sums.W = GpuMath.MultiplyAdd(Read(x, row, ix, g), gradient, sums.W);
            }

            at = PixelPosition.Next(at, g);
        }

        sums = SumPixels(shared, g.Lanes, sums);
        if (worker == 0 && c < g.GroupC)
        {
            int plane = g.GroupC * g.O;
            int first = (Grid.IdxZ * g.Rows * g.O) + (((ky * g.KW) + kx) * plane) + pair;
            for (int tap = 0; tap < TapsPerThread; tap++)
            {
                if (kx + tap < g.KW)
                {
                    dw[first + (tap * plane)] = sums.X;
                }

                (sums.X, sums.Y, sums.Z) = (sums.Y, sums.Z, sums.W);
            }
        }
    }

    /// <summary>
    /// One channel a group, in fours: a thread has four taps of four channels, and some pixels of a
    /// slice.
    /// </summary>
    /// <remarks>Grid: blocks of fours of channels, fours of taps, slices.</remarks>
    [HotKernel]
    internal static void DepthwiseKernel(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, GpuGeometry g)
    {
        var shared = SharedMemory.Allocate<Float4>(DirectGroup);
        var x4 = x.Cast<Float4>();
        var dy4 = dy.Cast<Float4>();
        int channels = g.C / 4;
        int worker = Group.IdxX / g.Lanes;
        int c = (Grid.IdxX * g.Lanes) + Group.IdxX - (worker * g.Lanes);
        int fours = (g.KW + TapsPerThread - 1) / TapsPerThread;
        int ky = Grid.IdxY / fours;
        int kx = (Grid.IdxY - (ky * fours)) * TapsPerThread;
        int taps = IntrinsicMath.Min(g.KW - kx, TapsPerThread);
        int top = (ky * g.DilationH) - g.Top;
        int left = (kx * g.DilationW) - g.Left;
        int pixel = (Grid.IdxZ * g.SlicePixels) + worker;
        int end = IntrinsicMath.Min((Grid.IdxZ + 1) * g.SlicePixels, c < channels ? g.Pixels : 0);
        var at = PixelPosition.At(pixel, g);
        var sum0 = default(Float4);
        var sum1 = default(Float4);
        var sum2 = default(Float4);
        var sum3 = default(Float4);
        for (; pixel < end; pixel += DirectGroup / g.Lanes)
        {
            int iy = (at.Y * g.StrideH) + top;
            if (iy >= 0 && iy < g.H)
            {
                int ix = (at.X * g.StrideW) + left;
                int row = (((at.N * g.H) + iy) * g.W * channels) + c;
                var gradient = dy4[(pixel * channels) + c];
                if (ix >= 0 && ix < g.W)
                {
                    sum0 = Float4.MultiplyAdd(x4[row + (ix * channels)], gradient, sum0);
                }

                ix += g.DilationW;
                if (taps > 1 && ix >= 0 && ix < g.W)
                {
                    sum1 = Float4.MultiplyAdd(x4[row + (ix * channels)], gradient, sum1);
                }

                ix += g.DilationW;
                if (taps > 2 && ix >= 0 && ix < g.W)
                {
                    sum2 = Float4.MultiplyAdd(x4[row + (ix * channels)], gradient, sum2);
                }

                ix += g.DilationW;
                if (taps > 3 && ix >= 0 && ix < g.W)
                {
                    sum3 = Float4.MultiplyAdd(x4[row + (ix * channels)], gradient, sum3);
                }
            }

            at = PixelPosition.Next(at, g);
        }

        var dw4 = dw.Cast<Float4>();
        int first = (((Grid.IdxZ * g.KH * g.KW) + (ky * g.KW) + kx) * channels) + c;
        for (int tap = 0; tap < taps; tap++)
        {
            sum0 = SumPixels(shared, g.Lanes, sum0);
            if (worker == 0 && c < channels)
            {
                dw4[first + (tap * channels)] = sum0;
            }

            (sum0, sum1, sum2) = (sum1, sum2, sum3);
        }
    }

    /// <summary>A number of a row of the picture, 0 outside of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Read(ArrayView<float> x, int row, int ix, GpuGeometry g) =>
        ix >= 0 && ix < g.W ? x[row + (ix * g.C)] : 0f;

    /// <summary>
    /// Adds up what the threads of a lane have, in a fixed order; the first of them is given the
    /// sum. All threads of a group have to come here.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 SumPixels(ArrayView<Float4> shared, int lanes, Float4 sum)
    {
        int thread = Group.IdxX;
        // Nobody reads any more what was summed before.
        Group.Barrier();
        shared[thread] = sum;
        Group.Barrier();
        for (int half = DirectGroup / 2; half >= lanes; half /= 2)
        {
            if (thread < half)
            {
                shared[thread] = Float4.Add(shared[thread], shared[thread + half]);
            }

            Group.Barrier();
        }

        return shared[thread];
    }
}
