using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Ways to compute the gradient of a convolution's weights on a GPU.</summary>
internal enum GpuWeightGradientAlgorithm
{
    /// <summary>
    /// One thread some pixels of four taps of a pair of channels: any convolution.
    /// </summary>
    Direct,

    /// <summary>
    /// A group a channel, channels in fours: four taps of four channels a thread.
    /// </summary>
    Depthwise,

    /// <summary>
    /// Implicit GEMM in tiles of 128 taps and channels by 128 outputs: any convolution, pays for
    /// large ones.
    /// </summary>
    ImplicitGemm128x128,

    /// <summary>Implicit GEMM in tiles of 64 taps and channels by 64 outputs.</summary>
    ImplicitGemm64x64,

    /// <summary>
    /// Implicit GEMM in tiles of 128 taps and channels by 32 outputs, for few outputs.
    /// </summary>
    ImplicitGemm128x32,
}

public sealed partial record Conv2DWeightGradient : IGpuOperator
{
    private const int SumGroup = 128;

    // Threads that keep a large GPU busy, those of tiles, which take many registers, and others; a
    // constant, so that the same gradient is computed the same way everywhere.
    private const int FullGpuTileThreads = 1 << 16;
    private const int FullGpuThreads = 1 << 17;

    // Pixels that a slice has to have at least to be worth its partial sums: of a tile, and of each
    // thread of the others.
    private const int LeastSlicePixels = 256;
    private const int LeastThreadPixels = 16;

    private const int MostSlices = 1024;

    // Partial sums of all slices together.
    private const long MostGpuPartialFloats = 8 << 20;

    private delegate void KernelLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> dy,
        ArrayView<float> dw,
        GpuGeometry geometry);

    private delegate void SumLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> partial,
        ArrayView<float> dw,
        int count,
        int slices);

    /// <summary>Takes this algorithm instead of choosing; for tests and benchmarks.</summary>
    internal GpuWeightGradientAlgorithm? ForcedGpuAlgorithm { get; init; }

    /// <summary>
    /// Cuts the pixels into so many slices, or fewer where there are not enough, instead of
    /// choosing; for tests and benchmarks.
    /// </summary>
    internal int? ForcedGpuSlices { get; init; }

    /// <summary>Sizes that a kernel needs; a GPU kernel's parameters are plain numbers.</summary>
    internal struct GpuGeometry
    {
        public int N, H, W, C, OH, OW, O, KH, KW, GroupC, GroupO, Groups;
        public int StrideH, StrideW, Top, Left, DilationH, DilationW;

        /// <summary>Taps times channels of a group: rows of the output as a matrix.</summary>
        public int Rows;

        /// <summary>Output pixels of all pictures, and of one slice.</summary>
        public int Pixels, SlicePixels;

        /// <summary>Pictures, rows and columns from an output pixel of a thread to its
        /// next.</summary>
        public int StepN, StepY, StepX;

        /// <summary>Threads side by side along channels: a power of two.</summary>
        public int Lanes;
    }

    /// <summary>True where an algorithm can compute this gradient.</summary>
    internal bool CanRun(GpuWeightGradientAlgorithm algorithm, Shape picture, Shape gradient) =>
        algorithm != GpuWeightGradientAlgorithm.Depthwise
            || (picture.C == Groups && gradient.C == Groups && Groups % 4 == 0);

    /// <summary>
    /// Adds up the partial sums that slices have left, always in the same order. One thread a
    /// weight.
    /// </summary>
    internal static void SumSlicesKernel(
        ArrayView<float> partial, ArrayView<float> dw, int count, int slices)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= count)
        {
            return;
        }

        float sum = partial[index];
        for (int slice = 1; slice < slices; slice++)
        {
            sum += partial[(slice * count) + index];
        }

        dw[index] = sum;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, dy) = (b.InputShape(Picture), b.InputShape(OutputGradient));
        var geometry = GeometryOf(x, dy);
        switch (ForcedGpuAlgorithm ?? Choose(x, dy))
        {
            case GpuWeightGradientAlgorithm.Depthwise:
                PrepareThreads(b, "Depthwise", DepthwiseKernel, geometry, geometry.O / 4);
                break;
            case GpuWeightGradientAlgorithm.ImplicitGemm128x128:
                PrepareImplicitGemm<Tile128x128>(b, geometry);
                break;
            case GpuWeightGradientAlgorithm.ImplicitGemm64x64:
                PrepareImplicitGemm<Tile64x64>(b, geometry);
                break;
            case GpuWeightGradientAlgorithm.ImplicitGemm128x32:
                PrepareImplicitGemm<Tile128x32>(b, geometry);
                break;
            default:
                PrepareThreads(b, "Direct", DirectKernel, geometry, geometry.GroupC * geometry.O);
                break;
        }
    }

    /// <summary>
    /// A pure function of shapes: the same gradient is computed the same way everywhere.
    /// </summary>
    internal GpuWeightGradientAlgorithm Choose(Shape picture, Shape gradient)
    {
        var g = GeometryOf(picture, gradient);
        if (CanRun(GpuWeightGradientAlgorithm.Depthwise, picture, gradient))
        {
            return GpuWeightGradientAlgorithm.Depthwise;
        }

        // A tile computes all of its rows and columns, and reads in steps of 8 pixels, whether they
        // are there or not.
        if (g.GroupO < 8 || g.Rows < 8 || g.Pixels < GemmTile.Depth)
        {
            return GpuWeightGradientAlgorithm.Direct;
        }

        long slices = Math.Max(g.Pixels / LeastSlicePixels, 1);
        return g.GroupO <= 32 ? GpuWeightGradientAlgorithm.ImplicitGemm128x32
            : g.GroupO > 64 && g.Rows > 64 && FillsGpu<Tile128x128>(g, slices)
                ? GpuWeightGradientAlgorithm.ImplicitGemm128x128
            : GpuWeightGradientAlgorithm.ImplicitGemm64x64;
    }

    private static bool FillsGpu<TTile>(in GpuGeometry g, long slices)
        where TTile : struct, IGemmTile =>
        Tiles<TTile>(g) * slices * GemmTile.Threads<TTile>() >= FullGpuTileThreads;

    private static long Tiles<TTile>(in GpuGeometry g)
        where TTile : struct, IGemmTile =>
        Ceiling(g.Rows, TTile.M) * Ceiling(g.GroupO, TTile.N) * g.Groups;

    private void PrepareImplicitGemm<TTile>(GpuBindings b, GpuGeometry g)
        where TTile : struct, IGemmTile
    {
        int group = GemmTile.Threads<TTile>();
        int slices = Slices(g, FullGpuTileThreads / group / Tiles<TTile>(g), LeastSlicePixels);
        int steps = (int)Ceiling(Ceiling(g.Pixels, slices), GemmTile.Depth);
        g.SlicePixels = steps * GemmTile.Depth;
        slices = (int)Ceiling(g.Pixels, g.SlicePixels);
        SetStep(ref g, GemmTile.TransposedLeftStep<TTile>());
        Delegate kernel = (g.GroupC % 4 == 0, g.GroupO % 4 == 0) switch
        {
            (true, true) => ImplicitGemmKernel<TTile, VectorAccess, VectorAccess>,
            (true, false) => ImplicitGemmKernel<TTile, VectorAccess, ScalarAccess>,
            (false, true) => ImplicitGemmKernel<TTile, ScalarAccess, VectorAccess>,
            _ => ImplicitGemmKernel<TTile, ScalarAccess, ScalarAccess>,
        };
        var grid = new Index3D(
            (int)Ceiling(g.Rows, TTile.M), (int)Ceiling(g.GroupO, TTile.N), g.Groups * slices);
        Add(b, $"ImplicitGemm{TTile.M}x{TTile.N}", kernel, group, grid, g, slices);
    }

    /// <summary>
    /// Adds a kernel whose threads lie side by side along channels, and over pixels.
    /// </summary>
    private void PrepareThreads(
        GpuBindings b, string label, Delegate kernel, GpuGeometry g, int channels)
    {
        g.Lanes = 1;
        while (g.Lanes < 32 && g.Lanes < channels)
        {
            g.Lanes *= 2;
        }

        int pixelThreads = DirectGroup / g.Lanes;
        long blocks = Ceiling(channels, g.Lanes);
        int taps = g.KH * (int)Ceiling(g.KW, TapsPerThread);
        int slices = Slices(
            g, FullGpuThreads / DirectGroup / (blocks * taps), pixelThreads * LeastThreadPixels);
        g.SlicePixels = (int)Ceiling(g.Pixels, slices);
        slices = (int)Ceiling(g.Pixels, g.SlicePixels);
        SetStep(ref g, pixelThreads);
        var grid = new Index3D(checked((int)blocks), taps, slices);
        Add(b, label, kernel, DirectGroup, grid, g, slices);
    }

    /// <summary>
    /// Few groups of threads leave a GPU idle: then the sums are cut, and added up in a second
    /// pass.
    /// </summary>
    private int Slices(in GpuGeometry g, long wanted, int leastPixels)
    {
        long most = Math.Min(g.Pixels / leastPixels, MostGpuPartialFloats / ((long)g.Rows * g.O));
        return ForcedGpuSlices ?? (int)Math.Clamp(wanted, 1, Math.Clamp(most, 1, MostSlices));
    }

    private static void SetStep(ref GpuGeometry g, int pixels)
    {
        g.StepX = pixels % g.OW;
        g.StepY = pixels / g.OW % g.OH;
        g.StepN = pixels / g.OW / g.OH;
    }

    private static void Add(
        GpuBindings b,
        string label,
        Delegate kernel,
        int group,
        Index3D grid,
        GpuGeometry geometry,
        int slices)
    {
        var (x, dy, dw) = (b.Input(Picture), b.Input(OutputGradient), b.Output());
        int count = checked((int)dw.Type.Shape.Count);
        var target = slices == 1 ? dw : b.Scratch(TensorType.Float(slices, count));
        var launch = b.Load<KernelLauncher>(kernel, group);
        var config = new KernelConfig(grid, new Index3D(group, 1, 1));
        b.Add($"Conv2DWeightGradient {label}", stream => launch(
            stream, config, x.Floats, dy.Floats, target.Floats, geometry));
        if (slices > 1)
        {
            var sum = b.Load<SumLauncher>(SumSlicesKernel, SumGroup);
            var sumConfig = GpuBindings.Cover(count, SumGroup);
            b.Add("Conv2DWeightGradient SumSlices", stream => sum(
                stream, sumConfig, target.Floats, dw.Floats, count, slices));
        }
    }

    private static long Ceiling(long a, int b) => (a + b - 1) / b;

    private GpuGeometry GeometryOf(Shape x, Shape dy) => new()
    {
        N = x.N, H = x.H, W = x.W, C = x.C, OH = dy.H, OW = dy.W, O = dy.C,
        KH = Kernel.Height, KW = Kernel.Width,
        GroupC = x.C / Groups, GroupO = dy.C / Groups, Groups = Groups,
        StrideH = Stride.Height, StrideW = Stride.Width, Top = Padding.Top, Left = Padding.Left,
        DilationH = Dilation.Height, DilationW = Dilation.Width,
        Rows = Kernel.Height * Kernel.Width * (x.C / Groups),
        Pixels = checked(dy.N * dy.H * dy.W),
    };
}
