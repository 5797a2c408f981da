using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ThresholdMask : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void MaskLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> threshold,
        ArrayView<byte> mask,
        int count,
        int isBinary);

    /// <summary>One thread a pixel.</summary>
    internal static void MaskKernel(
        ArrayView<float> x, ArrayView<float> threshold, ArrayView<byte> mask, int count,
        int isBinary)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= count)
        {
            return;
        }

        // NaN is asked for by name: ILGPU may turn a comparison round, and NaN compares false both
        // ways.
        float value = x[index];
        if (isBinary != 0)
        {
            mask[index] = !float.IsNaN(value) && value > threshold[0] ? (byte)1 : (byte)0;
            return;
        }

        value = float.IsNaN(value) || value < 0f ? 0f : value;
        value = value > 1f ? 1f : value;
        mask[index] = (byte)(int)((value * 255f) + 0.5f);
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        int count = checked((int)b.InputShape(Probabilities).Count);
        int isBinary = Values == MaskValues.Binary ? 1 : 0;
        var launch = b.Load<MaskLauncher>(MaskKernel, GroupSize);
        var (x, mask) = (b.Input(Probabilities), b.Output());
        var threshold = b.InputOrNull(Threshold) ?? x;
        var config = GpuBindings.Cover(count, GroupSize);
        b.Add(Name, stream => launch(
            stream, config, x.Floats, threshold.Floats, mask.Bytes, count, isBinary));
    }
}
