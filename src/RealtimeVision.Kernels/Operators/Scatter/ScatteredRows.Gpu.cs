using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed partial record ScatteredRows
{
    private const int ThreadGroup = 256;

    // With fewer columns than a GPU has room for threads, each element looks for its updates, as
    // long as that is not much more work than what it hides.
    private const int ManyColumns = 4096;
    private const long MostComparisons = 1L << 28;

    private delegate void ColumnLauncher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<int> indices,
        ArrayView<T> updates,
        ArrayView<T> y,
        ArrayView<int> dimensions,
        IndexedRows.Numbers numbers)
        where T : unmanaged;

    private delegate void ElementLauncher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> data,
        ArrayView<int> indices,
        ArrayView<T> updates,
        ArrayView<T> y,
        ArrayView<int> dimensions,
        IndexedRows.Numbers numbers)
        where T : unmanaged;

    /// <summary>One thread a column, which makes its updates in order.</summary>
    internal static void ColumnKernel<T, TFunction>(
        ArrayView<int> indices,
        ArrayView<T> updates,
        ArrayView<T> y,
        ArrayView<int> dimensions,
        IndexedRows.Numbers n)
        where T : unmanaged
        where TFunction : struct, IScatterFunction<T>
    {
        int thread = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (thread >= n.Count)
        {
            return;
        }

        int batch = thread / n.Inner;
        int column = thread - (batch * n.Inner);
        int first = (batch * n.TensorBatch) + column;
        int at = (batch * n.IndexBatch) + (column * n.IndexColumn);
        int update = (batch * n.Rows * n.Inner) + column;
        for (int r = 0; r < n.Rows; r++)
        {
            int offset = IndexedRows.OffsetInside(indices, at, dimensions, n.Depth);
            if (offset >= 0)
            {
                y[first + offset] = TFunction.Apply(y[first + offset], updates[update]);
            }

            at += n.IndexRow;
            update += n.Inner;
        }
    }

    /// <summary>One thread an element of the output, which looks for its updates in order.</summary>
    internal static void ElementKernel<T, TFunction>(
        ArrayView<T> data,
        ArrayView<int> indices,
        ArrayView<T> updates,
        ArrayView<T> y,
        ArrayView<int> dimensions,
        IndexedRows.Numbers n)
        where T : unmanaged
        where TFunction : struct, IScatterFunction<T>
    {
        int element = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (element >= n.Count)
        {
            return;
        }

        int batch = element / n.TensorBatch;
        int rest = element - (batch * n.TensorBatch);
        int row = rest / n.Inner * n.Inner;
        int column = rest - row;
        int at = (batch * n.IndexBatch) + (column * n.IndexColumn);
        int update = (batch * n.Rows * n.Inner) + column;
        T value = data[element];
        for (int r = 0; r < n.Rows; r++)
        {
            if (IndexedRows.OffsetInside(indices, at, dimensions, n.Depth) == row)
            {
                value = TFunction.Apply(value, updates[update]);
            }

            at += n.IndexRow;
            update += n.Inner;
        }

        y[element] = value;
    }

    /// <summary>Adds the steps that copy and change.</summary>
    public void AddTo(GpuBindings b, string label)
    {
        switch (b.InputType(Data).Element, Reduction)
        {
            case (ElementType.UInt8, _):
                AddTo<byte, ScatterReplace<byte>>(b, label, t => t.Bytes);
                break;
            case (_, ScatterReduction.None):
                AddTo<int, ScatterReplace<int>>(b, label, t => t.Ints);
                break;
            case (ElementType.Float32, ScatterReduction.Add):
                AddTo<float, ScatterAdd>(b, label, t => t.Floats);
                break;
            case (_, ScatterReduction.Add):
                AddTo<int, ScatterAdd>(b, label, t => t.Ints);
                break;
            case (ElementType.Float32, ScatterReduction.Multiply):
                AddTo<float, ScatterMultiply>(b, label, t => t.Floats);
                break;
            case (_, ScatterReduction.Multiply):
                AddTo<int, ScatterMultiply>(b, label, t => t.Ints);
                break;
            case (ElementType.Float32, ScatterReduction.Minimum):
                AddTo<float, ScatterMinimum>(b, label, t => t.Floats);
                break;
            case (_, ScatterReduction.Minimum):
                AddTo<int, ScatterMinimum>(b, label, t => t.Ints);
                break;
            case (ElementType.Float32, _):
                AddTo<float, ScatterMaximum>(b, label, t => t.Floats);
                break;
            default:
                AddTo<int, ScatterMaximum>(b, label, t => t.Ints);
                break;
        }
    }

    private void AddTo<T, TFunction>(GpuBindings b, string label, Func<GpuTensor, ArrayView<T>> view)
        where T : unmanaged
        where TFunction : struct, IScatterFunction<T>
    {
        var (data, indices, updates, y) = (b.Input(Data), b.Input(Indices), b.Input(Updates), b.Output());
        long count = y.Type.Shape.Count;
        if (count == 0 || Rows.Count == 0)
        {
            StridedCopy.Of([checked((int)count)], [1], [1]).AddTo(b, label, data, y);
            return;
        }

        var dimensions = Rows.Dimensions(b);
        if (Columns < ManyColumns && count * Rows.Rows <= MostComparisons)
        {
            var find = b.Load<ElementLauncher<T>>(ElementKernel<T, TFunction>, ThreadGroup);
            var (all, cover) = (Rows.NumbersFor(count), GpuBindings.Cover(count, ThreadGroup));
            b.Add($"{label} Elements", stream => find(
                stream, cover, view(data), indices.Ints, view(updates), view(y), dimensions.Ints, all));
            return;
        }

        StridedCopy.Of([checked((int)count)], [1], [1]).AddTo(b, $"{label} Copy", data, y);
        var launch = b.Load<ColumnLauncher<T>>(ColumnKernel<T, TFunction>, ThreadGroup);
        var (numbers, config) = (Rows.NumbersFor(Columns), GpuBindings.Cover(Columns, ThreadGroup));
        b.Add($"{label} Columns", stream => launch(
            stream, config, indices.Ints, view(updates), view(y), dimensions.Ints, numbers));
    }
}
