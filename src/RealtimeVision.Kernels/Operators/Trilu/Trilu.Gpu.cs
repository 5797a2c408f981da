using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Trilu : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void Launcher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> x,
        ArrayView<T> y,
        int count,
        int height,
        int width,
        int diagonal,
        int isUpper)
        where T : unmanaged;

    /// <summary>One thread an element.</summary>
    internal static void ElementKernel<T>(
        ArrayView<T> x, ArrayView<T> y, int count, int height, int width, int diagonal, int isUpper)
        where T : unmanaged
    {
        int element = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (element >= count)
        {
            return;
        }

        int row = element / width;
        int right = element - (row * width) - (row % height) - diagonal;
        bool isKept = isUpper != 0 ? right >= 0 : right <= 0;
        y[element] = isKept ? x[element] : default;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        int count = checked((int)y.Type.Shape.Count);
        if (count == 0)
        {
            return;
        }

        // Diagonals farther out are all the same; these cannot overflow.
        var (height, width) = (y.Type.Shape[-2], y.Type.Shape[-1]);
        int diagonal = Math.Clamp(Diagonal, -height, width);
        int isUpper = IsUpper ? 1 : 0;
        var config = GpuBindings.Cover(count, ThreadGroup);
        if (y.Type.Element.Size() == 4)
        {
            var launch = b.Load<Launcher<int>>(ElementKernel<int>, ThreadGroup);
            b.Add(Name, stream => launch(stream, config, x.Ints, y.Ints, count, height, width, diagonal, isUpper));
        }
        else
        {
            var launch = b.Load<Launcher<byte>>(ElementKernel<byte>, ThreadGroup);
            b.Add(Name, stream => launch(stream, config, x.Bytes, y.Bytes, count, height, width, diagonal, isUpper));
        }
    }
}
