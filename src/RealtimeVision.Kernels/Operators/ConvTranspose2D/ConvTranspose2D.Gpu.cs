using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ConvTranspose2D : IGpuOperator
{
    private const int GatherGroup = 128;

    private delegate void GatherLauncher(
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

    /// <summary>
    /// One thread an output, which gathers from the pixels whose windows reach it.
    /// </summary>
    internal static void GatherKernel<TChain>(
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
        int group = o / g.GroupO;
        int firstC = group * g.GroupC;
        float sum = g.HasBias != 0 ? bias[o] : 0f;
        for (int ky = 0; ky < g.KH; ky++)
        {
            int stepsY = oy + g.Top - (ky * g.DilationH);
            int iy = stepsY / g.StrideH;
            if (stepsY < 0 || iy >= g.H || iy * g.StrideH != stepsY)
            {
                continue;
            }

            for (int kx = 0; kx < g.KW; kx++)
            {
                int stepsX = ox + g.Left - (kx * g.DilationW);
                int ix = stepsX / g.StrideW;
                if (stepsX < 0 || ix >= g.W || ix * g.StrideW != stepsX)
                {
                    continue;
                }

                int source = (((((n * g.H) + iy) * g.W) + ix) * g.C) + firstC;
                int weight =
                    (((((ky * g.KW) + kx) * g.GroupO) + o - (group * g.GroupO)) * g.C) + firstC;
                for (int c = 0; c < g.GroupC; c++)
                {
                    sum += x[source + c] * w[weight + c];
                }
            }
        }

        y[index] = GpuOperands.Finish<TChain>(sum, index, operands, state);
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var geometry = GeometryOf(b);
        var launch = b.Load<GatherLauncher>(GatherKernel<EndOfChain>, Epilogue, GatherGroup);
        var (x, w, y) = (b.Input(Picture), b.Input(Weights), b.Output());
        var bias = b.InputOrNull(Bias) ?? w;
        var operands = b.Operands(this, y.Type.Shape);
        var state = ChainState.Of(Epilogue);
        var config = GpuBindings.Cover(y.Type.Shape.Count, GatherGroup);
        b.Add("ConvTranspose2D Gather", stream => launch(
            stream, config, x.Floats, w.Floats, bias.Floats, operands.View(), y.Floats, geometry,
            state));
    }

    private Geometry GeometryOf(GpuBindings b)
    {
        var (x, w, y) = (b.InputShape(Picture), b.InputShape(Weights), b.OutputShape());
        return new Geometry
        {
            N = x.N, H = x.H, W = x.W, C = x.C, OH = y.H, OW = y.W, O = y.C,
            KH = w[0], KW = w[1], GroupC = x.C / Groups, GroupO = w[2],
            StrideH = Stride.Height, StrideW = Stride.Width, Top = Padding.Top, Left = Padding.Left,
            DilationH = Dilation.Height, DilationW = Dilation.Width, HasBias = b.Has(Bias) ? 1 : 0,
        };
    }
}
