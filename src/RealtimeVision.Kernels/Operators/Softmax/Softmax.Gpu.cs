using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Softmax : IGpuOperator
{
    private const int ThreadGroup = 256;
    private const int LineGroup = 128;

    private delegate void Launcher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> y,
        int lines,
        int length,
        int inner,
        int isLog);

    /// <summary>One thread a line.</summary>
    internal static void ThreadKernel(
        ArrayView<float> x, ArrayView<float> y, int lines, int length, int inner, int isLog)
    {
        int line = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (line >= lines)
        {
            return;
        }

        int outer = line / inner;
        int first = (outer * length * inner) + (line - (outer * inner));
        float maximum = x[first];
        for (int l = 1; l < length; l++)
        {
            maximum = Larger(maximum, x[first + (l * inner)]);
        }

        float sum = 0;
        for (int l = 0; l < length; l++)
        {
            sum += MathF.Exp(x[first + (l * inner)] - maximum);
        }

        float factor = isLog != 0 ? MathF.Log(sum) : 1f / sum;
        for (int l = 0; l < length; l++)
        {
            int at = first + (l * inner);
            float shifted = x[at] - maximum;
            y[at] = isLog != 0 ? shifted - factor : MathF.Exp(shifted) * factor;
        }
    }

    /// <summary>
    /// One group a line, for few long lines: maximum and sum are gathered in shared memory.
    /// </summary>
    internal static void GroupKernel(
        ArrayView<float> x, ArrayView<float> y, int lines, int length, int inner, int isLog)
    {
        var shared = SharedMemory.Allocate<float>(LineGroup);
        int line = Grid.IdxX;
        int thread = Group.IdxX;
        int outer = line / inner;
        int first = (outer * length * inner) + (line - (outer * inner));
        float maximum = float.NegativeInfinity;
        for (int l = thread; l < length; l += LineGroup)
        {
            maximum = Larger(maximum, x[first + (l * inner)]);
        }

        maximum = GroupReduction.Largest(shared, LineGroup, maximum);
        float sum = 0;
        for (int l = thread; l < length; l += LineGroup)
        {
            sum += MathF.Exp(x[first + (l * inner)] - maximum);
        }

        sum = GroupReduction.Sum(shared, LineGroup, sum);
        float factor = isLog != 0 ? MathF.Log(sum) : 1f / sum;
        for (int l = thread; l < length; l += LineGroup)
        {
            int at = first + (l * inner);
            float shifted = x[at] - maximum;
            y[at] = isLog != 0 ? shifted - factor : MathF.Exp(shifted) * factor;
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
        bool byGroup = lines.Length >= LineGroup && lines.Inner == 1;
        var launch = byGroup
            ? b.Load<Launcher>(GroupKernel, LineGroup)
            : b.Load<Launcher>(ThreadKernel, ThreadGroup);
        var config = byGroup
            ? new KernelConfig(lines.Count, LineGroup)
            : GpuBindings.Cover(lines.Count, ThreadGroup);
        int isLog = IsLog ? 1 : 0;
        b.Add(byGroup ? "Softmax Group" : "Softmax Thread", stream => launch(
            stream, config, x.Floats, y.Floats, lines.Count, lines.Length, lines.Inner, isLog));
    }

    /// <summary>The larger; NaN where either is NaN.</summary>
    private static float Larger(float a, float b) => Lanes1.Max(new Lanes1(a), new Lanes1(b)).Value;
}
