using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2D : IGpuOperator
{
    private const int DirectGroup = 128;

    private delegate void DirectLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> w,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry geometry,
        ChainState state);

    /// <summary>Sizes that a kernel needs; a GPU kernel's parameters are plain numbers.</summary>
    internal struct Geometry
    {
        public int N, H, W, C, OH, OW, O, KH, KW, GroupC, GroupO;
        public int StrideH, StrideW, Top, Left, DilationH, DilationW, HasBias;
    }

    /// <summary>One thread an output: for any groups, stride and dilation. Neighbouring threads share a pixel.</summary>
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
                    sum += x[source + c] * w[weight + (c * g.O)];
                }
            }
        }

        y[index] = GpuOperands.Finish<TChain>(sum, index, operands, state);
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var geometry = GeometryOf(b);
        var launch = b.Load<DirectLauncher>(DirectKernel<EndOfChain>, Epilogue, DirectGroup);
        var (x, w, y) = (b.Input(Picture), b.Input(Weights), b.Output());
        var bias = b.InputOrNull(Bias) ?? w;
        var operands = b.Operands(this, y.Type.Shape);
        var state = ChainState.Of(Epilogue);
        var config = GpuBindings.Cover(y.Type.Shape.Count, DirectGroup);
        b.Add("Conv2D Direct", stream => launch(
            stream, config, x.Floats, w.Floats, bias.Floats, operands.View(), y.Floats, geometry, state));
    }

    private Geometry GeometryOf(GpuBindings b)
    {
        var (x, w, y) = (b.InputShape(Picture), b.InputShape(Weights), b.OutputShape());
        return new Geometry
        {
            N = x.N, H = x.H, W = x.W, C = x.C, OH = y.H, OW = y.W, O = y.C,
            KH = w[0], KW = w[1], GroupC = w[2], GroupO = w[3] / Groups,
            StrideH = Stride.Height, StrideW = Stride.Width, Top = Padding.Top, Left = Padding.Left,
            DilationH = Dilation.Height, DilationW = Dilation.Width, HasBias = b.Has(Bias) ? 1 : 0,
        };
    }
}
