using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Hardmax : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> y,
        int lines,
        int length,
        int inner);

    /// <summary>One thread a line.</summary>
    internal static void Kernel(
        ArrayView<float> x, ArrayView<float> y, int lines, int length, int inner)
    {
        int line = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (line >= lines)
        {
            return;
        }

        int outer = line / inner;
        int first = (outer * length * inner) + (line - (outer * inner));
        int at = 0;
        float largest = x[first];
        for (int l = 1; l < length; l++)
        {
            float value = x[first + (l * inner)];
            if (IsLarger(value, largest))
            {
                largest = value;
                at = l;
            }
        }

        for (int l = 0; l < length; l++)
        {
            y[first + (l * inner)] = l == at ? 1f : 0f;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        var lines = AxisLines.Of(y.Type.Shape, Axis);
        var launch = b.Load<Launcher>(Kernel, ThreadGroup);
        var config = GpuBindings.Cover(lines.Count, ThreadGroup);
        b.Add(Name, stream => launch(
            stream, config, x.Floats, y.Floats, lines.Count, lines.Length, lines.Inner));
    }
}
