using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record TemporalSmoothing : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void SmoothLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> state,
        ArrayView<float> strength,
        ArrayView<float> reset,
        ArrayView<float> y,
        int count);

    /// <summary>One thread an element.</summary>
    internal static void SmoothKernel(
        ArrayView<float> x,
        ArrayView<float> state,
        ArrayView<float> strength,
        ArrayView<float> reset,
        ArrayView<float> y,
        int count)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= count)
        {
            return;
        }

        float value = x[index];
        if (reset[0] <= 0.5f)
        {
            float unsure = value * (1f - value);
            float share = unsure < 0f ? 0f : 4f * (1f - strength[0]) * unsure;
            value += (state[index] - value) * share;
        }

        y[index] = value;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        int count = checked((int)b.InputShape(X).Count);
        var launch = b.Load<SmoothLauncher>(SmoothKernel, GroupSize);
        var (x, state, strength, reset) =
            (b.Input(X), b.Input(State), b.Input(Strength), b.Input(Reset));
        var y = b.Output();
        var config = GpuBindings.Cover(count, GroupSize);
        b.Add(Name, stream => launch(
            stream, config, x.Floats, state.Floats, strength.Floats, reset.Floats, y.Floats,
            count));
    }
}
