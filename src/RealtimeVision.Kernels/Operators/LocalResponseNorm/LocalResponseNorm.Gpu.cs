using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record LocalResponseNorm : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> y,
        Geometry geometry);

    /// <summary>Sizes that the kernel needs.</summary>
    internal struct Geometry
    {
        public int Count, Channels, Before, After;

        public float Alpha, Beta, Bias;
    }

    /// <summary>One thread an element.</summary>
    internal static void Kernel(ArrayView<float> x, ArrayView<float> y, Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.Count)
        {
            return;
        }

        int channel = index % g.Channels;
        int from = Math.Max(0, channel - g.Before) - channel;
        int to = Math.Min(g.Channels - 1, channel + g.After) - channel;
        float sum = 0f;
        for (int i = index + from; i <= index + to; i++)
        {
            sum += x[i] * x[i];
        }

        y[index] = x[index] * MathF.Exp(-g.Beta * MathF.Log(g.Bias + (g.Alpha * sum)));
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        int count = checked((int)y.Type.Shape.Count);
        if (count == 0)
        {
            return;
        }

        var geometry = new Geometry
        {
            Count = count, Channels = y.Type.Shape[-1], Before = Before, After = Size - 1 - Before,
            Alpha = Alpha / Size, Beta = Beta, Bias = Bias,
        };
        var launch = b.Load<Launcher>(Kernel, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add(Name, stream => launch(stream, config, x.Floats, y.Floats, geometry));
    }
}
