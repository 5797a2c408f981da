using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record CumSum : IGpuOperator
{
    private const int ThreadGroup = 256;
    private const int LineGroup = 256;

    // So many lines keep a GPU busy with a thread each.
    private const int ManyLines = 2048;

    private delegate void Launcher<T>(
        AcceleratorStream stream, KernelConfig config, ArrayView<T> x, ArrayView<T> y, Numbers numbers)
        where T : unmanaged;

    /// <summary>Lines, and what a sum takes in.</summary>
    internal struct Numbers
    {
        public int Lines, Length, Inner, IsExclusive, IsReversed;
    }

    /// <summary>One thread a line.</summary>
    internal static void ThreadKernel<T, TAdd>(ArrayView<T> x, ArrayView<T> y, Numbers n)
        where T : unmanaged
        where TAdd : struct, IScatterFunction<T>
    {
        int line = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (line >= n.Lines)
        {
            return;
        }

        int outer = line / n.Inner;
        int first = (outer * n.Length * n.Inner) + (line - (outer * n.Inner));
        T sum = default;
        for (int i = 0; i < n.Length; i++)
        {
            int at = first + ((n.IsReversed != 0 ? n.Length - 1 - i : i) * n.Inner);
            T before = sum;
            sum = TAdd.Apply(sum, x[at]);
            y[at] = n.IsExclusive != 0 ? before : sum;
        }
    }

    /// <summary>
    /// One group a line, a block of it at a time: sums within the block are made in shared memory,
    /// and its total is carried to the next.
    /// </summary>
    internal static void GroupKernel<T, TAdd>(ArrayView<T> x, ArrayView<T> y, Numbers n)
        where T : unmanaged
        where TAdd : struct, IScatterFunction<T>
    {
        var sums = SharedMemory.Allocate<T>(LineGroup);
        int line = Grid.IdxX;
        int thread = Group.IdxX;
        int outer = line / n.Inner;
        int first = (outer * n.Length * n.Inner) + (line - (outer * n.Inner));
        T carried = default;
        for (int block = 0; block < n.Length; block += LineGroup)
        {
            int i = block + thread;
            int at = first + ((n.IsReversed != 0 ? n.Length - 1 - i : i) * n.Inner);
            T value = default;
            if (i < n.Length)
            {
                value = x[at];
            }

            sums[thread] = value;
            Group.Barrier();
            for (int distance = 1; distance < LineGroup; distance *= 2)
            {
                T before = default;
                if (thread >= distance)
                {
                    before = sums[thread - distance];
                }

                Group.Barrier();
                sums[thread] = TAdd.Apply(before, sums[thread]);
                Group.Barrier();
            }

            T exclusive = default;
            if (thread > 0)
            {
                exclusive = sums[thread - 1];
            }

            if (i < n.Length)
            {
                y[at] = TAdd.Apply(carried, n.IsExclusive != 0 ? exclusive : sums[thread]);
            }

            carried = TAdd.Apply(carried, sums[LineGroup - 1]);
            Group.Barrier();
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        if (b.InputType(0).Element == ElementType.Float32)
        {
            Add<float, ScatterAdd>(b, t => t.Floats);
        }
        else
        {
            Add<int, ScatterAdd>(b, t => t.Ints);
        }
    }

    private void Add<T, TAdd>(GpuBindings b, Func<GpuTensor, ArrayView<T>> view)
        where T : unmanaged
        where TAdd : struct, IScatterFunction<T>
    {
        var (x, y) = (b.Input(0), b.Output());
        var lines = AxisLines.Of(x.Type.Shape, Axis);
        var numbers = new Numbers
        {
            Lines = lines.Count, Length = lines.Length, Inner = lines.Inner, IsExclusive = IsExclusive ? 1 : 0,
            IsReversed = IsReversed ? 1 : 0,
        };
        bool byGroup = lines.Length >= LineGroup && lines.Count < ManyLines;
        var launch = byGroup
            ? b.Load<Launcher<T>>(GroupKernel<T, TAdd>, LineGroup)
            : b.Load<Launcher<T>>(ThreadKernel<T, TAdd>, ThreadGroup);
        var config = byGroup ? new KernelConfig(lines.Count, LineGroup) : GpuBindings.Cover(lines.Count, ThreadGroup);
        b.Add(byGroup ? "CumSum Group" : "CumSum Thread", stream => launch(stream, config, view(x), view(y), numbers));
    }
}
