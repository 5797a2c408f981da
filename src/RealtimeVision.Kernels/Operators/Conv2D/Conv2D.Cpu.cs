using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Ways to compute a convolution on the CPU.</summary>
internal enum CpuConvAlgorithm
{
    /// <summary>As a matrix product that reads each window in place: any convolution.</summary>
    Direct,

    /// <summary>
    /// A group a channel: vectors over channels, sums of several pixels in registers.
    /// </summary>
    Depthwise,

    /// <summary>
    /// Winograd's F(4x4, 3x3): 3x3 at stride 1 with 4 times fewer multiplications; rounding grows
    /// to about 1e-5.
    /// </summary>
    WinogradF4,
}

public sealed partial record Conv2D : ICpuOperator
{
    /// <summary>Takes this algorithm instead of choosing; for tests and benchmarks.</summary>
    internal CpuConvAlgorithm? ForcedCpuAlgorithm { get; init; }

    /// <summary>True where an algorithm can compute this convolution.</summary>
    internal bool CanRun(CpuConvAlgorithm algorithm, Graph.Shape weights) => algorithm switch
    {
        CpuConvAlgorithm.Depthwise => Groups > 1 && weights[2] == 1 && weights[3] == Groups,
        CpuConvAlgorithm.WinogradF4 => Groups == 1 && weights[0] == 3 && weights[1] == 3
            && Stride == Size2.One && Dilation == Size2.One,
        _ => true,
    };

    void ICpuOperator.Prepare(CpuBindings b)
    {
        switch (ForcedCpuAlgorithm ?? Choose(b))
        {
            case CpuConvAlgorithm.Depthwise:
                PrepareDepthwise(b);
                break;
            case CpuConvAlgorithm.WinogradF4:
                WinogradConvolution.Prepare(
                    b, "Conv2D WinogradF4", Weights, isTurned: false, Padding, PackBias(b),
                    FusedEpilogue.Of(b, this, gates: true));
                break;
            default:
                PrepareDirect(b);
                break;
        }
    }

    /// <summary>
    /// A pure function of shapes: the same convolution runs the same way everywhere.
    /// </summary>
    private CpuConvAlgorithm Choose(CpuBindings b)
    {
        var w = b.InputShape(Weights);
        if (CanRun(CpuConvAlgorithm.Depthwise, w))
        {
            return CpuConvAlgorithm.Depthwise;
        }

        return CanRun(CpuConvAlgorithm.WinogradF4, w)
            && WinogradConvolution.Pays(b, Weights, b.InputShape(Picture).C)
            ? CpuConvAlgorithm.WinogradF4
            : CpuConvAlgorithm.Direct;
    }

    /// <summary>
    /// The bias padded to whole panels, so that vectors can be loaded past its end.
    /// </summary>
    private static unsafe CpuTensor? PackBias(CpuBindings b)
    {
        if (!b.Has(Bias))
        {
            return null;
        }

        int count = b.InputShape(Bias)[0];
        return b.Packed(
            Bias,
            $"bias/{b.Width}",
            WeightPanels.BiasFloats(count, b.Width),
            (source, destination) =>
                new Span<float>(source, count).CopyTo(new Span<float>(destination, count)));
    }
}
