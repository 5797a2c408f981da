using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ReverseSequence : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> x,
        ArrayView<int> lengths,
        ArrayView<T> y,
        int count,
        int size0,
        int size1,
        int inner,
        int timeAxis)
        where T : unmanaged;

    /// <summary>One thread an element.</summary>
    internal static void ElementKernel<T>(
        ArrayView<T> x,
        ArrayView<int> lengths,
        ArrayView<T> y,
        int count,
        int size0,
        int size1,
        int inner,
        int timeAxis)
        where T : unmanaged
    {
        int element = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (element >= count)
        {
            return;
        }

        int row = element / inner;
        int i0 = row / size1;
        int i1 = row - (i0 * size1);
        int time = timeAxis == 0 ? i0 : i1;
        int step = timeAxis == 0 ? size1 : 1;
        int length = Math.Min(lengths[timeAxis == 0 ? i1 : i0], timeAxis == 0 ? size0 : size1);
        int moved = time < length ? (length - 1 - (2 * time)) * step : 0;
        y[element] = x[element + (moved * inner)];
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, lengths, y) = (b.Input(0), b.Input(1), b.Output());
        var shape = y.Type.Shape;
        int count = checked((int)shape.Count);
        if (count == 0)
        {
            return;
        }

        int inner = (int)shape.Product(2, shape.Rank);
        var config = GpuBindings.Cover(count, ThreadGroup);
        if (y.Type.Element.Size() == 4)
        {
            var launch = b.Load<Launcher<int>>(ElementKernel<int>, ThreadGroup);
            b.Add(Name, stream => launch(
                stream, config, x.Ints, lengths.Ints, y.Ints, count, shape[0], shape[1], inner, TimeAxis));
        }
        else
        {
            var launch = b.Load<Launcher<byte>>(ElementKernel<byte>, ThreadGroup);
            b.Add(Name, stream => launch(
                stream, config, x.Bytes, lengths.Ints, y.Bytes, count, shape[0], shape[1], inner, TimeAxis));
        }
    }
}
