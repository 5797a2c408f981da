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

    private delegate void FoldLauncher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> x,
        ArrayView<T> y,
        int count,
        int length,
        int chunks,
        int inner,
        float scale)
        where T : unmanaged;

    /// <summary>
    /// One thread a chunk of a line: every so many elements, so that neighbouring threads read
    /// neighbouring elements. y is [Outer, chunks, Inner].
    /// </summary>
    internal static void FoldKernel<TBefore, TFunction>(
        ArrayView<float> x, ArrayView<float> y, int count, int length, int chunks, int inner,
        float scale)
        where TBefore : struct, IUnaryFunction
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
        var result = Load<TBefore>(x, first + (chunk * inner));
        for (int l = chunk + chunks; l < length; l += chunks)
        {
            result = TFunction.Apply(result, Load<TBefore>(x, first + (l * inner)));
        }

        y[index] = result.Value * scale;
    }

    /// <summary>The same for integers, which are not scaled.</summary>
    internal static void FoldIntegersKernel<TFunction>(
        ArrayView<int> x, ArrayView<int> y, int count, int length, int chunks, int inner,
        float unused)
        where TFunction : struct, IIntegerFunction<TFunction>
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= count)
        {
            return;
        }

        int i = index % inner;
        int chunk = index / inner % chunks;
        int first = (index / (inner * chunks) * length * inner) + i;
        int result = x[first + (chunk * inner)];
        for (int l = chunk + chunks; l < length; l += chunks)
        {
            result = TFunction.Apply(result, x[first + (l * inner)]);
        }

        y[index] = result;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        if (b.InputType(0).Element == ElementType.Int32)
        {
            Delegate kernel = Kind switch
            {
                ReduceKind.Max => FoldIntegersKernel<Maximum>,
                ReduceKind.Min => FoldIntegersKernel<Minimum>,
                ReduceKind.Product => FoldIntegersKernel<Multiply>,
                _ => FoldIntegersKernel<Add>,
            };
            Prepare<int>(b, kernel, kernel);
            return;
        }

        Delegate foldAgain = Kind switch
        {
            ReduceKind.Max => FoldKernel<Unchanged, Maximum>,
            ReduceKind.Min => FoldKernel<Unchanged, Minimum>,
            ReduceKind.Product => FoldKernel<Unchanged, Multiply>,
            _ => FoldKernel<Unchanged, Add>,
        };
        Prepare<float>(b, foldAgain, Kind switch
        {
            ReduceKind.SumOfMagnitudes => FoldKernel<Abs, Add>,
            ReduceKind.SumOfSquares => FoldKernel<Square, Add>,
            _ => foldAgain,
        });
    }

    private void Prepare<T>(GpuBindings b, Delegate foldAgain, Delegate fold)
        where T : unmanaged
    {
        var (x, y) = (b.Input(0), b.Output());
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        var launch = b.Load<FoldLauncher<T>>(fold, ThreadGroup);
        var stages = AxisLines.Stages(x.Type.Shape, IsReduced(x.Type.Shape));
        float scale = ScaleOf(x.Type.Shape, y.Type.Shape);
        for (int i = 0; i < stages.Count; i++)
        {
            bool isLast = i == stages.Count - 1;
            var target = isLast ? y : b.Scratch(TensorType.Float(stages[i].Count));
            AddStage(b, launch, foldAgain, x, target, stages[i], isLast ? scale : 1);
            launch = b.Load<FoldLauncher<T>>(foldAgain, ThreadGroup);
            x = target;
        }
    }

    private void AddStage<T>(
        GpuBindings b, FoldLauncher<T> launch, Delegate foldAgain, GpuTensor x, GpuTensor y,
        AxisLines lines, float scale)
        where T : unmanaged
    {
        int chunks = lines.Length <= LongestRun ? 1 : (lines.Length + Run - 1) / Run;
        var target = chunks == 1
            ? y
            : b.Scratch(TensorType.Float(lines.Outer, chunks, lines.Inner));
        int count = checked(lines.Count * chunks);
        var config = GpuBindings.Cover(count, ThreadGroup);
        float factor = chunks == 1 ? scale : 1;
        b.Add($"Reduce {Kind}", stream => launch(
            stream, config, x.View<T>(), target.View<T>(), count, lines.Length, chunks,
            lines.Inner, factor));
        if (chunks > 1)
        {
            var again = b.Load<FoldLauncher<T>>(foldAgain, ThreadGroup);
            AddStage(b, again, foldAgain, target, y, lines with { Length = chunks }, scale);
        }
    }

    private static Lanes1 Load<TBefore>(ArrayView<float> x, int index)
        where TBefore : struct, IUnaryFunction =>
        TBefore.Apply(new Lanes1(x[index]), default, default);
}
