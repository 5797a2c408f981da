using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ArgMax : IGpuOperator
{
    private const int ThreadGroup = 256;
    private const int LineGroup = 128;

    private delegate void Launcher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<int> y,
        int lines,
        int length,
        int inner,
        int selectLast,
        float sign);

    /// <summary>
    /// One thread a line. Walked backwards for the last of equals: the first one met stays.
    /// </summary>
    internal static void ThreadKernel(
        ArrayView<float> x, ArrayView<int> y, int lines, int length, int inner, int selectLast,
        float sign)
    {
        int line = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (line >= lines)
        {
            return;
        }

        int outer = line / inner;
        int first = (outer * length * inner) + (line - (outer * inner));
        float best = float.NegativeInfinity;
        int index = selectLast != 0 ? length - 1 : 0;
        for (int i = 0; i < length; i++)
        {
            int l = selectLast != 0 ? length - 1 - i : i;
            float value = sign * x[first + (l * inner)];
            if (IsLarger(value, best))
            {
                best = value;
                index = l;
            }
        }

        y[line] = index;
    }

    /// <summary>
    /// One group a line, for long lines: the threads' best are compared in shared memory.
    /// </summary>
    internal static void GroupKernel(
        ArrayView<float> x, ArrayView<int> y, int lines, int length, int inner, int selectLast,
        float sign)
    {
        var values = SharedMemory.Allocate<float>(LineGroup);
        var indices = SharedMemory.Allocate<int>(LineGroup);
        int line = Grid.IdxX;
        int thread = Group.IdxX;
        int outer = line / inner;
        int first = (outer * length * inner) + (line - (outer * inner));
        float best = float.NegativeInfinity;

        // Positions are counted from the end where it begins there, so that the smaller always wins
        // among equals.
        int position = 0;
        for (int i = thread; i < length; i += LineGroup)
        {
            int l = selectLast != 0 ? length - 1 - i : i;
            float value = sign * x[first + (l * inner)];
            if (IsLarger(value, best))
            {
                best = value;
                position = i;
            }
        }

        values[thread] = best;
        indices[thread] = position;
        Group.Barrier();
        for (int half = LineGroup / 2; half > 0; half /= 2)
        {
            if (thread < half)
            {
                float other = values[thread + half];
                int at = indices[thread + half];
                if (other > values[thread] || (other == values[thread] && at < indices[thread]))
                {
                    values[thread] = other;
                    indices[thread] = at;
                }
            }

            Group.Barrier();
        }

        if (thread == 0)
        {
            y[line] = selectLast != 0 ? length - 1 - indices[0] : indices[0];
        }
    }

    /// <summary>False where the value is NaN.</summary>
    /// <remarks>
    /// C# compiles a branch to its opposite, "skip if less, equal or unordered", and ILGPU forgets
    /// the unordered.
    /// </remarks>
    private static bool IsLarger(float value, float best) => !float.IsNaN(value) && value > best;

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        var lines = AxisLines.Of(x.Type.Shape, Axis);
        bool byGroup = lines.Length >= LineGroup && lines.Inner == 1;
        var launch = byGroup
            ? b.Load<Launcher>(GroupKernel, LineGroup)
            : b.Load<Launcher>(ThreadKernel, ThreadGroup);
        var config = byGroup
            ? new KernelConfig(lines.Count, LineGroup)
            : GpuBindings.Cover(lines.Count, ThreadGroup);
        int selectLast = SelectLast ? 1 : 0;
        float sign = SignOfBest;
        b.Add(byGroup ? "ArgMax Group" : "ArgMax Thread", stream => launch(
            stream, config, x.Floats, y.Ints, lines.Count, lines.Length, lines.Inner, selectLast,
            sign));
    }
}
