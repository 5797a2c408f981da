using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2D
{
    /// <summary>
    /// Neighbouring outputs of a row that a thread of the depthwise kernel computes.
    /// </summary>
    private const int DepthwiseRun = 4;

    /// <summary>
    /// One thread an output: for any groups, stride and dilation. Neighbouring threads share a
    /// pixel.
    /// </summary>
    internal static void DirectKernel<TChain>(
        ArrayView<float> x,
        ArrayView<float> w,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state)
        where TChain : struct, IChain
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.OH * g.OW * g.O)
        {
            return;
        }

        int o = index % g.O;
        int pixel = index / g.O;
        int ox = pixel % g.OW;
        int oy = pixel / g.OW % g.OH;
        int n = pixel / (g.OW * g.OH);
        int firstC = o / g.GroupO * g.GroupC;
        float sum = g.HasBias != 0 ? bias[o] : 0f;
        for (int ky = 0; ky < g.KH; ky++)
        {
            int iy = (oy * g.StrideH) - g.Top + (ky * g.DilationH);
            if (iy < 0 || iy >= g.H)
            {
                continue;
            }

            for (int kx = 0; kx < g.KW; kx++)
            {
                int ix = (ox * g.StrideW) - g.Left + (kx * g.DilationW);
                if (ix < 0 || ix >= g.W)
                {
                    continue;
                }

                int source = (((((n * g.H) + iy) * g.W) + ix) * g.C) + firstC;
                int weight = (((ky * g.KW) + kx) * g.GroupC * g.O) + o;
                for (int c = 0; c < g.GroupC; c++)
                {
                    sum = GpuMath.MultiplyAdd(x[source + c], w[weight + (c * g.O)], sum);
                }
            }
        }

        y[index] = GpuOperands.Finish<TChain>(sum, index, operands, state);
    }

    /// <summary>
    /// For one channel a group, in fours: a thread has 4 channels of 4 neighbouring outputs of a
    /// row, so that a weight is read once for 4 outputs.
    /// </summary>
    [HotKernel]
    internal static void DepthwiseKernel<TChain>(
        ArrayView<float> x,
        ArrayView<float> w,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state)
        where TChain : struct, IChain
    {
        int thread = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int fours = g.C / 4;
        int c = thread % fours;
        int runs = (g.OW + DepthwiseRun - 1) / DepthwiseRun;
        int row = thread / fours / runs;
        int ox = ((thread / fours) - (row * runs)) * DepthwiseRun;
        int n = row / g.OH;
        int oy = row - (n * g.OH);
        if (n >= g.N)
        {
            return;
        }

        var x4 = x.Cast<Float4>();
        var w4 = w.Cast<Float4>();
        var sum0 = default(Float4);
        if (g.HasBias != 0)
        {
            sum0 = bias.Cast<Float4>()[c];
        }

        var sum1 = sum0;
        var sum2 = sum0;
        var sum3 = sum0;
        for (int ky = 0; ky < g.KH; ky++)
        {
            int iy = (oy * g.StrideH) - g.Top + (ky * g.DilationH);
            if (iy < 0 || iy >= g.H)
            {
                continue;
            }

            int source = (((n * g.H) + iy) * g.W * fours) + c;
            int ix = (ox * g.StrideW) - g.Left;
            for (int kx = 0; kx < g.KW; kx++)
            {
                var weight = w4[(((ky * g.KW) + kx) * fours) + c];
                if (ix >= 0 && ix < g.W)
                {
                    sum0 = Float4.MultiplyAdd(x4[source + (ix * fours)], weight, sum0);
                }

                int next = ix + g.StrideW;
                if (next >= 0 && next < g.W)
                {
                    sum1 = Float4.MultiplyAdd(x4[source + (next * fours)], weight, sum1);
                }

                next += g.StrideW;
                if (next >= 0 && next < g.W)
                {
                    sum2 = Float4.MultiplyAdd(x4[source + (next * fours)], weight, sum2);
                }

                next += g.StrideW;
                if (next >= 0 && next < g.W)
                {
                    sum3 = Float4.MultiplyAdd(x4[source + (next * fours)], weight, sum3);
                }

                ix += g.DilationW;
            }
        }

        var y4 = y.Cast<Float4>();
        int end = IntrinsicMath.Min(ox + DepthwiseRun, g.OW);
        for (; ox < end; ox++)
        {
            int index = (((row * g.OW) + ox) * fours) + c;
            y4[index] = new Float4
            {
                X = GpuOperands.Finish<TChain>(sum0.X, index * 4, operands, state),
                Y = GpuOperands.Finish<TChain>(sum0.Y, (index * 4) + 1, operands, state),
                Z = GpuOperands.Finish<TChain>(sum0.Z, (index * 4) + 2, operands, state),
                W = GpuOperands.Finish<TChain>(sum0.W, (index * 4) + 3, operands, state),
            };
            (sum0, sum1, sum2) = (sum1, sum2, sum3);
        }
    }

    /// <summary>
    /// Adds up the partial sums that splits have left, always in the same order. One thread an
    /// output.
    /// </summary>
    internal static void SumSplitsKernel<TChain>(
        ArrayView<float> partial,
        ArrayView<float> w,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state)
        where TChain : struct, IChain
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int count = g.N * g.OH * g.OW * g.O;
        if (index >= count)
        {
            return;
        }

        float sum = g.HasBias != 0 ? bias[index % g.O] : 0f;
        for (int split = 0; split < g.Splits; split++)
        {
            sum += partial[(split * count) + index];
        }

        y[index] = GpuOperands.Finish<TChain>(sum, index, operands, state);
    }
}
