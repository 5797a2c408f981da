using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Reduce : IGpuOperator
{
    private const int ThreadGroup = 256;

    // Longer lines are cut, so that there are threads enough and no sum is long.
    private const int LongestRun = 256;
    private const int Run = 64;

    private delegate void FoldLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> y,
        int count,
        int length,
        int chunks,
        int inner,
        float scale);

    /// <summary>
    /// One thread a chunk of a line: every so many elements, so that neighbouring threads read
    /// neighbouring elements. y is [Outer, chunks, Inner].
    /// </summary>
    internal static void FoldKernel<TFunction>(
        ArrayView<float> x, ArrayView<float> y, int count, int length, int chunks, int inner, float scale)
        where TFunction : struct, IBinaryFunction
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= count)
        {
            return;
        }

        int i = index % inner;
        int chunk = index / inner % chunks;
        int first = (index / (inner * chunks) * length * inner) + i;
        float result = x[first + (chunk * inner)];
        for (int l = chunk + chunks; l < length; l += chunks)
        {
            result = TFunction.Apply(new Lanes1(result), new Lanes1(x[first + (l * inner)])).Value;
        }

        y[index] = result * scale;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        var launch = Kind switch
        {
            ReduceKind.Max => b.Load<FoldLauncher>(FoldKernel<Maximum>, ThreadGroup),
            ReduceKind.Min => b.Load<FoldLauncher>(FoldKernel<Minimum>, ThreadGroup),
            _ => b.Load<FoldLauncher>(FoldKernel<Add>, ThreadGroup),
        };
        var stages = AxisLines.Stages(x.Type.Shape, IsReduced(x.Type.Shape));
        float scale = ScaleOf(x.Type.Shape, y.Type.Shape);
        for (int i = 0; i < stages.Count; i++)
        {
            bool isLast = i == stages.Count - 1;
            var target = isLast ? y : b.Scratch(TensorType.Float(stages[i].Count));
            AddStage(b, launch, x, target, stages[i], isLast ? scale : 1);
            x = target;
        }
    }

    private void AddStage(
        GpuBindings b, FoldLauncher launch, GpuTensor x, GpuTensor y, AxisLines lines, float scale)
    {
        int chunks = lines.Length <= LongestRun ? 1 : (lines.Length + Run - 1) / Run;
        var target = chunks == 1 ? y : b.Scratch(TensorType.Float(lines.Outer, chunks, lines.Inner));
        int count = checked(lines.Count * chunks);
        var config = GpuBindings.Cover(count, ThreadGroup);
        float factor = chunks == 1 ? scale : 1;
        b.Add($"Reduce {Kind}", stream => launch(
            stream, config, x.Floats, target.Floats, count, lines.Length, chunks, lines.Inner, factor));
        if (chunks > 1)
        {
            AddStage(b, launch, target, y, lines with { Length = chunks }, scale);
        }
    }
}
