using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ClassMask : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void ArgMaxLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> scores,
        ArrayView<byte> mask,
        int pixels,
        int classes);

    /// <summary>One thread a pixel.</summary>
    internal static void ArgMaxKernel(
        ArrayView<float> scores, ArrayView<byte> mask, int pixels, int classes)
    {
        int pixel = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (pixel >= pixels)
        {
            return;
        }

        int first = pixel * classes;
        float best = scores[first];
        int index = 0;
        for (int c = 1; c < classes; c++)
        {
            // NaN is asked for by name: ILGPU may turn a comparison round, and NaN compares false
            // both ways.
            float value = scores[first + c];
            if (value > best && !float.IsNaN(value) && !float.IsNaN(best))
            {
                best = value;
                index = c;
            }
        }

        mask[pixel] = (byte)index;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var shape = b.InputShape(0);
        int pixels = checked((int)shape.Product(0, 3));
        int classes = shape.C;
        var launch = b.Load<ArgMaxLauncher>(ArgMaxKernel, GroupSize);
        var (scores, mask) = (b.Input(0), b.Output());
        var config = GpuBindings.Cover(pixels, GroupSize);
        b.Add(Name, stream => launch(stream, config, scores.Floats, mask.Bytes, pixels, classes));
    }
}
