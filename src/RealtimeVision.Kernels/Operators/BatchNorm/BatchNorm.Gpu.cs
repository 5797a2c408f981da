using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record BatchNorm : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> gamma,
        ArrayView<float> beta,
        ArrayView<float> mean,
        ArrayView<float> variance,
        ArrayView<float> y,
        float epsilon,
        int channels,
        int count);

    /// <summary>One thread an element.</summary>
    internal static void Kernel(
        ArrayView<float> x,
        ArrayView<float> gamma,
        ArrayView<float> beta,
        ArrayView<float> mean,
        ArrayView<float> variance,
        ArrayView<float> y,
        float epsilon,
        int channels,
        int count)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            int c = index % channels;
            float scale = gamma[c] / MathF.Sqrt(variance[c] + epsilon);
            y[index] = ((x[index] - mean[c]) * scale) + beta[c];
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(X), b.Output());
        int count = checked((int)y.Type.Shape.Count);
        if (count == 0)
        {
            return;
        }

        var (gamma, beta, mean, variance) = (b.Input(Gamma), b.Input(Beta), b.Input(Mean), b.Input(Variance));
        int channels = y.Type.Shape[-1];
        var launch = b.Load<Launcher>(Kernel, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add("BatchNorm", stream => launch(
            stream,
            config,
            x.Floats,
            gamma.Floats,
            beta.Floats,
            mean.Floats,
            variance.Floats,
            y.Floats,
            Epsilon,
            channels,
            count));
    }
}
