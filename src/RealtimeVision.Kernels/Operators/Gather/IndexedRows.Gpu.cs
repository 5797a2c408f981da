using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed partial record IndexedRows
{
    private const int ThreadGroup = 256;

    private delegate void GatherLauncher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> x,
        ArrayView<int> indices,
        ArrayView<T> y,
        ArrayView<int> dimensions,
        Numbers numbers)
        where T : unmanaged;

    /// <summary>
    /// The numbers of the record; those of the dimensions are in a table, size and stride of each.
    /// </summary>
    internal struct Numbers
    {
        public int Count, Rows, Inner, TensorBatch, IndexBatch, IndexRow, IndexColumn, Depth;
    }

    /// <summary>One thread an element of what is gathered.</summary>
    internal static void GatherKernel<T>(
        ArrayView<T> x, ArrayView<int> indices, ArrayView<T> y, ArrayView<int> dimensions, Numbers n)
        where T : unmanaged
    {
        int element = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (element >= n.Count)
        {
            return;
        }

        int row = element / n.Inner;
        int column = element - (row * n.Inner);
        int batch = row / n.Rows;
        int at = (batch * n.IndexBatch) + ((row - (batch * n.Rows)) * n.IndexRow) + (column * n.IndexColumn);
        int from = (batch * n.TensorBatch) + column;
        for (int j = 0; j < n.Depth; j++)
        {
            from += Clamp(indices[at + j], dimensions[2 * j]) * dimensions[(2 * j) + 1];
        }

        y[element] = x[from];
    }

    /// <summary>
    /// Where the row begins that the tuple at <paramref name="at"/> names; negative where it is
    /// outside.
    /// </summary>
    internal static int OffsetInside(ArrayView<int> indices, int at, ArrayView<int> dimensions, int depth)
    {
        int offset = 0;
        bool isInside = true;
        for (int j = 0; j < depth; j++)
        {
            int size = dimensions[2 * j];
            int index = FromEnd(indices[at + j], size);
            isInside &= index >= 0 & index < size;
            offset += index * dimensions[(2 * j) + 1];
        }

        return isInside ? offset : -1;
    }

    /// <summary>The numbers for kernels that have a thread for each of so many.</summary>
    public Numbers NumbersFor(long count) => new()
    {
        Count = checked((int)count), Rows = Rows, Inner = Inner, TensorBatch = TensorBatch,
        IndexBatch = IndexBatch, IndexRow = IndexRow, IndexColumn = IndexColumn, Depth = Sizes.Length,
    };

    /// <summary>Size and stride of each dimension that is indexed, on the device.</summary>
    public GpuTensor Dimensions(GpuBindings b)
    {
        // Without dimensions, a table that is not read: no device takes empty memory.
        int[] numbers = Sizes.Length > 0 ? [.. Sizes.Zip(Strides, (size, stride) => (int[])[size, stride]).SelectMany(p => p)]
            : [1, 0];
        return b.Table($"IndexedRows {string.Join(' ', numbers)}", numbers);
    }

    /// <summary>Adds the step that gathers.</summary>
    public void AddGather(GpuBindings b, string label, GpuTensor x, GpuTensor indices, GpuTensor y)
    {
        if (x.Type.Element.Size() == 4)
        {
            AddGather(b, label, () => x.Ints, indices, () => y.Ints);
        }
        else
        {
            AddGather(b, label, () => x.Bytes, indices, () => y.Bytes);
        }
    }

    private void AddGather<T>(
        GpuBindings b, string label, Func<ArrayView<T>> x, GpuTensor indices, Func<ArrayView<T>> y)
        where T : unmanaged
    {
        if (Count == 0)
        {
            return;
        }

        var (numbers, dimensions) = (NumbersFor(Count), Dimensions(b));
        var launch = b.Load<GatherLauncher<T>>(GatherKernel<T>, ThreadGroup);
        var config = GpuBindings.Cover(Count, ThreadGroup);
        b.Add(label, stream => launch(stream, config, x(), indices.Ints, y(), dimensions.Ints, numbers));
    }
}
