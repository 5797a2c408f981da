using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Ways to compute a convolution on a GPU.</summary>
internal enum GpuConvAlgorithm
{
    /// <summary>One thread an output: any convolution.</summary>
    Direct,

    /// <summary>
    /// A group a channel, channels in fours: four channels of several pixels a thread.
    /// </summary>
    Depthwise,

    /// <summary>
    /// Implicit GEMM in tiles of 128 pixels by 128 outputs: any convolution, pays for large ones.
    /// </summary>
    ImplicitGemm128x128,

    /// <summary>
    /// Implicit GEMM in tiles of 64 pixels by 64 outputs, which fill a GPU sooner.
    /// </summary>
    ImplicitGemm64x64,

    /// <summary>Implicit GEMM in tiles of 128 pixels by 32 outputs, for few outputs.</summary>
    ImplicitGemm128x32,
}

public sealed partial record Conv2D : IGpuOperator
{
    private const int DirectGroup = 128;

    // Groups of threads that keep a large GPU busy; a constant, so that the same convolution runs
    // the same way everywhere.
    private const int FullGpu = 128;

    // Taps and channels that a split has to have at least to be worth its partial sums.
    private const int LeastSplitDepth = 64;

    private const int MostSplits = 32;

    private delegate void KernelLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> w,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry geometry,
        ChainState state);

    /// <summary>Takes this algorithm instead of choosing; for tests and benchmarks.</summary>
    internal GpuConvAlgorithm? ForcedGpuAlgorithm { get; init; }

    /// <summary>
    /// Cuts the sums of an implicit GEMM into so many instead of choosing; for tests and
    /// benchmarks.
    /// </summary>
    internal int? ForcedGpuSplits { get; init; }

    /// <summary>Sizes that a kernel needs; a GPU kernel's parameters are plain numbers.</summary>
    internal struct Geometry
    {
        public int N, H, W, C, OH, OW, O, KH, KW, GroupC, GroupO, Groups;
        public int StrideH, StrideW, Top, Left, DilationH, DilationW, HasBias;

        /// <summary>
        /// Taps times channels of a group, in all and of one split, and the number of splits.
        /// </summary>
        public int Depth, SplitDepth, Splits;
    }

    /// <summary>True where an algorithm can compute this convolution.</summary>
    internal bool CanRun(GpuConvAlgorithm algorithm, Shape weights) =>
        algorithm != GpuConvAlgorithm.Depthwise || (weights[2] == 1 && weights[3] == Groups && Groups % 4 == 0);

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var geometry = GeometryOf(b);
        switch (ForcedGpuAlgorithm ?? Choose(geometry, b.InputShape(Weights)))
        {
            case GpuConvAlgorithm.Depthwise:
                long runs = (geometry.OW + DepthwiseRun - 1) / DepthwiseRun;
                PrepareThreads(
                    b, "Conv2D Depthwise", DepthwiseKernel<EndOfChain>, geometry,
                    geometry.N * geometry.OH * runs * (geometry.C / 4));
                break;
            case GpuConvAlgorithm.ImplicitGemm128x128:
                PrepareImplicitGemm<Tile128x128>(b, geometry);
                break;
            case GpuConvAlgorithm.ImplicitGemm64x64:
                PrepareImplicitGemm<Tile64x64>(b, geometry);
                break;
            case GpuConvAlgorithm.ImplicitGemm128x32:
                PrepareImplicitGemm<Tile128x32>(b, geometry);
                break;
            default:
                PrepareThreads(b, "Conv2D Direct", DirectKernel<EndOfChain>, geometry, b.OutputShape().Count);
                break;
        }
    }

    /// <summary>
    /// A pure function of shapes: the same convolution runs the same way everywhere.
    /// </summary>
    private GpuConvAlgorithm Choose(in Geometry g, Shape weights)
    {
        if (CanRun(GpuConvAlgorithm.Depthwise, weights))
        {
            return GpuConvAlgorithm.Depthwise;
        }

        // A tile computes all of its columns, and reads in steps of 8 taps and channels, whether
        // they are there or not.
        if (g.GroupO < 8 || g.Depth < 8)
        {
            return GpuConvAlgorithm.Direct;
        }

        return g.GroupO <= 32 ? GpuConvAlgorithm.ImplicitGemm128x32
            : g.GroupO > 64 && Tiles<Tile128x128>(g) >= 2 * FullGpu ? GpuConvAlgorithm.ImplicitGemm128x128
            : GpuConvAlgorithm.ImplicitGemm64x64;
    }

    private static long Tiles<TTile>(in Geometry g)
        where TTile : struct, IGemmTile
    {
        long pixels = (long)g.N * g.OH * g.OW;
        return (pixels + TTile.M - 1) / TTile.M * ((g.GroupO + TTile.N - 1) / TTile.N) * g.Groups;
    }

    /// <summary>
    /// Few tiles leave a GPU idle: then the sums are cut, and added up in a second pass.
    /// </summary>
    private static int ChooseSplits<TTile>(in Geometry g)
        where TTile : struct, IGemmTile => (int)Math.Clamp(
            FullGpu / Tiles<TTile>(g), 1, Math.Clamp(g.Depth / LeastSplitDepth, 1, MostSplits));

    private void PrepareImplicitGemm<TTile>(GpuBindings b, Geometry g)
        where TTile : struct, IGemmTile
    {
        int splits = ForcedGpuSplits ?? ChooseSplits<TTile>(g);
        g.SplitDepth = (((g.Depth + splits - 1) / splits) + GemmTile.Depth - 1) / GemmTile.Depth * GemmTile.Depth;
        g.Splits = (g.Depth + g.SplitDepth - 1) / g.SplitDepth;
        var (x, w, y) = (b.Input(Picture), b.Input(Weights), b.Output());
        var bias = b.InputOrNull(Bias) ?? w;
        var operands = b.Operands(this, y.Type.Shape);
        // The tile's epilogue reads operands of the output's shape only: others are left to the
        // second pass.
        bool isWhole = true;
        for (int i = 0; i < Epilogue.Operands; i++)
        {
            isWhole &= b.InputShape(FirstOperand + i) == y.Type.Shape;
        }

        bool isOnePass = g.Splits == 1 && isWhole;
        var chain = isOnePass ? Epilogue : PointwiseChain.Empty;
        var target = isOnePass ? y : b.Scratch(new TensorType(
            ElementType.Float32, new Shape(g.Splits, g.N, g.OH, g.OW, g.O)));
        int group = GemmTile.Threads<TTile>();
        var launch = b.Load<KernelLauncher>(
            ImplicitGemmKernel<TTile, ScalarAccess, ScalarAccess, EndOfChain>, chain, group,
            typeof(TTile), AccessOf(g.GroupC), AccessOf(g.GroupO));
        int pixels = g.N * g.OH * g.OW;
        var config = new KernelConfig(
            new Index3D(
                (pixels + TTile.M - 1) / TTile.M, (g.GroupO + TTile.N - 1) / TTile.N, g.Groups * g.Splits),
            new Index3D(group, 1, 1));
        var state = ChainState.Of(chain);
        var geometry = g;
        geometry.HasBias = isOnePass ? g.HasBias : 0;
        b.Add($"Conv2D ImplicitGemm{TTile.M}x{TTile.N}", stream => launch(
            stream, config, x.Floats, w.Floats, bias.Floats, operands.View(), target.Floats, geometry, state));
        if (!isOnePass)
        {
            PrepareThreads(b, "Conv2D SumSplits", SumSplitsKernel<EndOfChain>, g, y.Type.Shape.Count, target);
        }
    }

    private static Type AccessOf(int count) => count % 4 == 0 ? typeof(VectorAccess) : typeof(ScalarAccess);

    /// <summary>Adds a step of one kernel over threads that need no shared memory.</summary>
    private void PrepareThreads(
        GpuBindings b, string label, Delegate kernel, Geometry geometry, long threads, GpuTensor? source = null)
    {
        var launch = b.Load<KernelLauncher>(kernel, Epilogue, DirectGroup);
        var (x, w, y) = (source ?? b.Input(Picture), b.Input(Weights), b.Output());
        var bias = b.InputOrNull(Bias) ?? w;
        var operands = b.Operands(this, y.Type.Shape);
        var state = ChainState.Of(Epilogue);
        var config = GpuBindings.Cover(threads, DirectGroup);
        b.Add(label, stream => launch(
            stream, config, x.Floats, w.Floats, bias.Floats, operands.View(), y.Floats, geometry, state));
    }

    private Geometry GeometryOf(GpuBindings b)
    {
        var (x, w, y) = (b.InputShape(Picture), b.InputShape(Weights), b.OutputShape());
        return new Geometry
        {
            N = x.N, H = x.H, W = x.W, C = x.C, OH = y.H, OW = y.W, O = y.C,
            KH = w[0], KW = w[1], GroupC = w[2], GroupO = w[3] / Groups, Groups = Groups,
            StrideH = Stride.Height, StrideW = Stride.Width, Top = Padding.Top, Left = Padding.Left,
            DilationH = Dilation.Height, DilationW = Dilation.Width, HasBias = b.Has(Bias) ? 1 : 0,
            Depth = w[0] * w[1] * w[2], SplitDepth = w[0] * w[1] * w[2], Splits = 1,
        };
    }
}
