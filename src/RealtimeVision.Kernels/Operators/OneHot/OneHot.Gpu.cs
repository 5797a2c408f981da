using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record OneHot : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher<TIndex, T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<TIndex> indices,
        ArrayView<T> values,
        ArrayView<T> y,
        int count,
        int depth,
        int inner)
        where TIndex : unmanaged
        where T : unmanaged;

    /// <summary>One thread an element of the output.</summary>
    internal static void ElementKernel<TIndex, TElement, T>(
        ArrayView<TIndex> indices, ArrayView<T> values, ArrayView<T> y, int count, int depth, int inner)
        where TIndex : unmanaged
        where TElement : struct, IIndexElement<TIndex>
        where T : unmanaged
    {
        int element = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (element >= count)
        {
            return;
        }

        int row = element / inner;
        int outer = row / depth;
        int place = row - (outer * depth);
        int index = TElement.Of(indices[(outer * inner) + element - (row * inner)]);
        y[element] = values[IndexedRows.FromEnd(index, depth) == place ? 1 : 0];
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        if (b.InputType(1).Element.Size() == 4)
        {
            Add(b, t => t.Ints);
        }
        else
        {
            Add(b, t => t.Bytes);
        }
    }

    private void Add<T>(GpuBindings b, Func<GpuTensor, ArrayView<T>> view)
        where T : unmanaged
    {
        switch (b.InputType(0).Element)
        {
            case ElementType.Float32:
                Add<float, FloatIndex, T>(b, t => t.Floats, view);
                break;
            case ElementType.Int32:
                Add<int, IntIndex, T>(b, t => t.Ints, view);
                break;
            default:
                Add<byte, ByteIndex, T>(b, t => t.Bytes, view);
                break;
        }
    }

    private void Add<TIndex, TElement, T>(
        GpuBindings b, Func<GpuTensor, ArrayView<TIndex>> indexView, Func<GpuTensor, ArrayView<T>> view)
        where TIndex : unmanaged
        where TElement : struct, IIndexElement<TIndex>
        where T : unmanaged
    {
        var (indices, values, y) = (b.Input(0), b.Input(1), b.Output());
        int count = checked((int)y.Type.Shape.Count);
        var lines = AxisLines.Of(y.Type.Shape, AxisOf(indices.Type.Shape));
        var launch = b.Load<Launcher<TIndex, T>>(ElementKernel<TIndex, TElement, T>, ThreadGroup);
        var config = GpuBindings.Cover(count, ThreadGroup);
        b.Add(Name, stream => launch(
            stream, config, indexView(indices), view(values), view(y), count, lines.Length, lines.Inner));
    }
}
